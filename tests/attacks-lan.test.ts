// Runs the attacks on stage 05. Each succeeds where it should, and is stopped where the stage stops it. Those that need
// beacons run in a network of their own. What the victims say is random in each run.

import { randomBytes, randomInt } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { makeBeacon } from "../05-lan-chat/beacons.ts";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import { COMMON_PASSPHRASES } from "../attacks/common-passphrases.ts";
import { pcapHeader, pcapRecord } from "../captures/record/pcap-writer.ts";
import { ethernet, ipv4, udp } from "../captures/testing/packets.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { AttackScene, proofs, safetyNumbers, secret, stops } from "./support/attacks.ts";
import { Host, needsLan } from "./support/lan.ts";
import { knownIdentity } from "./support/lan-sessions.ts";

const scene = new AttackScene();

/** A capture of one beacon of a team that has taken this passphrase. */
async function recordBeacon(passphrase: string, team: string, name: string): Promise<string> {
  const now = Date.now();
  const address = "10.0.0.1:5000";
  const content = { type: "beacon", name, team, address, session: now, seq: 1 } as const;
  const payload = makeBeacon(content, knownIdentity("alice"), await deriveTeamKey(passphrase, team), now);
  const ip = ipv4(udp({ sourcePort: 5000, destinationPort: 54_545, payload }), {
    protocol: 17,
    source: "10.0.0.1",
    destination: "239.255.54.45",
  });
  const path = join(scene.folder, "made.pcap");
  const frame = ethernet(ip);
  writeFileSync(path, Buffer.concat([pcapHeader(1), pcapRecord(BigInt(now) * 1_000_000n, frame)]));
  return path;
}

/** The seconds in `2.8 hours` or `4 * 10^9 years`. */
function secondsIn(text: string): number {
  const [, mantissa = "", power = "0", unit = ""] = /^([\d.,]+)(?: \* 10\^(\d+))? (\w+)$/.exec(text) ?? [];
  const sizes = { seconds: 1, minutes: 60, hours: 3600, days: 86_400, years: 365 * 86_400 };
  const size = sizes[unit as keyof typeof sizes];
  return Number(mantissa.replaceAll(",", "")) * 10 ** Number(power) * size;
}

/** A list of random words, for a test that has to know all of them. */
function writeWords(count: number): { path: string; words: string[] } {
  const words = Array.from({ length: count }, () => randomBytes(5).toString("hex"));
  const path = join(scene.folder, "words.txt");
  writeFileSync(path, words.join("\n"));
  return { path, words };
}

describe("weak-passphrase", () => {
  it("finds the passphrase of a recorded beacon, and reads what the beacon says", async () => {
    const [team, name] = ["t", "n"].map((letter) => `${letter}${randomBytes(4).toString("hex")}`);
    const { path, words } = writeWords(6);
    const passphrase = words[randomInt(words.length)] ?? "";
    const capture = await recordBeacon(passphrase, team ?? "", name ?? "");
    const lines = await scene.attack("weak-passphrase", "--capture", capture, "--team", team ?? "", path);
    expect(proofs(lines)).to.deep.equal([
      `the passphrase: ${passphrase}`,
      `what the beacon says: ${name} of ${team}, at 10.0.0.1:5000`,
    ]);
    expect(lines).to.include(`   ${words.indexOf(passphrase) + 1} of 6 words tried`);
    expect(stops(lines)).to.deep.equal([]);
  });

  it("does not find another one, and computes what it costs from the time of one try", async () => {
    const { path } = writeWords(8);
    const lines = await scene.attack("weak-passphrase", "--capture", "captures/05-lan-chat.pcap", path);
    expect(proofs(lines)).to.deep.equal([]);
    expect(stops(lines)).to.deep.equal(["tried in vain: 8 of 8 words"]);
    const text = lines.join("\n");
    expect(text).to.include("has recorded the team rocket.");
    const costs = (what: string): [number, number] => {
      const row = new RegExp(`^ +${what} +(\\S.*?[a-z])(?:  +(\\S.*))?$`, "m").exec(text);
      return [secondsIn(row?.[1] ?? ""), secondsIn(row?.[2] ?? "")];
    };
    const [each] = costs("one passphrase");
    expect(each).to.be.above(0);
    // The figures are rounded, some to one digit.
    const isNear = (value: number, expected: number): boolean =>
      value > 0.6 * expected && value < 1.7 * expected;
    for (const [what, possibilities] of [
      ["one word of a dictionary of 100,000", 100_000],
      ["2 of the 1,244 words of --new-team", 1244 ** 2],
      ["4 of the 1,244 words of --new-team", 1244 ** 4],
      ["6 of the 1,244 words of --new-team", 1244 ** 6],
    ] as const) {
      const [one, thousand] = costs(what);
      expect(isNear(one, possibilities * each), `${what}: ${text}`).to.equal(true);
      expect(isNear(thousand, one / 1000), `${what}: ${text}`).to.equal(true);
    }
  });

  it("says what it cannot use", async () => {
    const nameless = await recordBeacon("password", "rocket", "alice");
    for (const argv of [
      ["--capture", nameless],
      ["--capture", "captures/04-aes-chat.pcap"],
      ["--capture", "no-such-file"],
      ["no-such-file"],
    ]) {
      const program = scene.startAttack("weak-passphrase", ...argv);
      expect(await program.exitCode(), argv.join(" ")).to.equal(1);
      expect(program.errors).to.match(/^(?:error|failed): [^\n]*\n$/);
    }
    const program = scene.startAttack("weak-passphrase", "--team", "no team");
    expect(await program.exitCode()).to.equal(2);
  });
});

