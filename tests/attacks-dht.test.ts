// Runs the attacks on stage 06: each shows what it can do, and is stopped where the stage stops it. Those that speak libp2p
// need the stage's packages.

import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { randomBytes } from "../06-dht-chat/cryptography.ts";
import { makeIdentity } from "../06-dht-chat/identity.ts";
import { makeRecord, recordKey } from "../06-dht-chat/record.ts";
import { bursts, bytesFrom, type Heard, isIn, lanesOf, learn, type Passed } from "../attacks/relay-log.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { AttackScene, proofs, secret, stops } from "./support/attacks.ts";
import { withStage06 } from "./support/tools.ts";

const scene = new AttackScene();

describe("second-key", () => {
  it("P10.1 finds keys whose numbers begin alike, and counts what all 15 digits would cost", async () => {
    const lines = await scene.attack("second-key", "--digits", "2");
    const bobs = /begins as Bob's number (\d{15})/.exec(lines.join("\n"))?.[1] ?? "";
    const found = proofs(lines).map(
      (line) => /^run \d: (\d{15}) after [\d,]+ keys \(expected: about 100\)$/.exec(line)?.[1],
    );
    expect(found).to.have.lengthOf(4);
    for (const number of found) expect(number?.slice(0, 2)).to.equal(bobs.slice(0, 2));
    expect(new Set(found).size).to.equal(4);
    const rate = Number(/([\d,]+) keys a second/.exec(lines.join("\n"))?.[1]?.replaceAll(",", ""));
    expect(rate).to.be.above(0);
    // 10^15 keys at this rate, in years; the figures are rounded.
    const years = Number(
      /one chosen number +1 \* 10\^15 +([\d,]+) years/.exec(lines.join("\n"))?.[1]?.replaceAll(",", ""),
    );
    expect(years / (1e15 / rate / 86_400 / 365)).to.be.within(0.99, 1.01);
  });

  it("P10.1 needs fewer keys for any one of many numbers", async () => {
    const lines = await scene.attack("second-key", "--digits", "3", "--ids", "100");
    expect(proofs(lines)).to.have.lengthOf(4);
    for (const line of proofs(lines)) expect(line).to.include("expected: about 10)");
  });

  it("P10.6 a second key with the same number does not pass for a contact", async () => {
    const lines = await scene.attack("second-key", "--digits", "1");
    expect(stops(lines)).to.deep.equal([
      "Alice has met Bob, so his key is pinned. Her page: wrong-peer",
      "Alice has only Bob's card. Mallory makes a secret up, and gets: bad-record",
      "Mallory calls Alice as Bob, with that secret. Her page: unknown-card",
    ]);
  });

  it("says what it cannot use", async () => {
    for (const argv of [["--digits", "7"], ["--digits", "0"], ["--ids", "x"], ["--ids", "1001"], ["file"]]) {
      const program = scene.startAttack("second-key", ...argv);
      expect(await program.exitCode(), argv.join(" ")).to.equal(2);
      expect(program.errors).to.match(/^error: [^\n]*\n$/);
    }
  });
});

