// npm run show, on the captures of the course: what somebody with them can read, and what only who has the keys can.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER, Program } from "../programs/course-program.ts";
import { type Run, runSeveral } from "./support/several-runs.ts";

const SHOW = "captures/show.ts";
const ENVIRONMENT = { NO_COLOR: "1" };
const SECRET = "the code for the door is 2718";

function capture(name: string): string {
  return join("captures", name);
}

function bytesOf(name: string): Buffer {
  return readFileSync(join(COURSE_FOLDER, capture(name)));
}

describe("npm run show", () => {
  const folder = mkdtempSync(join(tmpdir(), "show-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  // A test names its command lines when it is defined, and looks at what came of them when it runs.
  const commandLines: string[][] = [];
  let runs: Run[] = [];

  before(async () => {
    runs = await runSeveral(SHOW, commandLines, ENVIRONMENT);
  });

  /** A command line; what is returned gives what came of it. */
  function show(
    ...argv: string[]
  ): () => { lines: string[]; text: string; errors: string; exitCode: number } {
    const index = commandLines.push(argv) - 1;
    return () => {
      const { output = "", errors = "", exitCode = -1 } = runs[index] ?? {};
      const text = output.replace(/\n$/, "");
      return { lines: text.split("\n"), text, errors, exitCode };
    };
  }

  /** A file of ours. */
  function file(name: string, content: string | Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  const basic = show(capture("02-basic-p2p.pcap"));
  const calculator = show(capture("01-calculator.pcap"));
  it("says who talked to whom", async () => {
    const { lines, text, exitCode } = basic();
    expect(exitCode).to.equal(0);
    expect(lines[1]).to.match(/^[0-9]+ packets, [0-9]+ of them TCP, in [0-9.]+ s; 3 streams$/);
    for (const what of ["registry, alice", "registry, bob", "02, alice calls bob"]) {
      expect(
        lines.filter((line) => line.includes(what)),
        what,
      ).to.have.length(1);
    }
    expect(calculator().text).to.include("01, calculator");
    // As a process of its own it does the same.
    const alone = new Program(SHOW, [capture("02-basic-p2p.pcap")], ENVIRONMENT);
    expect(await alone.exitCode()).to.equal(0);
    expect(alone.lines.join("\n")).to.equal(text);
  });

  const openSecret = show(capture("02-basic-p2p.pcap"), "--find", SECRET);
  const closedSecrets = ["03-dh-chat.pcap", "03-dh-chat-toy-group.pcap", "04-aes-chat.pcap"].map((name) =>
    show(capture(name), "--find", SECRET),
  );
  const sealed = show(capture("04-aes-chat.pcap"), "--stream", "2");
  it("reads stage 02, and nothing of stages 03 and 04", () => {
    expect(openSecret().text).to.match(/^".*" can be read in 1 line:\nstream 2, packet [0-9]+, from bob: /);
    for (const closed of closedSecrets) {
      expect(closed().text).to.equal(`"${SECRET}" can be read nowhere in this capture`);
    }
    expect(sealed().text).to.include("? (encrypted)");
    expect(sealed().text).to.not.include("2718");
  });

  const KEYS = ["--keys", capture("04-aes-chat.keys")];
  const unsealed = show(capture("04-aes-chat.pcap"), "--stream", "2", ...KEYS);
  it("P6.5 decrypts and verifies stage 04 with the key log", () => {
    const { text } = unsealed();
    expect(text).to.match(/the code for the door is 2718/);
    expect(text).to.not.include("? (encrypted)");
    expect(text).to.match(/hello, Bob \[decrypted, tag right\]/);
  });

  const keyLine = bytesOf("04-aes-chat.keys").toString();
  const [otherKeys, halfKeys] = [
    file("other.keys", keyLine.replace(/^P2PCHAT04 ../, "P2PCHAT04 00")),
    file("half.keys", keyLine.slice(0, 200)),
  ].map((keys) => show(capture("04-aes-chat.pcap"), "--stream", "2", "--keys", keys));
  it("says that the keys of another chat do not fit", () => {
    expect(otherKeys?.().text).to.include("(no key for this chat)");
    expect(halfKeys?.().errors).to.match(/line 1: not a line of a key log/);
  });

  const changed = show(file("changed.pcap", changedCapture()), "--stream", "2", ...KEYS);
  function changedCapture(): Buffer {
    const bytes = bytesOf("04-aes-chat.pcap");
    const at = bytes.indexOf('"seq":3,') + '"seq":3,"iv":"'.length;
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    return bytes;
  }
  it("notices a sealed line that was changed in the capture", () => {
    const { text } = changed();
    expect(text).to.include("(wrong tag)");
    expect(text).to.include("(out of turn: 3 was next)");
  });

  const sideBySide = show("--compare", capture("02-basic-p2p.pcap"), capture("04-aes-chat.pcap"));
  it("puts two captures side by side", () => {
    const { text, lines } = sideBySide();
    expect(text).to.match(
      /^alice +\{"type":"message","id":1,"text":"hello, Bob"\} +\{"type":"sealed","seq":0,/m,
    );
    expect(text).to.match(
      /02-basic-p2p\.pcap: ([0-9]+) of \1 lines can be read\n {2}(?:9[0-9]|100)% of the bytes/,
    );
    expect(text).to.match(
      /04-aes-chat\.pcap: 0 of [0-9]+ lines can be read\n {2}3[0-9]% .* 7\.9[0-9] of 8 bits per byte/,
    );
    for (const line of lines) expect(line.length).to.be.at.most(120);
  });

  const asJson = show(capture("02-basic-p2p.pcap"), "--json");
  it("prints one JSON object for each stream", () => {
    const streams = asJson().lines.map((line) => JSON.parse(line));
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

  const asHex = show(capture("01-two-requests-in-one-segment.pcap"), "--stream", "0", "--hex");
  it("shows every byte with --hex", () => {
    expect(asHex().text).to.match(/^ {9}31 20 2b 20 32 +1 \+ 2$/m);
  });

  const damaged = file("damaged.pcap", bytesOf("02-basic-p2p.pcap").subarray(0, -5));
  const damage = { refused: show(damaged), partial: show(damaged, "--partial") };
  it("makes do with the whole part of a damaged file, if told to", () => {
    const [refused, partial] = [damage.refused(), damage.partial()];
    expect(refused.exitCode).to.equal(1);
    expect(refused.errors).to.match(/^error: .*at byte [0-9]+; --partial shows what stands before\n$/);
    expect(partial.exitCode).to.equal(0);
    expect(partial.text).to.include("damaged: ");
    expect(partial.text).to.include("02, alice calls bob");
  });

  for (const [argv, exitCode, problem] of [
    [[], 2, /give one file, not 0/],
    [["--nonsense", "x"], 2, /nonsense/],
    [["--stream", "one", "x"], 2, /--stream takes a number/],
    [["--compare", "x"], 2, /two files/],
    [["no-such-file.pcap"], 1, /no-such-file\.pcap/],
    [["README.md"], 1, /README\.md/],
    [[capture("02-basic-p2p.pcap"), "--stream", "99"], 1, /there is no stream 99/],
    [[capture("04-aes-chat.pcap"), "--stream", "2", "--keys", "no-such-file"], 1, /cannot read the key log/],
    [["--compare", capture("01-calculator.pcap"), capture("02-basic-p2p.pcap")], 1, /no chat/],
  ] as const) {
    const wrong = show(...argv);
    it(`says in one line what is wrong with: ${argv.join(" ")}`, () => {
      const ended = wrong();
      expect(ended.exitCode).to.equal(exitCode);
      expect(ended.errors).to.match(/^error: [^\n]*\n$/);
      expect(ended.errors).to.match(problem);
    });
  }
});
