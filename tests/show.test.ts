// Tests npm run show on the captures of the course: what is readable without the keys, and what only with them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { pcapHeader, pcapRecord } from "../captures/record/pcap-writer.ts";
import { ACK, ethernet, ipv4, RST, SYN, tcp } from "../captures/testing/packets.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";

const ARP = Buffer.concat([Buffer.alloc(12, 2), Buffer.of(0x08, 0x06), Buffer.alloc(28)]);

const SECRET = "the code for the door is 2718";

function capture(name: string): string {
  return join("captures", name);
}

/** Runs show until it ends. */
async function show(
  ...argv: string[]
): Promise<{ lines: string[]; text: string; errors: string; exitCode: number | null }> {
  const program = startProgram("captures/show.ts", argv, { environment: { NO_COLOR: "1" } });
  const exitCode = await program.exitCode();
  return { lines: program.lines, text: program.lines.join("\n"), errors: program.errors, exitCode };
}

describe("npm run show", () => {
  const folder = mkdtempSync(join(tmpdir(), "show-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("says who talked to whom", async () => {
    const { lines, exitCode } = await show(capture("02-basic-p2p.pcap"));
    expect(exitCode).to.equal(0);
    expect(lines[1]).to.match(/^[0-9]+ packets, [0-9]+ of them TCP, in [0-9.]+ s; 3 streams$/);
    for (const what of ["registry, alice", "registry, bob", "02, alice calls bob"]) {
      expect(
        lines.filter((line) => line.includes(what)),
        what,
      ).to.have.length(1);
    }
    expect((await show(capture("01-calculator.pcap"))).text).to.include("01, calculator");
  });

  it("reads stage 02, and nothing of stages 03 and 04", async () => {
    const open = await show(capture("02-basic-p2p.pcap"), "--find", SECRET);
    expect(open.text).to.match(/^".*" can be read in 1 line:\nstream 2, packet [0-9]+, from bob: /);
    for (const name of ["03-dh-chat.pcap", "03-dh-chat-toy-group.pcap", "04-aes-chat.pcap"]) {
      expect((await show(capture(name), "--find", SECRET)).text).to.equal(
        `"${SECRET}" can be read nowhere in this capture`,
      );
    }
    const sealed = await show(capture("04-aes-chat.pcap"), "--stream", "2");
    expect(sealed.text).to.include("? (encrypted)");
    expect(sealed.text).to.not.include("2718");
  });

  it("P6.5 decrypts and verifies stage 04 with the key log", async () => {
    const { text } = await show(
      capture("04-aes-chat.pcap"),
      "--stream",
      "2",
      "--keys",
      capture("04-aes-chat.keys"),
    );
    expect(text).to.match(/the code for the door is 2718/);
    expect(text).to.not.include("? (encrypted)");
    expect(text).to.match(/hello, Bob \[decrypted, tag right\]/);
  });

  it("says that the keys of another chat do not fit", async () => {
    const other = join(folder, "other.keys");
    const line = readFileSync(join(COURSE_FOLDER, capture("04-aes-chat.keys")), "utf8");
    writeFileSync(other, line.replace(/^P2PCHAT04 ../, "P2PCHAT04 00"));
    const { text } = await show(capture("04-aes-chat.pcap"), "--stream", "2", "--keys", other);
    expect(text).to.include("(no key for this chat)");
    writeFileSync(other, line.slice(0, 200));
    expect((await show(capture("04-aes-chat.pcap"), "--stream", "2", "--keys", other)).errors).to.match(
      /line 1: not a line of a key log/,
    );
  });

  it("notices a sealed line that was changed in the capture", async () => {
    const bytes = readFileSync(join(COURSE_FOLDER, capture("04-aes-chat.pcap")));
    const at = bytes.indexOf('"seq":3,') + '"seq":3,"iv":"'.length;
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    const changed = join(folder, "changed.pcap");
    writeFileSync(changed, bytes);
    const { text } = await show(changed, "--stream", "2", "--keys", capture("04-aes-chat.keys"));
    expect(text).to.include("(wrong tag)");
    expect(text).to.include("(out of turn: 3 was next)");
  });

  it("puts two captures side by side", async () => {
    const { text, lines } = await show(
      "--compare",
      capture("02-basic-p2p.pcap"),
      capture("04-aes-chat.pcap"),
    );
    expect(text).to.match(
      /^alice +\{"type":"message","id":1,"text":"hello, Bob"\} +\{"type":"sealed","seq":0,/m,
    );
    expect(text).to.match(
      /02-basic-p2p\.pcap: ([0-9]+) of \1 lines can be read\n.*04-aes-chat\.pcap: 0 of [0-9]+ lines can be read$/,
    );
    expect(text).not.to.include("%");
    const stats = await show(
      "--compare",
      capture("02-basic-p2p.pcap"),
      capture("04-aes-chat.pcap"),
      "--stats",
    );
    expect(stats.text).to.match(
      /02-basic-p2p\.pcap: .*\n {2}on the wire: 99% printable, 4\.[0-9]{2} bits per byte\n/,
    );
    expect(stats.text).to.match(
      /04-aes-chat\.pcap: .*\n {2}on the wire: 100% .*\n {2}the ciphertexts in it: 3[0-9]% printable, 7\.9[0-9] bits/,
    );
    for (const line of lines) expect(line.length).to.be.at.most(120);
  });

  it("prints one JSON object for each stream", async () => {
    const { lines } = await show(capture("02-basic-p2p.pcap"), "--json");
    const streams = lines.map((line) => JSON.parse(line));
    expect(streams.map(({ stream }) => stream)).to.deep.equal([0, 1, 2]);
    for (const stream of streams) {
      expect(Object.keys(stream)).to.deep.equal([
        "stream",
        "a",
        "b",
        "aBytes",
        "bBytes",
        "aSha256",
        "bSha256",
        "gaps",
      ]);
      expect(stream.gaps).to.equal(0);
      expect(stream.a).to.match(/^127\.0\.0\.1:[0-9]+$/);
      expect(stream.aSha256).to.match(/^[0-9a-f]{64}$/);
    }
  });

  it("shows every byte with --hex", async () => {
    const { text } = await show(capture("01-two-requests-in-one-segment.pcap"), "--stream", "0", "--hex");
    expect(text).to.match(/^ {9}31 20 2b 20 32 0a +1 \+ 2\.$/m);
    // A CR stands before the LF only where the sender has sent one.
    const { lines } = await show("captures/testing/hex-crlf.pcap", "--stream", "0", "--hex");
    const bytes = lines.flatMap((line) => /^ {9}((?:[0-9a-f]{2} )+) /.exec(line)?.[1]?.trim() ?? []);
    expect(bytes).to.deep.equal(["31 20 2b 20 32 0d 0a", "3d 20 33 0a"]);
  });

  it("lists all packets, bare ACKs too, or those of one stream", async () => {
    const all = await show(capture("01-nagle.pcap"), "--packets");
    expect(all.lines[1]).to.match(/^packet +seconds +from → to +flags +seq +ack +bytes +what it is$/);
    const numbers = all.lines.flatMap((line) => /^ *([0-9]+) {2}/.exec(line)?.[1] ?? []).map(Number);
    expect(numbers).to.deep.equal(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(all.lines).to.include(
      "     5  0.000763  10001 → 39392  ACK        1    5      0  ACK of packet 4",
    );
    const one = await show(capture("01-nagle.pcap"), "--packets", "--stream", "1");
    const rows = one.lines.filter((line) => line.includes(" → 10001") || line.includes("10001 → "));
    expect(rows).to.have.length.greaterThan(20);
    for (const row of rows) expect(row).to.include("39404");
  });

  it("shows every byte of one packet with its meaning", async () => {
    const { lines, text } = await show(capture("01-calculator.pcap"), "--packet", "4");
    expect(lines.slice(0, 2)).to.deep.equal([
      "packet 4, 0.002097 s after the first: 76 bytes",
      "127.0.0.1:55234 → 127.0.0.1:10001, ACK, 10 bytes of data",
    ]);
    expect(text).to.match(/^ +75 {2}0a +\. +LF: the end of the line$/m);
    // Packet 32 of stage 04 has a member with more than 100 bytes.
    for (const [name, number, length] of [
      ["01-calculator.pcap", "4", 76],
      ["04-aes-chat.pcap", "32", 317],
    ] as const) {
      const shown = (await show(capture(name), "--packet", number)).lines.flatMap(
        (line) => /^ *[0-9]+ {2}((?:[0-9a-f]{2} )+) /.exec(line)?.[1]?.trim() ?? [],
      );
      const bytes = Buffer.from(shown.join("").replaceAll(" ", ""), "hex");
      expect(bytes.length, name).to.equal(length);
      expect(readFileSync(join(COURSE_FOLDER, capture(name))).includes(bytes), name).to.equal(true);
    }
    const acknowledgement = await show(capture("01-nagle.pcap"), "--packet", "5");
    expect(acknowledgement.lines[1]).to.equal(
      "127.0.0.1:10001 → 127.0.0.1:39392, ACK, 0 bytes of data (ACK of packet 4)",
    );
  });

  it("P6.5 finds, compares and summarizes with the keys", async () => {
    const keys = ["--keys", capture("04-aes-chat.keys")];
    const found = await show(capture("04-aes-chat.pcap"), "--find", SECRET, ...keys);
    expect(found.lines[0]).to.equal(`"${SECRET}" can be read with these keys in 1 line:`);
    expect(found.lines[1]).to.match(/^stream 2, packet [0-9]+, from bob, decrypted: .*2718/);
    const files = [capture("02-basic-p2p.pcap"), capture("04-aes-chat.pcap")];
    const compared = await show("--compare", ...files, ...keys);
    expect(compared.text).to.match(/^alice +(\{"type":"message","id":1,"text":"hello, Bob"\}) +\1 *$/m);
    expect(compared.text).to.include("0 of 46 lines can be read, with the keys 46");
    const { lines } = await show(capture("04-aes-chat.pcap"), "--json", ...keys);
    const [registry, , chat] = lines.map((line) => JSON.parse(line));
    expect(registry.decrypted).to.deep.equal([]);
    expect(chat.decrypted).to.have.length(46);
    expect(chat.decrypted[0]).to.deep.equal({
      packet: 32,
      from: "a",
      line: '{"type":"message","id":1,"text":"hello, Bob"}',
    });
  });

  it("P6.5 says that the keys of another chat do not fit, also when it finds, compares and summarizes", async () => {
    const other = join(folder, "no-fit.keys");
    const line = readFileSync(join(COURSE_FOLDER, capture("04-aes-chat.keys")), "utf8");
    writeFileSync(other, line.replace(/^P2PCHAT04 ../, "P2PCHAT04 00"));
    const sealed = capture("04-aes-chat.pcap");
    const found = await show(sealed, "--find", SECRET, "--keys", other);
    expect(found.lines).to.deep.equal([
      `"${SECRET}" can be read nowhere in this capture with these keys`,
      "not searched, because not decrypted: 46 sealed lines (no key for this chat)",
    ]);
    const compared = await show("--compare", capture("02-basic-p2p.pcap"), sealed, "--keys", other);
    expect(compared.text).to.include("with the keys 0 (no key for this chat)");
    const { lines } = await show(sealed, "--json", "--stream", "2", "--keys", other);
    expect(JSON.parse(lines[0] ?? "").decrypted[0].problem).to.equal("no key for this chat");
  });

  it("names a connection that was refused", async () => {
    const refused = join(folder, "refused.pcap");
    const common = { sourcePort: 51_000, destinationPort: 10_001 };
    const back = { source: "10.0.0.2", destination: "10.0.0.1" };
    const answer = { sourcePort: 10_001, destinationPort: 51_000, flags: RST | ACK, acknowledgement: 1 };
    const packets = [ethernet(ipv4(tcp({ ...common, flags: SYN }))), ethernet(ipv4(tcp(answer), back)), ARP];
    writeFileSync(refused, Buffer.concat([pcapHeader(1), ...packets.map((data) => pcapRecord(0n, data))]));
    const { text } = await show(refused);
    expect(text).to.match(/^0 {2}10\.0\.0\.1:51000 {2}10\.0\.0\.2:10001 {2}refused /m);
    expect(text).to.not.include("not ours");
    expect((await show(refused, "--stream", "0")).text).to.match(
      /^refused: .* No program was listening there\.$/,
    );
    const listed = await show(refused, "--packets");
    expect(listed.text).to.match(/RST ACK +1 +1 +0 {2}refuses to connect$/m);
    expect(listed.text).to.match(/^ +3 .* ARP, 42 bytes$/m);
    const one = await show(refused, "--packets", "--stream", "0");
    expect(one.text).to.include("refuses to connect");
    expect(one.text).to.not.include("ARP");
  });

  it("makes do with the whole part of a damaged file, if told to", async () => {
    const bytes = readFileSync(join(COURSE_FOLDER, capture("02-basic-p2p.pcap")));
    const damaged = join(folder, "damaged.pcap");
    writeFileSync(damaged, bytes.subarray(0, bytes.length - 5));
    const refused = await show(damaged);
    expect(refused.exitCode).to.equal(1);
    expect(refused.errors).to.match(/^error: .*at byte [0-9]+; --partial shows what stands before\n$/);
    const partial = await show(damaged, "--partial");
    expect(partial.exitCode).to.equal(0);
    expect(partial.text).to.include("damaged: ");
    expect(partial.text).to.include("02, alice calls bob");
    const listed = await show(damaged, "--packets", "--partial");
    expect(listed.lines[0]).to.match(/^damaged: /);
    expect(listed.text).to.match(/^ +123 /m);
    expect((await show(damaged, "--packet", "124", "--partial")).errors).to.include("123 before its damage");
    expect((await show(damaged, "--packet", "124")).errors).to.match(/--partial shows what stands before\n$/);
  });

  for (const [argv, exitCode, problem] of [
    [[], 2, /give one file, not 0/],
    [["--nonsense", "x"], 2, /nonsense/],
    [["--stream", "one", "x"], 2, /--stream takes a number/],
    [["--hex", "x"], 2, /--hex does nothing without --stream/],
    [["--find", "a", "--json", "x"], 2, /--find and --json do not go together/],
    [[capture("02-basic-p2p.pcap"), "--packet", "999"], 1, /no packet 999; this capture has 124, from 1$/m],
    [[capture("02-basic-p2p.pcap"), "--packets", "--stream", "9"], 1, /there is no stream 9/],
    [
      [capture("02-basic-p2p.pcap"), "--stream", "2", "--keys", capture("04-aes-chat.keys")],
      1,
      /no sealed line of stage 04/,
    ],
    [["no-such-file.pcap", "--packet", "1"], 1, /no-such-file\.pcap/],
    [["no-such-file.pcap", "--packets"], 1, /no-such-file\.pcap/],
    [["--compare", "x"], 2, /two files/],
    [["no-such-file.pcap"], 1, /no-such-file\.pcap/],
    [["README.md"], 1, /README\.md/],
    [[capture("02-basic-p2p.pcap"), "--stream", "99"], 1, /there is no stream 99/],
    [[capture("04-aes-chat.pcap"), "--stream", "2", "--keys", "no-such-file"], 1, /cannot read the key log/],
    [["--compare", capture("01-calculator.pcap"), capture("02-basic-p2p.pcap")], 1, /no chat/],
  ] as const) {
    it(`says in one line what is wrong with: ${argv.join(" ")}`, async () => {
      const ended = await show(...argv);
      expect(ended.exitCode).to.equal(exitCode);
      expect(ended.errors).to.match(/^error: [^\n]*\n$/);
      expect(ended.errors).to.match(problem);
    });
  }
});