describe("what a relay can tell", () => {
  /** A frame of yamux with bytes. */
  function frame(stream: number, data: Buffer): Buffer {
    const header = Buffer.alloc(12);
    header.writeUInt32BE(stream, 4);
    header.writeUInt32BE(data.length, 8);
    return Buffer.concat([header, data]);
  }

  const prefixed = (data: Buffer): Buffer => {
    if (data.length < 128) return Buffer.concat([Buffer.of(data.length), data]);
    return Buffer.concat([Buffer.of((data.length & 0x7f) | 0x80, data.length >> 7), data]);
  };
  const field = (number: number, data: Buffer): Buffer =>
    Buffer.concat([Buffer.of((number << 3) | 2), prefixed(data)]);
  const choose = (protocol: string): Buffer =>
    Buffer.concat(["/multistream/1.0.0\n", `${protocol}\n`].map((line) => prefixed(Buffer.from(line))));

  it("P10.5 finds who asked for which number, who called whom, and what passed, wherever the bytes are cut", async () => {
    const [alice, bob] = [await makeIdentity(), await makeIdentity()];
    const now = Date.now();
    const relay = "/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X";
    const addresses = [`${relay}/p2p-circuit/p2p/${alice.peerId}`];
    const value = Buffer.from(
      await makeRecord({ identity: alice, seq: now, expires: now + 60_000, addresses }),
    );
    const key = Buffer.from(recordKey(alice.id));
    const kad = choose("/p2p-chat/06/kad/1.0.0");
    const put = prefixed(
      Buffer.concat([field(2, key), field(3, Buffer.concat([field(1, key), field(2, value)]))]),
    );
    const get = prefixed(Buffer.concat([Buffer.of(8, 1), field(2, key)]));
    const peer = Buffer.concat([Buffer.from("002408011220", "hex"), Buffer.from(alice.publicKey)]);
    const connect = prefixed(Buffer.concat([Buffer.of(8, 1), field(2, field(1, peer))]));
    const hop = choose("/libp2p/circuit/relay/0.2.0/hop");
    const status = prefixed(Buffer.of(8, 2, 40, 100));
    const [there, back] = [Buffer.from(randomBytes(200)), Buffer.from(randomBytes(50))];
    const said: [connection: number, direction: "in" | "out", data: Buffer][] = [
      [1, "in", Buffer.concat([frame(1, kad), frame(1, put)])],
      [2, "in", Buffer.concat([frame(1, kad), frame(3, hop), frame(1, get), frame(3, connect)])],
      [2, "out", Buffer.concat([frame(3, hop), frame(3, status)])],
      [2, "in", frame(3, there)],
      [2, "out", frame(3, back)],
    ];
    for (const size of [1, 7, 5000]) {
      const heard = said.flatMap(([connection, direction, data]): Heard[] =>
        Array.from({ length: Math.ceil(data.length / size) }, (_, index) => ({
          time: now,
          connection,
          peer: connection === 1 ? alice.peerId : bob.peerId,
          address: "/ip4/127.0.0.1/tcp/2/ws",
          direction,
          bytes: data.subarray(index * size, (index + 1) * size),
        })),
      );
      const { questions, numbers, passed } = await learn(heard);
      expect(questions.map(({ kind, number }) => `${kind} ${number}`)).to.deep.equal([
        `stores ${alice.id}`,
        `looks up ${alice.id}`,
      ]);
      expect([...numbers]).to.deep.equal([[alice.peerId, alice.id]]);
      const joined = (from: string): string =>
        Buffer.concat(passed.filter((one) => one.from === from).map(({ bytes }) => bytes)).toString("hex");
      expect([joined(bob.peerId), joined(alice.peerId)]).to.deep.equal(
        [there, back].map((one) => one.toString("hex")),
      );
      expect(passed.every(({ from, to }) => from !== to)).to.equal(true);
    }
  });

  it("finds bytes that were cut, framed, or written in hexadecimal or base64", () => {
    const wanted = Buffer.from("the card's secret");
    const noise = (): Buffer => Buffer.from(randomBytes(40));
    const base64 = (before: number): Buffer =>
      Buffer.from(Buffer.concat([Buffer.alloc(before, 0xa5), wanted, noise()]).toString("base64"));
    const hidden = [
      [frame(1, Buffer.concat([noise(), wanted, noise()]))],
      [frame(1, Buffer.concat([noise(), wanted.subarray(0, 5)])), frame(1, wanted.subarray(5))],
      [frame(1, Buffer.from(wanted.toString("hex")))],
      ...[0, 1, 2].map((before) => [frame(1, base64(before))]),
    ];
    const heardOf = (parts: readonly Buffer[]): Heard[] =>
      parts.map((bytes) => ({ time: 0, connection: 1, peer: "", address: "", direction: "in", bytes }));
    for (const [index, parts] of hidden.entries()) {
      const all = Buffer.concat(parts);
      expect(isIn(lanesOf(heardOf(parts)), wanted), `${index}`).to.equal(true);
      expect(
        isIn(lanesOf(heardOf([all.subarray(0, 30), all.subarray(30)])), wanted),
        `${index}, cut`,
      ).to.equal(true);
    }
    expect(isIn(lanesOf(heardOf([frame(1, noise())])), wanted)).to.equal(false);
  });

  it("splits what passed at the longest silences", () => {
    const passed = [0, 10, 500, 505, 900].map(
      (time): Passed => ({ time, from: "a", to: "b", bytes: Buffer.alloc(time + 1) }),
    );
    const parts = bursts(passed, 3);
    expect(parts.map(({ from, to }) => [from, to])).to.deep.equal([
      [0, 10],
      [500, 505],
      [900, 900],
    ]);
    expect(parts.map((part) => bytesFrom(part, "a"))).to.deep.equal([12, 1007, 901]);
    expect(parts.map((part) => bytesFrom(part, "b"))).to.deep.equal([0, 0, 0]);
  });
});

