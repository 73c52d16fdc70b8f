// Tests npm run show on datagrams and on stage 05: what everybody sees, what the team's passphrase opens, and what nobody.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { KNOWN, lanCapture, TEAM } from "../captures/testing/lan-capture.ts";
import { startProgram } from "../programs/stage-programs.ts";

const RECORDED = "captures/02-basic-p2p.pcap";

describe("npm run show, of stage 05", () => {
  const folder = mkdtempSync(join(tmpdir(), "show-lan-"));
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const capture = file("lan.pcap", lanCapture());
  const passphrase = file("passphrase", `${TEAM.passphrase}\n`);
  const team = ["--passphrase-file", passphrase, "--team", TEAM.team];
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function show(...argv: readonly string[]) {
    const program = startProgram("captures/show.ts", argv, { environment: { NO_COLOR: "1" } });
    const exitCode = await program.exitCode();
    return { lines: program.lines, text: program.lines.join("\n"), errors: program.errors, exitCode };
  }

  it("lists the conversations in UDP beside the streams, and names groups and broadcasts", async () => {
    const { lines, text } = await show(capture);
    expect(lines[1]).to.match(
      /^22 packets, 17 of them TCP and 5 UDP, in .*; 1 streams, 3 conversations in UDP$/,
    );
    expect(text).to.match(
      /^0 {2}10\.0\.0\.1:41000 {2}10\.0\.0\.2:5000 {2}05, 10\.0\.0\.1:5000 calls 10\.0\.0\.2:5000 /m,
    );
    expect(text).to.match(
      /^ {2}0 {2}10\.0\.0\.1:5000 {2}239\.255\.54\.45:54545 {2}05, tokens, multicast +2 +0 /m,
    );
    expect(text).to.match(/^ {2}1 {2}10\.0\.0\.1:5000 {2}10\.0\.0\.255:54545 +05, tokens, broadcast +1 +0 /m);
    expect(text).to.match(/^ {2}2 {2}10\.0\.0\.1:5000 {2}10\.0\.0\.2:5000 +05, tokens +2 +0 /m);
    const named = await show(capture, ...team);
    expect(named.text).to.include("05, alice calls bob");
    expect(named.text).to.include("05, alice, multicast");
  });

  it("lists datagrams among the packets, with the passphrase in words", async () => {
    const closed = await show(capture, "--packets");
    expect(closed.text).to.match(
      /^ +1 .*10\.0\.0\.1:5000 → 239\.255\.54\.45:54545 +UDP +1292 {2}token of 2025-11-28 /m,
    );
    expect(closed.text).to.not.include("beacon");
    const open = await show(capture, "--packets", ...team);
    expect(open.text).to.match(/ UDP +1292 {2}beacon 7 of alice/);
    const one = await show(capture, "--packets", "--stream", "0");
    expect(one.text).to.not.include("UDP");
  });

  it("shows every byte of a datagram, and what is in it, with what is signed", async () => {
    const closed = await show(capture, "--packet", "1");
    expect(closed.lines[1]).to.equal(
      "10.0.0.1:5000 → 239.255.54.45:54545 (multicast, to a group), UDP, 1292 bytes of data",
    );
    expect(closed.text).to.not.include("signature");
    const { text } = await show(capture, "--packet", "1", ...team);
    expect(text).to.include("Inside the token, decrypted with the team's key:");
    expect(text).to.match(
      /The body, which is what is signed; the signature is right: beacon 7 of alice, signed, at 10/,
    );
    expect(text).to.match(/,"seq":7 +seq: counts the tokens of the session, from 1/);
    const hello = await show(capture, "--packet", "9", ...team);
    expect(hello.text).to.match(/nonce: drawn for this session/);
    const later = await show(capture, "--packet", "13", ...team);
    expect(later.text).to.match(/no whole token that the team's key\s+opens/);
  });

  it("shows a conversation in UDP", async () => {
    const { lines, text } = await show(capture, "--udp", "0", ...team);
    expect(lines[0]).to.equal("10.0.0.1:5000 → 239.255.54.45:54545, multicast, to a group");
    expect(lines[2]).to.match(
      /^ +0\.000 +1 {2}10\.0\.0\.1:5000 +1292 {2}beacon 7 of alice, signed, at 10\.0\.0\.1:5000$/,
    );
    expect(lines).to.have.length(4);
    expect(text).to.match(/ 8 {2}no token$/);
    expect((await show(capture, "--udp", "0", "--hex")).text).to.match(
      /^ {10}6e 6f 20 74 6f 6b 65 6e +no token$/m,
    );
    expect((await show(capture, "--udp", "all")).text.match(/^UDP [0-9]$/gm)).to.have.length(3);
  });

  it("opens the hello of each side of a session, and says why nothing behind", async () => {
    const closed = await show(capture, "--stream", "0");
    expect(closed.text).to.match(/\? \(encrypted, 2025-11-28 20:01:40 UTC\)/);
    expect(closed.text).to.match(/11 tokens\. The team's key opens the first of each side/);
    const { text } = await show(capture, "--stream", "0", ...team);
    expect(text.match(/\[decrypted, tag right\]/g)).to.have.length(2);
    expect(text).to.match(/ alice +gAAAA.*\(I am alice, at 10\.0\.0\.1:5000, I call/);
    expect(text).to.match(/9 of 11 tokens are sealed with keys that .*\n.*forward secrecy\.$/s);
    for (const secret of ["hello, Bob", "naïve café"]) {
      const found = await show(capture, "--find", secret, ...team);
      expect(found.lines[0]).to.equal(`"${secret}" can be read nowhere in this capture with these keys`);
    }
  });

  it("finds texts in datagrams, in clear and decrypted", async () => {
    expect((await show(capture, "--find", "no token")).text).to.match(
      /^"no token" can be read in 1 datagram:\nUDP 0, packet 4, from 10\.0\.0\.1:5000: no token$/,
    );
    expect((await show(capture, "--find", "alice")).text).to.match(/nowhere in this capture$/);
    const opened = await show(capture, "--find", "alice", ...team);
    expect(opened.lines[0]).to.equal('"alice" can be read with these keys in 1 line and 3 datagrams:');
  });

  it("opens nothing with another passphrase, or for another team", async () => {
    for (const other of [
      ["--passphrase-file", file("other", "correct horse battery stable\n"), "--team", TEAM.team],
      ["--passphrase-file", passphrase, "--team", "Rocket"],
    ]) {
      const { text } = await show(capture, "--udp", "0", ...other);
      expect(text).to.include("not of this team's key");
      expect(text).to.not.include("alice");
      expect((await show(capture, "--stream", "0", ...other)).text).to.include(
        "not sealed with this team's key",
      );
    }
  });

  const [letter] = KNOWN.letters.cases;
  const carried = file(
    "letter",
    `${JSON.stringify({ type: "letter", body: letter?.body, signature: letter?.signature })}\n`,
  );
  const identity = (name: string): string => file(`${name}.pem`, KNOWN.keys[name]?.pem ?? "");

  it("shows a letter as its carrier has it, and opened with its recipient's identity", async () => {
    const closed = await show("--letter", carried);
    expect(closed.text).to.include("key: a fresh key of 32 bytes, sealed with RSA");
    expect(closed.text).to.match(/Its recipient's identity opens it/);
    expect(closed.text).to.not.include("See you");
    const open = await show("--letter", carried, "--identity", identity("bob"));
    expect(open.text).to.match(/"text":"See you/);
    expect(open.text).to.match(/It opens no session\./);
    const other = await show("--letter", carried, "--identity", identity("carol"));
    expect(other.text).to.match(/not opened: it is for .{43}, and this identity is /);
    expect(other.text).to.not.include("See you");
  });

  for (const [argv, problem] of [
    [[RECORDED, ...team], /02-basic-p2p\.pcap has no token of stage 05/],
    [[RECORDED, "--udp", "all"], /there is no conversation in UDP; this capture has none/],
    [[capture, "--udp", "3"], /there is no conversation 3 in UDP; this capture has 3, from 0/],
    [
      [capture, "--passphrase-file", "no-such-file", "--team", "rocket"],
      /cannot read the passphrase .*no-such-file/,
    ],
    [[capture, "--passphrase-file", file("empty", "\nmore"), "--team", "rocket"], /its first line is empty/],
    [[capture, "--passphrase-file", file("latin1", Buffer.of(0xe9)), "--team", "rocket"], /not UTF-8/],
    [["--letter", capture], /not a letter of stage 05/],
    [["--letter", "no-such-file"], /cannot read the letter .*no-such-file/],
    [["--letter", carried, "--identity", passphrase], /not an identity of stage 05/],
    [["--letter", carried, "--identity", "no-such-file"], /cannot read the identity .*no-such-file/],
  ] as const)
    it(`says in one line what is wrong: ${problem}`, async () => {
      const ended = await show(...argv);
      expect(ended.exitCode).to.equal(1);
      expect(ended.errors).to.match(/^error: [^\n]*\n$/);
      expect(ended.errors).to.match(problem);
    });
});
