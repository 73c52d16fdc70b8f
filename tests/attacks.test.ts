// The attack programs, run as a student runs them: each succeeds where it should, and is refused where a later stage stops
// it. What the victims say is drawn anew for each run, so no answer can have been known before.

import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { encrypt } from "../04-aes-chat/aes-cbc-hmac.ts";
import { decryptOnly, encryptOnly } from "../attacks/lab-unauthenticated-cbc.ts";
import { ATTACKS } from "../attacks/list.ts";
import { MODP2048, randomPrivateKey, TOY } from "../course/checking/cryptography.ts";
import { captureOf } from "../course/checking/made-chats.ts";
import { COURSE_FOLDER, Program } from "../course/programs.ts";

const REFUSED = '{"type":"error","code":"bad-record","message":"refused"}';
const LOST = "chat with alice lost: alice sent what is not allowed (bad-record)";

let programs: Program[] = [];
let folder = "";
beforeEach(() => {
  programs = [];
  folder = mkdtempSync(join(tmpdir(), "attacks-test-"));
});
afterEach(async () => {
  await Promise.all(programs.map((program) => program.kill()));
  rmSync(folder, { recursive: true, force: true });
});

/** `npm run attack -- ARGV`, without npm. */
function start(...argv: string[]): Program {
  const program = new Program("attacks/attack.ts", argv, { NO_COLOR: "1", TMPDIR: folder });
  programs.push(program);
  return program;
}

/** Runs an attack that goes as it should. @returns what it has printed */
async function attack(...argv: string[]): Promise<string[]> {
  const program = start(...argv);
  const code = await program.exitCode();
  expect(`${code} ${program.errors}`, program.lines.join("\n")).to.equal("0 ");
  return program.lines;
}

/** What stands behind the word and a colon. */
function all(lines: readonly string[], word: "proof" | "stopped"): string[] {
  return lines.flatMap((line) => (line.startsWith(`${word}: `) ? [line.slice(word.length + 2)] : []));
}

/** The safety numbers that screens show, in the order in which they were shown. */
function safetyNumbers(lines: readonly string[]): string[] {
  return lines.flatMap((line) => / safety number with \S+: ((?:\d{5} ?){6})$/.exec(line)?.[1] ?? []);
}

/** A text that nobody has said before. */
function secret(): string {
  return `the word of the day is ${randomBytes(6).toString("hex")}`;
}

function writeCapture(...chats: Parameters<typeof captureOf>[0]): string {
  const path = join(folder, "made.pcap");
  writeFileSync(path, captureOf(chats));
  return path;
}

describe("npm run attack", () => {
  it("lists the attacks, each with what it does, and has a program for each", async () => {
    const lines = await attack();
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
    ];
    for (const argv of wrong) {
      const program = start(...argv);
      expect(await program.exitCode(), argv.join(" ")).to.equal(2);
      expect(program.errors, argv.join(" ")).to.match(/^error: [^\n]*\)\n$/);
      expect(program.errors).not.to.include("\u001b");
      expect(program.lines).to.deep.equal([]);
    }
  });

  it("says in one line what is wrong with a capture, with exit code 1", async () => {
    const empty = join(folder, "empty");
    writeFileSync(empty, "");
    const chat = { group: TOY, alice: 3n, bob: 4n, texts: ["x"] };
    const cut = join(folder, "cut.pcap");
    writeFileSync(cut, readFileSync(writeCapture(chat)).subarray(0, -3));
    const wrong = ["no-such-file", folder, empty, "README.md", cut, "captures/01-calculator.pcap"];
    for (const [index, file] of wrong.entries()) {
      const name = ["sniff", "brute-force", "crib"][index % 3] ?? "";
      const program = start(name, file);
      expect(await program.exitCode(), `${name} ${file}`).to.equal(1);
      expect(program.errors, `${name} ${file}`).to.match(/^(?:error|failed): [^\n]*\n$/);
    }
  });

  it("explains an attack with --help", async () => {
    for (const { name, about } of ATTACKS.filter(({ name }) => ["crib", "bit-flip"].includes(name))) {
      const lines = await attack(name, "--help");
      expect(lines[0]).to.match(new RegExp(`^usage: npm run attack -- ${name} `));
      expect(lines).to.include(about);
    }
  });

  it("imports captures/ and stages' files without sockets, and nothing else of the course", () => {
    const pure =
      /^\.\.\/0[234]-[a-z0-9-]+\/(?:channel|groups|integers|diffie-hellman|key-schedule|sealed-lines|stage-interface)\.ts$/;
    for (const name of readdirSync(join(COURSE_FOLDER, "attacks")).filter((file) => file.endsWith(".ts"))) {
      const text = readFileSync(join(COURSE_FOLDER, "attacks", name), "utf8");
      for (const [, path = ""] of text.matchAll(/from "([^"]+)"/g)) {
        const allowed = /^(?:node:|\.\/|\.\.\/captures\/)/.test(path) || pure.test(path);
        expect(allowed, `${name} imports ${path}`).to.equal(true);
      }
    }
  });
});

