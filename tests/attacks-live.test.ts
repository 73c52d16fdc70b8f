// Runs the attacks on the real programs of the stages. Each attack succeeds where it should, and fails where a later
// stage stops it. The victims' texts are random in each run, so no attack can know them beforehand.

import { randomBytes, randomInt } from "node:crypto";
import { readdirSync } from "node:fs";
import { expect } from "chai";
import { encrypt } from "../04-aes-chat/aes-cbc-hmac.ts";
import { decryptOnly, encryptOnly } from "../attacks/lab-unauthenticated-cbc.ts";
import { AttackScene, proofs, safetyNumbers, secret, stops } from "./support/attacks.ts";

const REFUSED = '{"type":"error","code":"bad-record","message":"refused"}';
const LOST = "chat with alice lost: somebody on the way, or a broken program, sent a wrong line (bad-record)";

const scene = new AttackScene();

describe("attacks on names and keys", () => {
  for (const stage of ["02", "03", "04"] as const) {
    it(`spoof, stage ${stage}: Bob takes Mallory for Alice; from 03 on only the safety number tells`, async () => {
      const text = secret();
      const lines = await scene.attack("spoof", "--stage", stage, "--text", text);
      expect(proofs(lines)).to.deep.equal([`bob's screen: alice> ${text}`]);
      expect(safetyNumbers(lines)).to.have.length(stage === "02" ? 0 : 1);
      const alone = lines.includes("   alice's screen: error: no current chat to verify");
      expect(alone).to.equal(stage !== "02");
      const type = { "02": "message", "03": "xored", "04": "sealed" }[stage];
      const sent = lines.filter((line) => line.startsWith("   mallory -> bob: "));
      expect(sent.map((line) => /"type":"(\w+)"/.exec(line)?.[1])).to.deep.equal(["hello", type]);
      if (stage !== "02") expect(sent.join("\n"), "readable on the wire").not.to.include(text);
      expect(lines.at(-1)).to.match(/^What stops it: no stage\./);
    });

    it(`rogue-registry, stage ${stage}: Alice talks to Mallory, and Bob hears nothing of it`, async () => {
      const text = secret();
      const lines = await scene.attack("rogue-registry", "--stage", stage, "--text", text);
      expect(proofs(lines)).to.deep.equal([
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
      const lines = await scene.attack("mitm", "--stage", stage, "--text", `pay 100 to ${word}`);
      expect(proofs(lines)).to.deep.equal([
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
      const lines = await scene.attack("bad-key", "--stage", stage, "--text", text);
      expect(proofs(lines)).to.deep.equal(Array(3).fill(`mallory reads: lab-bob> ${text}`));
      const refused = stops(lines).map((line) => line.replace(/,"message":"[^"]*"/, ""));
      expect(refused).to.deep.equal(
        ["0", "1", "p - 1"].map((y) => `bob's answer to y = ${y}: {"type":"error","code":"bad-public-key"}`),
      );
      expect(readdirSync(scene.folder).filter((name) => name.startsWith("capture-"))).to.deep.equal([]);
    });
  }

  it("mallory sits between two users who were started elsewhere", async () => {
    const mallory = scene.startAttack("mallory");
    const ready = await mallory.line(/^Mallory is the registry, listening on /);
    const registry = `127.0.0.1:${ready.slice(ready.lastIndexOf(":") + 1)}`;
    const [dave, erin] = ["dave", "erin"].map((name) => {
      return scene.start("03-dh-chat/client.ts", ["--name", name, "--registry", registry]);
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
    expect(proofs(await scene.attack("bit-flip", "--stage", "03", ...options))).to.deep.equal([
      `bob's screen: alice> ${changed}`,
    ]);
    const lines = await scene.attack("bit-flip", ...options);
    expect(proofs(lines)).to.deep.equal([`bob reads: ${changed}`]);
    expect(stops(lines)).to.deep.equal([`bob's answer: ${REFUSED}`, `bob's screen: ${LOST}`]);
  });

  it("bit-flip says so when it cannot be done", async () => {
    for (const options of [
      ["--old", "nowhere"],
      ["--old", "100", "--new", "1000"],
      ["--text", "in two blocks: 111", "--old", "111", "--new", "222"],
    ]) {
      const program = scene.startAttack("bit-flip", ...options);
      expect(await program.exitCode(), options.join(" ")).to.equal(1);
      expect(program.errors).to.match(/^failed: [^\n]*\n$/);
    }
  });

  it("padding-oracle reads any text of the lab, of any length; stage 04 refuses the first line", async () => {
    for (const text of [secret(), "x".repeat(randomInt(1, 16)), "sixteen bytes 16", "Grüße, 你好 🔑"]) {
      const lines = await scene.attack("padding-oracle", "--text", text);
      expect(proofs(lines)).to.deep.equal([`read without the key: ${text}`]);
      expect(stops(lines)).to.deep.equal([`bob's answer: ${REFUSED}`, `bob's screen: ${LOST}`]);
    }
  });

  /** Attacks on a line on its way: what they print if they succeed, and if they are stopped. */
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
      const before = await scene.attack(name, "--stage", "03", "--text", text);
      expect(proofs(before)).to.deep.equal(succeeds(text));
      expect(stops(before)).to.deep.equal([]);
      const after = await scene.attack(name, "--text", text);
      expect(proofs(after)).to.deep.equal([]);
      expect(stops(after)).to.deep.equal(stopped);
    });
  }
});
