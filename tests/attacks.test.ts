// Tests the attack programs as commands, and those that read captures. Keys and texts of the captures are random.

import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ATTACKS } from "../attacks/list.ts";
import { MODP2048, randomPrivateKey, TOY } from "../checks/engine/cryptography.ts";
import { captureOf } from "../checks/engine/made-chats.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { AttackScene, proofs, secret, stops } from "./support/attacks.ts";
import { until, untilGone } from "./support/until.ts";

const scene = new AttackScene();

function writeCapture(...chats: Parameters<typeof captureOf>[0]): string {
  const path = join(scene.folder, "made.pcap");
  writeFileSync(path, captureOf(chats));
  return path;
}

describe("npm run attack", () => {
  it("lists the attacks, each with what it does, and has a program for each", async () => {
    const lines = await scene.attack();
    for (const { name, about } of ATTACKS) {
      expect(lines.filter((line) => line.includes(` ${name} `) && line.includes(about))).to.have.length(1);
      expect(readdirSync(join(COURSE_FOLDER, "attacks"))).to.include(`${name}.ts`);
    }
  });

  it("says in one line what is wrong with its arguments, with exit code 2", async () => {
    const wrong = [
      ["nonsense"],
      ["\u001b[2Jspoof"],
      ["spoof", "--nonsense"],
      ["spoof", "--stage", "01"],
      ["spoof", "--text", ""],
      ["spoof", "--text", "/quit"],
      ["spoof", "--text", "x".repeat(300)],
      ["mallory", "--port", "65536"],
      ["mallory", "--stage", "05"],
      ["weak-passphrase", "--stage", "04"],
    ];
    for (const argv of wrong) {
      const program = scene.startAttack(...argv);
      expect(await program.exitCode(), argv.join(" ")).to.equal(2);
      expect(program.errors, argv.join(" ")).to.match(/^error: [^\n]*\)\n$/);
      expect(program.errors).not.to.include("\u001b");
      expect(program.lines).to.deep.equal([]);
    }
  });

  it("says in one line what is wrong with a capture, with exit code 1", async () => {
    const empty = join(scene.folder, "empty");
    writeFileSync(empty, "");
    const chat = { group: TOY, alice: 3n, bob: 4n, texts: ["x"] };
    const cut = join(scene.folder, "cut.pcap");
    writeFileSync(cut, readFileSync(writeCapture(chat)).subarray(0, -3));
    const wrong = ["no-such-file", scene.folder, empty, "README.md", cut, "captures/01-calculator.pcap"];
    for (const [index, file] of wrong.entries()) {
      const name = ["sniff", "brute-force", "crib"][index % 3] ?? "";
      const program = scene.startAttack(name, file);
      expect(await program.exitCode(), `${name} ${file}`).to.equal(1);
      expect(program.errors, `${name} ${file}`).to.match(/^(?:error|failed): [^\n]*\n$/);
    }
  });

  it("explains an attack with --help", async () => {
    for (const { name, about } of ATTACKS.filter(({ name }) => ["crib", "bit-flip"].includes(name))) {
      const lines = await scene.attack(name, "--help");
      expect(lines[0]).to.match(new RegExp(`^usage: npm run attack -- ${name} `));
      expect(lines).to.include(about);
    }
  });
});