describe("attacks on captures", () => {
  it("sniff reads stage 02, and of stages 03 and 04 only who, when and how much", async () => {
    const texts = all(await attack("sniff"), "proof");
    expect(texts).to.have.length(22);
    expect(texts).to.include("read on the way: bob> the code for the door is 2718");
    for (const stage of ["03", "04"]) {
      const lines = await attack("sniff", "--stage", stage);
      expect(all(lines, "proof")).to.deep.equal([]);
      expect(all(lines, "stopped")).to.have.length(1);
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
    expect(all(await attack("brute-force", writeCapture(...chats)), "proof")).to.deep.equal(expected);
  });

  it("brute-force gives up on a real group, and says how long it would take", async () => {
    const chat = { group: MODP2048, alice: randomPrivateKey(), bob: randomPrivateKey(), texts: ["x"] };
    const lines = await attack("brute-force", writeCapture(chat));
    expect(all(lines, "proof")).to.deep.equal([]);
    expect(all(lines, "stopped")).to.match(/^trying them all takes: \d+ \* 10\^6\d years$/);
  });

  it("crib reads stage 03 without a key, in either group, short texts and long ones", async () => {
    for (const group of [MODP2048, TOY]) {
      const texts = ["?", secret(), "Grüße, 你好 🔑", "x".repeat(500), secret()];
      const [alice, bob] = group === TOY ? [5n, 9n] : [randomPrivateKey(), randomPrivateKey()];
      const [key, ...read] = all(await attack("crib", writeCapture({ group, alice, bob, texts })), "proof");
      expect(key).to.match(/^the key: [0-9a-f]{64}$/);
      const expected = texts.map((text, index) => `${index % 2 === 0 ? "alice" : "bob"}> ${text}`);
      expect(read).to.deep.equal(expected.map((line) => `read from the capture: ${line}`));
    }
  });

  it("crib reads the committed capture, and fails on stage 04's", async () => {
    const read = all(await attack("crib"), "proof");
    expect(read).to.have.length(23);
    expect(read).to.include("read from the capture: bob> the code for the door is 2718");
    const lines = await attack("crib", "--stage", "04");
    expect(all(lines, "proof")).to.deep.equal([]);
    expect(all(lines, "stopped")).to.deep.equal(["the crib: no key makes all lines readable"]);
  });
});

describe("attacks on names and keys", () => {
  for (const stage of ["02", "03", "04"] as const) {
    it(`spoof, stage ${stage}: Bob takes Mallory for Alice; from 03 on only his safety number tells`, async () => {
      const text = secret();
      const lines = await attack("spoof", "--stage", stage, "--text", text);
      expect(all(lines, "proof")).to.deep.equal([`bob's screen: alice> ${text}`]);
      expect(safetyNumbers(lines)).to.have.length(stage === "02" ? 0 : 1);
      const alone = lines.includes("   alice's screen: error: no current chat to verify");
      expect(alone).to.equal(stage !== "02");
      expect(lines.at(-1)).to.match(/^What stops it: no stage\./);
    });

    it(`rogue-registry, stage ${stage}: Alice talks to Mallory, and Bob hears nothing of it`, async () => {
      const text = secret();
      const lines = await attack("rogue-registry", "--stage", stage, "--text", text);
      expect(all(lines, "proof")).to.deep.equal([
        `mallory reads: alice> ${text}`,
        `alice's screen: bob> of course. You said: ${text}`,
      ]);
      expect(lines).to.include("   bob's screen: no chats");
      expect(safetyNumbers(lines)).to.have.length(stage === "02" ? 0 : 1);
      expect(lines.at(-1)).to.match(/^What stops it: no stage\./);
    });
  }

  for (const stage of ["03", "04"] as const) {
    it(`mitm, stage ${stage}: Mallory reads and changes; the safety numbers differ`, async () => {
      const word = randomBytes(4).toString("hex");
      const lines = await attack("mitm", "--stage", stage, "--text", `pay 100 to ${word}`);
      expect(all(lines, "proof")).to.deep.equal([
        `mallory reads: alice> pay 100 to ${word}`,
        `bob's screen: alice> pay 900 to ${word}`,
      ]);
      const numbers = safetyNumbers(lines);
      expect(numbers).to.have.length(2);
      expect(numbers[0]).not.to.equal(numbers[1]);
      expect(lines.at(-1)).to.match(/^What stops it: no stage\./);
    });

    it(`bad-key, stage ${stage}: read where the check is taken out, refused where it is not`, async () => {
      const text = secret();
      const lines = await attack("bad-key", "--stage", stage, "--text", text);
      expect(all(lines, "proof")).to.deep.equal(Array(3).fill(`mallory reads: lab-bob> ${text}`));
      const refused = all(lines, "stopped").map((line) => line.replace(/,"message":"[^"]*"/, ""));
      expect(refused).to.deep.equal(
        ["0", "1", "p - 1"].map((y) => `bob's answer to y = ${y}: {"type":"error","code":"bad-public-key"}`),
      );
      expect(readdirSync(folder).filter((name) => name.startsWith("capture-"))).to.deep.equal([]);
    });
  }

  it("mallory sits between two users who were started elsewhere", async () => {
    const mallory = start("mallory");
    const ready = await mallory.line(/^Mallory is the registry, listening on /);
    const registry = `127.0.0.1:${ready.slice(ready.lastIndexOf(":") + 1)}`;
    const [dave, erin] = ["dave", "erin"].map((name) => {
      const client = new Program("03-dh-chat/client.ts", ["--name", name, "--registry", registry]);
      programs.push(client);
      return client;
    });
    if (dave === undefined || erin === undefined) throw new Error("no clients");
    await Promise.all([dave.line(/^registered as dave/), erin.line(/^registered as erin/)]);
    dave.enter("/chat erin");
    await erin.line(/^dave wants to chat/);
    erin.enter("/decline dave");
    await dave.line("erin declined");
    await mallory.line(/^a call is over: /);
    dave.enter("/chat erin");
    await erin.line(/^dave wants to chat/);
    erin.enter("/accept dave");
    const [ofDave, ofErin] = await Promise.all([dave.line(/^safety number/), erin.line(/^safety number/)]);
    expect(ofDave.split(": ")[1]).not.to.equal(ofErin.split(": ")[1]);
    await mallory.line(`dave is shown the safety number ${ofDave.split(": ")[1]}`);
    await mallory.line(`erin is shown the safety number ${ofErin.split(": ")[1]}`);
    const word = randomBytes(4).toString("hex");
    dave.enter(`${word}: pay 100`);
    await erin.line(`dave> ${word}: pay 900`);
    await mallory.line(`proof: mallory reads: dave> ${word}: pay 100`);
    erin.enter(word);
    await dave.line(`erin> ${word}`);
    dave.enter("/end");
    await Promise.all([dave.line("chat with erin ended"), erin.line("chat with dave ended")]);
    mallory.signal("SIGINT");
    expect(await mallory.exitCode()).to.equal(130);
  });
});

describe("attacks on lines", () => {
  it("the lab encrypts as stage 04 does, and only leaves the tag off", () => {
    for (let length = 0; length < 40; length += 1) {
      const [key, iv, text] = [randomBytes(64), randomBytes(16), randomBytes(length)];
      const sealed = encrypt(key, iv, text, Buffer.alloc(8));
      const ciphertext = encryptOnly(key.subarray(32), iv, text);
      expect(ciphertext.equals(sealed.ciphertext)).to.equal(true);
      expect(decryptOnly(key.subarray(32), iv, ciphertext)?.equals(text)).to.equal(true);
    }
  });

  it("bit-flip changes a text of stage 03, and of the lab; stage 04 refuses it", async () => {
    const [old, wanted] = [String(randomInt(100, 500)), String(randomInt(500, 1000))];
    const word = randomBytes(4).toString("hex");
    const options = ["--text", `pay ${old} to ${word}`, "--old", old, "--new", wanted];
    const changed = `pay ${wanted} to ${word}`;
    expect(all(await attack("bit-flip", "--stage", "03", ...options), "proof")).to.deep.equal([
      `bob's screen: alice> ${changed}`,
    ]);
    const lines = await attack("bit-flip", ...options);
    expect(all(lines, "proof")).to.deep.equal([`bob reads: ${changed}`]);
    expect(all(lines, "stopped")).to.deep.equal([`bob's answer: ${REFUSED}`, `bob's screen: ${LOST}`]);
  });

  it("bit-flip says so when it cannot be done", async () => {
    for (const options of [
      ["--old", "nowhere"],
      ["--old", "100", "--new", "1000"],
      ["--text", "in two blocks: 111", "--old", "111", "--new", "222"],
    ]) {
      const program = start("bit-flip", ...options);
      expect(await program.exitCode(), options.join(" ")).to.equal(1);
      expect(program.errors).to.match(/^failed: [^\n]*\n$/);
    }
  });

  it("padding-oracle reads any text of the lab, of any length; stage 04 refuses the first line", async () => {
    for (const text of [secret(), "x".repeat(randomInt(1, 16)), "sixteen bytes 16", "Grüße, 你好 🔑"]) {
      const lines = await attack("padding-oracle", "--text", text);
      expect(all(lines, "proof")).to.deep.equal([`read without the key: ${text}`]);
      expect(all(lines, "stopped")).to.deep.equal([`bob's answer: ${REFUSED}`, `bob's screen: ${LOST}`]);
    }
  });

  /** Attacks on a line as it passes: what is seen where it succeeds, and where it is stopped. */
  const cases: { name: string; succeeds: (text: string) => string[]; stopped: string[] }[] = [
    {
      name: "replay",
      succeeds: (text) => [`bob's screen, a second time: alice> ${text}`],
      stopped: [
        `bob's answer: ${REFUSED}`,
        `bob's screen: ${LOST}`,
        `bob's answer: ${REFUSED}`,
        `bob's screen: ${LOST}`,
      ],
    },
    {
      name: "reflect",
      succeeds: (text) => [`alice's screen: bob> ${text}`],
      stopped: [`alice's answer: ${REFUSED}`, `alice's screen: ${LOST.replaceAll("alice", "bob")}`],
    },
    {
      name: "truncate",
      succeeds: () => ["bob's screen: chat with alice ended"],
      stopped: [
        `bob's screen: ${LOST}`,
        "bob's screen: chat with alice lost: the connection ended without a goodbye",
      ],
    },
  ];
  for (const { name, succeeds, stopped } of cases) {
    it(`${name} succeeds in stage 03, and is refused by stage 04`, async () => {
      const text = secret();
      const before = await attack(name, "--stage", "03", "--text", text);
      expect(all(before, "proof")).to.deep.equal(succeeds(text));
      expect(all(before, "stopped")).to.deep.equal([]);
      const after = await attack(name, "--text", text);
      expect(all(after, "proof")).to.deep.equal([]);
      expect(all(after, "stopped")).to.deep.equal(stopped);
    });
  }
});

describe("an attack that is interrupted", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`leaves no program and no file behind at ${signal}`, async () => {
      const program = start("bad-key");
      await program.line(/^2\. /);
      program.signal("SIGSTOP"); // It shall not be done before we are.
      expect(temporaryFolders()).to.have.length(1);
      const victims = childrenOf(program.pid);
      if (process.platform === "linux") expect(victims).to.have.length.greaterThan(1);
      program.signal(signal);
      program.signal("SIGCONT");
      expect(await program.exitCode()).to.equal(130);
      expect(program.errors).to.equal("");
      expect(temporaryFolders()).to.deep.equal([]);
      await until(() => !victims.some(isRunning));
    });
  }

  const temporaryFolders = (): string[] => readdirSync(folder).filter((name) => name.startsWith("capture-"));
});

/** The programs that a program has started; only Linux tells. */
function childrenOf(pid: number): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name) => {
    if (!/^[0-9]+$/.test(name)) return [];
    try {
      const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      return Number(parent) === pid ? [Number(name)] : [];
    } catch {
      return []; // It is gone by now.
    }
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits for something that takes a moment, such as the end of a program that was killed. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("it did not come true");
    await pause(20);
  }
}