describe("attacks on stage 06 without its packages", () => {
  it("say in a line what to do", async () => {
    const copy = join(scene.folder, "course");
    mkdirSync(join(copy, "06-dht-chat"), { recursive: true });
    for (const name of [
      "05-lan-chat",
      "attacks",
      "captures",
      "programs",
      "terminal",
      "node_modules",
      "package.json",
    ])
      symlinkSync(join(COURSE_FOLDER, name), join(copy, name));
    for (const name of readdirSync(join(COURSE_FOLDER, "06-dht-chat")))
      if (name !== "node_modules")
        symlinkSync(join(COURSE_FOLDER, "06-dht-chat", name), join(copy, "06-dht-chat", name));
    for (const name of ["forged-record", "eavesdropping-relay"]) {
      const file = join(copy, "attacks", "attack.ts");
      const program = scene.start("--preserve-symlinks", ["--preserve-symlinks-main", file, name]);
      expect(await program.exitCode()).to.equal(1);
      expect(program.errors).to.equal("failed: stage 06 needs its own packages, once: npm run 06:setup\n");
    }
  });
});

withStage06("attacks on stage 06", () => {
  afterEach(() => {
    const left = readdirSync(scene.folder).filter((name) => name.startsWith("attack-"));
    expect(left, "folders that were left behind").to.deep.equal([]);
  });

  it("P10.3 P10.4 forged-record is refused by every node, and Bob's own record stands", async () => {
    const lines = await scene.attack("forged-record");
    expect(lines.filter((line) => / {3}node \d: stored/.test(line))).to.have.lengthOf(3);
    const reasons = stops(lines).map((line) => /: all 3 nodes reset the stream \((\w+)\)$/.exec(line)?.[1]);
    expect(reasons).to.deep.equal([
      "id",
      "signature",
      "signature",
      "expired",
      "form",
      "expired",
      "form",
      "older",
    ]);
    expect(proofs(lines)).to.deep.equal([
      "what stands in the table: Bob's own record in all 3 nodes, signed by his key",
    ]);
  });

  it("P10.5 P10.6 eavesdropping-relay sees who, when and how much, and nothing of what was said", async () => {
    const text = secret();
    const lines = await scene.attack("eavesdropping-relay", "--text", text);
    const [, alice, bob] = /Alice has the number (\d{15}), Bob has (\d{15})\./.exec(lines.join("\n")) ?? [];
    expect(lines).to.include(`   bob's screen: ${text}`);
    const [who, guess, control, ...more] = proofs(lines);
    expect(who).to.equal(`the relay knows who talks to whom: ${bob} and ${alice}`);
    expect(guess).to.match(/^the relay's guess: number [123] is a picture, of some 3\d kB$/);
    expect(control).to.match(new RegExp(`^found in [\\d,]+ bytes: /u/${alice}, `));
    expect(more).to.deep.equal([]);
    const [nothing, ...others] = stops(lines);
    expect(nothing).to.match(/^not found in [\d,]{6,} bytes: the first text, .*, the card's secret$/);
    expect(others).to.deep.equal([]);
  });

  it("ends all that it has started when Ctrl-C comes", async () => {
    const program = scene.startAttack("eavesdropping-relay");
    await program.line(/^ {3}Alice has the number /);
    program.signal("SIGINT");
    expect(await program.exitCode()).to.equal(130);
  });
});