describe("attacks on sessions of stage 05", () => {
  afterEach(() => {
    const left = readdirSync(scene.folder).filter((name) => /^(?:attack|capture)-/.test(name));
    expect(left, "folders that were left behind").to.deep.equal([]);
  });

  it("mitm, stage 05: reads and changes where signatures are not checked; the proofs stop it", async () => {
    const word = randomBytes(4).toString("hex");
    const lines = await scene.attack("mitm", "--stage", "05", "--text", `pay 100 to ${word}`);
    expect(proofs(lines)).to.deep.equal([
      `mallory reads: alice> pay 100 to ${word}`,
      `bob's screen: alice> pay 900 to ${word}`,
    ]);
    const [answer, ofAlice, ...others] = stops(lines);
    expect(answer).to.equal('bob\'s answer: {"type":"error","code":"bad-record"}');
    expect(ofAlice).to.match(/^alice's screen: error: no session with \S+: they refused/);
    expect(others).to.deep.equal([
      "alice's screen: error: the key of bob has changed",
      "bob's screen: error: the key of alice has changed",
    ]);
    const [one, other] = safetyNumbers(lines);
    expect(one)
      .to.match(/^[0-9 ]{35}$/)
      .and.to.equal(other);
    expect(lines.at(-1)).to.match(/^What stops it: proofs with keys that stay \(P9\.4\)/);
  });

  it("stolen-identity reads yesterday's letter, and nothing of yesterday's session", async () => {
    const [text, said] = [secret(), secret()];
    const lines = await scene.attack("stolen-identity", "--text", text, "--said", said);
    expect(proofs(lines)).to.deep.equal([`read from the letter: alice> ${text}`]);
    expect(stops(lines)).to.deep.equal(["read from the session: nothing: Bob's key has only signed there"]);
    expect(lines).to.include(`   bob's screen: alice> ${said}`);
    expect(lines.join("\n")).to.include("alice calls bob");
  });

  it("end-marker makes two messages of one where text is bare, and one stays one in stage 05", async () => {
    const text = `I owe ${randomInt(1000)}`;
    const lines = await scene.attack("end-marker", "--text", text);
    expect(proofs(lines)).to.deep.equal([`bob's screen: 127.0.0.1:5001> ${text}`]);
    const [shown, lost] = stops(lines);
    expect(shown).to.match(
      /^bob's screen: mallory> look:.<end>.<127\.0\.0\.1:5001> @ <team-\w+>.I owe \d+$/u,
    );
    expect(shown?.endsWith(text)).to.equal(true);
    expect(lost).to.match(/^bob's screen: disconnected from mallory: .*\(bad-record\)$/);
  });
});

describe("attacks on discovery of stage 05", () => {
  let host: Host | undefined;

  beforeEach(async function () {
    needsLan(this);
    host = await Host.start();
  });

  afterEach(async () => {
    await host?.end();
    host = undefined;
  });

  /**
   * Runs an attack in the network, as AttackScene does it outside.
   * @param milestone a line on the way. An attack that takes long has as much time again from there
   */
  async function attack(argv: string[], milestone?: RegExp): Promise<string[]> {
    if (host === undefined) throw new Error("there is no network outside of a test");
    const environment = ["env", "NO_COLOR=1", `TMPDIR=${scene.folder}`];
    const words = [...environment, ...nodeCommand("attacks/attack.ts"), ...argv];
    const program = host.program(argv.join(" "), words);
    if (milestone !== undefined) await program.line(milestone);
    const code = await program.exitCode();
    expect(`${code} ${program.errors}`, program.lines.join("\n")).to.equal("0 ");
    const left = readdirSync(scene.folder).filter((name) => /^(?:attack|capture)-/.test(name));
    expect(left, "folders that were left behind").to.deep.equal([]);
    return program.lines;
  }

  it("P8.3 weak-passphrase finds the passphrase of a team that runs, and no other one", async () => {
    const passphrase = COMMON_PASSPHRASES[randomInt(30)] ?? "";
    const [common, read] = proofs(await attack(["weak-passphrase", "--passphrase", passphrase]));
    expect(common).to.equal(`the passphrase: ${passphrase}`);
    expect(read).to.match(/^what the beacon says: alice of team-[0-9a-f]{6}, at 127\.0\.0\.1:\d+$/);

    const list = join(scene.folder, "words");
    writeFileSync(list, "one\r\ntwo words\n\nthree\n");
    const found = await attack(["weak-passphrase", "--passphrase", "two words", list]);
    expect(proofs(found)[0]).to.equal("the passphrase: two words");
    expect(found).to.include("   2 of 3 words tried");
    const inVain = await attack(["weak-passphrase", "--passphrase", "Three", list]);
    expect(proofs(inVain)).to.deep.equal([]);
    expect(stops(inVain)).to.deep.equal(["tried in vain: 3 of 3 words"]);
  });

  it("replayed-beacon brings Alice back for who has just come, for half a minute, and for nobody else", async () => {
    const lines = await attack(["replayed-beacon"], /^ {3}carol's screen: left: alice/);
    expect(proofs(lines)).to.deep.equal(["carol's screen: found: alice"]);
    const [again, afterwards, late, note, ...more] = stops(lines);
    for (const drops of [again, afterwards]) {
      expect(drops).to.match(/^bob has dropped: (?:repeated|old) \d+(?:, old \d+)?$/);
    }
    expect(late).to.match(/^carol has dropped: time \d+$/);
    expect(note).to.match(/^carol's note: a beacon from 127\.0\.0\.1 is \d+ s old: is a clock wrong\?$/);
    expect(more).to.deep.equal([]);
    expect(lines).to.include("   carol's screen: left: alice (silent)");
  });

  it("forged-goodbye is believed where signatures are not checked, and by nobody in stage 05", async () => {
    const lines = await attack(["forged-goodbye"]);
    expect(proofs(lines)).to.deep.equal(["bob's screen: left: alice"]);
    const [forged, turned, yesterday, present, ...more] = stops(lines);
    expect([forged, turned, yesterday]).to.deep.equal([
      "bob has dropped: signature 1",
      "bob has dropped: signature 1",
      "bob has dropped: old 1",
    ]);
    expect(present).to.match(/^bob's screen: peer alice active /);
    expect(more).to.deep.equal([]);
  });

  it("name-thief gets what is written to a name before the first session, and nothing afterwards", async () => {
    const text = secret();
    const lines = await attack(["name-thief", "--text", text]);
    expect(proofs(lines)).to.deep.equal([`mallory's screen: alice> ${text}`]);
    const [found, queued, changed, refused, ...more] = stops(lines);
    expect(found).to.match(/^alice's screen: found: bob#[A-Za-z0-9_-]{4,}$/);
    expect(queued).to.equal("alice's screen: queued for bob: 1");
    expect(changed).to.equal("alice's screen: error: the key of bob has changed");
    expect(refused).to.match(/^mallory's screen: error: no session with alice: .*\(bad-record\)$/);
    expect(more).to.deep.equal([]);
    expect(lines).to.include.members([
      `   bob's screen: alice> ${text}`,
      "   alice's screen: delivered to bob: 1",
    ]);
  });
});