describe("attacks on captures", () => {
  it("sniff reads stage 02, and of stages 03 and 04 only who, when and how much", async () => {
    const texts = proofs(await scene.attack("sniff"));
    expect(texts).to.have.length(22);
    expect(texts).to.include("read on the way: bob> the code for the door is 2718");
    for (const stage of ["03", "04"]) {
      const lines = await scene.attack("sniff", "--stage", stage);
      expect(proofs(lines)).to.deep.equal([]);
      expect(stops(lines)).to.have.length(1);
      expect(lines.join("\n")).to.match(/alice sent 25 lines of \d+ to \d+ bytes\n.*bob sent 25 lines/);
    }
  });

  it("brute-force finds the keys of toy chats, every private key there is, and reads them", async function () {
    this.timeout(120_000);
    const keys = Array.from({ length: 20 }, (_, index) => BigInt(index + 2)).filter((key) => key !== 11n);
    const chats = keys.map((alice) => {
      const bob = keys[randomInt(keys.length)] ?? 2n;
      return { group: TOY, alice, bob, texts: [secret(), secret(), secret()] };
    });
    const expected = chats.flatMap(({ alice, bob, texts: [one, two, three] }) => [
      `alice's private key: ${alice}`,
      `bob's private key: ${bob}`,
      `read from the capture: alice> ${one}`,
      `read from the capture: bob> ${two}`,
      `read from the capture: alice> ${three}`,
    ]);
    expect(proofs(await scene.attack("brute-force", writeCapture(...chats)))).to.deep.equal(expected);
  });

  it("weak-passphrase says in one line what is wrong with its list", async () => {
    const empty = join(scene.folder, "no-words");
    writeFileSync(empty, "\n");
    for (const file of [empty, "no-such-file", scene.folder]) {
      const program = scene.startAttack("weak-passphrase", file);
      expect(await program.exitCode(), file).to.equal(1);
      expect(program.errors, file).to.match(/^failed: [^\n]*\n$/);
    }
  });

  it("brute-force gives up on a real group, and says how long it would take", async () => {
    const chat = { group: MODP2048, alice: randomPrivateKey(), bob: randomPrivateKey(), texts: ["x"] };
    const lines = await scene.attack("brute-force", writeCapture(chat));
    expect(proofs(lines)).to.deep.equal([]);
    expect(stops(lines)).to.match(/^trying them all takes: \d+ \* 10\^6\d years$/);
  });

  it("crib reads stage 03 without a key, in either group, short texts and long ones", async () => {
    for (const group of [MODP2048, TOY]) {
      const texts = ["?", secret(), "Grüße, 你好 🔑", "x".repeat(500), secret()];
      const [alice, bob] = group === TOY ? [5n, 9n] : [randomPrivateKey(), randomPrivateKey()];
      const [key, ...read] = proofs(await scene.attack("crib", writeCapture({ group, alice, bob, texts })));
      expect(key).to.match(/^the key: [0-9a-f]{64}$/);
      const expected = texts.map((text, index) => `${index % 2 === 0 ? "alice" : "bob"}> ${text}`);
      expect(read).to.deep.equal(expected.map((line) => `read from the capture: ${line}`));
    }
  });

  it("crib reads the committed capture, and fails on stage 04's", async () => {
    const read = proofs(await scene.attack("crib"));
    expect(read).to.have.length(23);
    expect(read).to.include("read from the capture: bob> the code for the door is 2718");
    const lines = await scene.attack("crib", "--stage", "04");
    expect(proofs(lines)).to.deep.equal([]);
    expect(stops(lines)).to.deep.equal(["the crib: no key makes all lines readable"]);
  });
});

describe("an attack that is interrupted", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`leaves no program and no file behind at ${signal}`, async () => {
      const program = scene.startAttack("bad-key");
      // A changed copy of a program takes a moment to start. The victims' registry already runs then.
      await program.line(/^1\. /);
      await until(() => temporaryFolders().length === 1, "a temporary folder");
      if (process.platform === "linux") await until(() => childrenOf(program.pid).length > 1, "its programs");
      program.signal("SIGSTOP"); // The attack must not end before this test does.
      expect(temporaryFolders()).to.have.length(1);
      const victims = childrenOf(program.pid);
      if (process.platform === "linux") expect(victims).to.have.length.greaterThan(1);
      program.signal(signal);
      program.signal("SIGCONT");
      expect(await program.exitCode()).to.equal(130);
      expect(program.errors).to.equal("");
      expect(temporaryFolders()).to.deep.equal([]);
      await untilGone(...victims);
    });
  }

  const temporaryFolders = (): string[] =>
    readdirSync(scene.folder).filter((name) => name.startsWith("capture-"));
});

/** The processes that a process has started. Works on Linux only. */
function childrenOf(pid: number): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name) => {
    if (!/^[0-9]+$/.test(name)) return [];
    try {
      const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      return Number(parent) === pid ? [Number(name)] : [];
    } catch {
      return []; // The process has ended.
    }
  });
}
