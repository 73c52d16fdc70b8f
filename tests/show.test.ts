// Tests npm run show on the captures of the course: what is readable without the keys, and what only with them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";

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
      /02-basic-p2p\.pcap: ([0-9]+) of \1 lines can be read\n {2}(?:9[0-9]|100)% of the bytes/,
    );
    expect(text).to.match(
      /04-aes-chat\.pcap: 0 of [0-9]+ lines can be read\n {2}3[0-9]% .* 7\.9[0-9] of 8 bits per byte/,
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
    expect(text).to.match(/^ {9}31 20 2b 20 32 +1 \+ 2$/m);
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
    it(`says in one line what is wrong with: ${argv.join(" ")}`, async () => {
      const ended = await show(...argv);
      expect(ended.exitCode).to.equal(exitCode);
      expect(ended.errors).to.match(/^error: [^\n]*\n$/);
      expect(ended.errors).to.match(problem);
    });
  }
});
