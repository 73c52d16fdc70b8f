// Clauses P6.1 to P6.5: stage 04's sealed lines as they are on the wire, and what happens to those that are not right.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import {
  decode,
  encode,
  encryptBlocks,
  MODP2048,
  open,
  power,
  type SealedLine,
  safetyNumber,
  seal,
  sessionKeys,
  tagged,
} from "../course/checking/cryptography.ts";
import { ack, BYE, message, type RawPeer, ROLES, refusalOf } from "./support/raw-peer.ts";
import { lostChat, useScene } from "./support/scene.ts";
import type { Wire } from "./support/wire.ts";

interface KnownSession {
  alicePrivate: string;
  bobPrivate: string;
  handshake: string[];
  transcriptSha256: string;
  sharedSecret: string;
  keys: { initiatorKey: string; responderKey: string };
  safetyNumber: string;
  records: { sender: "initiator" | "responder"; plaintext: string; line: string }[];
}

const KNOWN_ANSWERS: { sessions: KnownSession[] } = JSON.parse(
  readFileSync(new URL("vectors/sealed.json", import.meta.url), "utf8"),
);

const IV = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");

describe("the raw peer's sealed lines", () => {
  for (const [index, known] of KNOWN_ANSWERS.sessions.entries()) {
    it(`P4.6 P6.1 P6.2 P6.3 give the known answer ${index + 1}`, () => {
      const { prime } = MODP2048;
      const [, , initiatorKey = "", responderKey = ""] = known.handshake;
      const alicePublic = Buffer.from(JSON.parse(initiatorKey).publicKey, "hex");
      const bobPublic = Buffer.from(JSON.parse(responderKey).publicKey, "hex");
      const secret = encode(power(decode(bobPublic), BigInt(`0x${known.alicePrivate}`), prime), MODP2048);
      expect(secret.toString("hex")).to.equal(known.sharedSecret);
      expect(safetyNumber(alicePublic, bobPublic)).to.equal(known.safetyNumber);
      const keys = sessionKeys(secret, known.handshake);
      expect(keys.transcript.toString("hex")).to.equal(known.transcriptSha256);
      expect(keys.initiator.toString("hex")).to.equal(known.keys.initiatorKey);
      expect(keys.responder.toString("hex")).to.equal(known.keys.responderKey);
      for (const { sender, plaintext, line } of known.records) {
        const sealed: SealedLine = JSON.parse(line);
        expect(open(keys[sender], sealed).toString()).to.equal(plaintext);
        const again = seal(keys[sender], sealed.seq, Buffer.from(plaintext), Buffer.from(sealed.iv, "hex"));
        expect(again).to.deep.equal(sealed);
      }
    });
  }
});

describe("stage 04 on the wire", () => {
  const scene = useScene("04");

  for (const role of ROLES) {
    it(`P6.1 P6.2 P6.3 P6.4 messages, acks and byes are sealed, with a fresh IV and the next seq; with the ${role}`, async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, role, "bob");
      alice.enterAll(["the same", "the same", "the same"]);
      const sealed: SealedLine[] = [];
      for (let id = 1; id <= 3; id += 1) {
        const line = await bob.wire.line();
        sealed.push(JSON.parse(line));
        expect(bob.unwrap(line)).to.deep.equal(message(id, "the same"));
      }
      expect(sealed.map(({ seq }) => seq)).to.deep.equal([0, 1, 2]);
      expect(new Set(sealed.map(({ iv }) => iv)).size).to.equal(3);
      // Equal texts cannot be seen to be equal.
      expect(new Set(sealed.map(({ ciphertext }) => ciphertext.slice(0, 32))).size).to.equal(3);
      for (let id = 1; id <= 3; id += 1) bob.say(ack(id));
      await alice.line("delivered to bob: 3");
      bob.say(message(1, "naïve café ☕"));
      await bob.expect(ack(1));
      await alice.line("bob> naïve café ☕");
      alice.enter("/end");
      await bob.expect(BYE);
      bob.say(BYE);
      await bob.ended();
      await alice.line("chat with bob ended");
      expect(bob.receiveSequence).to.equal(5);
    });

    it(`P6.3 P6.4 whatever is wrong with a line of the ${role} has the same answer, and nothing of it is shown`, async () => {
      const alice = await scene.client("alice", "--accept");
      const secret = message(1, "hidden");
      const plaintext = Buffer.from(JSON.stringify(secret));
      /** The first sealed line, right but for these members. */
      const sealedBut = (bob: RawPeer, members: Record<string, unknown>): string =>
        JSON.stringify({ ...seal(bob.sendingKey, 0, plaintext), ...members });
      /** A line with a right tag over blocks that were padded by hand. */
      const padded = (bob: RawPeer, padding: Buffer): string =>
        JSON.stringify(
          tagged(
            bob.sendingKey,
            0,
            IV,
            encryptBlocks(bob.sendingKey, IV, Buffer.concat([plaintext, padding])),
          ),
        );
      const missing = 16 - (plaintext.length % 16);
      const wrongs: Record<string, (bob: RawPeer) => string> = {
        "a seq that skips one": (bob) => JSON.stringify(seal(bob.sendingKey, 1, plaintext)),
        "another seq than that of the tag": (bob) =>
          JSON.stringify({ ...seal(bob.sendingKey, 1, plaintext), seq: 0 }),
        "a negative seq": (bob) => sealedBut(bob, { seq: -1 }),
        "a seq that is a string": (bob) => sealedBut(bob, { seq: "0" }),
        "a seq that is a fraction": (bob) => sealedBut(bob, { seq: 0.5 }),
        "a huge seq": (bob) => sealedBut(bob, { seq: 2 ** 64 }),
        "no seq": (bob) => sealedBut(bob, { seq: undefined }),
        "a tag with a zero byte more": (bob) =>
          sealedBut(bob, { tag: `${seal(bob.sendingKey, 0, plaintext, IV).tag}00`, iv: IV.toString("hex") }),
        "a tag cut short": (bob) => {
          const right = seal(bob.sendingKey, 0, plaintext);
          return JSON.stringify({ ...right, tag: right.tag.slice(0, 32) });
        },
        "an empty tag": (bob) => sealedBut(bob, { tag: "" }),
        "no tag": (bob) => sealedBut(bob, { tag: undefined }),
        "a tag that is a list": (bob) => sealedBut(bob, { tag: ["00"] }),
        "a tag of zeros": (bob) => sealedBut(bob, { tag: "0".repeat(64) }),
        "a short IV, tagged rightly": (bob) =>
          JSON.stringify(tagged(bob.sendingKey, 0, IV.subarray(1), Buffer.alloc(32, 1))),
        "an IV that is no hexadecimal": (bob) => sealedBut(bob, { iv: "x".repeat(32) }),
        "no ciphertext": (bob) => sealedBut(bob, { ciphertext: undefined }),
        "an empty ciphertext, tagged rightly": (bob) =>
          JSON.stringify(tagged(bob.sendingKey, 0, IV, Buffer.alloc(0))),
        "a ciphertext that is no whole blocks, tagged rightly": (bob) =>
          JSON.stringify(tagged(bob.sendingKey, 0, IV, Buffer.alloc(17, 1))),
        "padding of zeros, tagged rightly": (bob) => padded(bob, Buffer.alloc(missing)),
        "padding of more than a block, tagged rightly": (bob) =>
          padded(bob, Buffer.alloc(missing + 16, missing + 16)),
        "padding with one wrong byte, tagged rightly": (bob) => {
          const padding = Buffer.alloc(missing + 16, 16);
          padding[missing + 3] = 15;
          return padded(bob, padding);
        },
        "the key of the other direction": (bob) => JSON.stringify(seal(bob.receivingKey, 0, plaintext)),
        "the halves of the key swapped": (bob) =>
          JSON.stringify(
            seal(Buffer.concat([bob.sendingKey.subarray(32), bob.sendingKey.subarray(0, 32)]), 0, plaintext),
          ),
        "no JSON inside": (bob) => bob.wrap("hidden"),
        "nothing inside": (bob) => bob.wrap(""),
        "no UTF-8 inside": (bob) => bob.wrap(Buffer.from([0x7b, 0xff, 0x7d])),
        "two lines inside": (bob) =>
          bob.wrap(`${JSON.stringify(secret)}\n${JSON.stringify(message(2, "hidden"))}`),
        "an unknown type inside": (bob) => bob.wrap({ type: "whisper", id: 1, text: "hidden" }),
        "a message out of turn inside": (bob) => bob.wrap(message(2, "hidden")),
        "an ack of nothing inside": (bob) => bob.wrap(ack(1)),
        "an error inside": (bob) => bob.wrap({ type: "error", code: "bad-record", message: "hidden" }),
        "a sealed line inside": (bob) => bob.wrap(bob.wrap(secret)),
        "a hello inside": (bob) => bob.wrap({ type: "hello", stage: "04", from: "bob", to: "alice" }),
        "a message in clear": () => JSON.stringify(secret),
        "an ack in clear": () => JSON.stringify(ack(1)),
        "a bye in clear": () => JSON.stringify(BYE),
        "a key again": (bob) => bob.key[role],
        "stage 03's line": () => JSON.stringify({ type: "xored", ciphertext: "00" }),
        "no JSON": () => "hidden",
        "an empty line": () => "",
      };
      const answers = new Map<string, string>();
      for (const [index, [what, wrong]] of Object.entries(wrongs).entries()) {
        const bob = await scene.chat(alice, role, `bob${index}`);
        bob.wire.send(`${wrong(bob)}\n`);
        const { code, line } = await refusalOf(bob.wire);
        expect(code, what).to.equal("bad-record");
        answers.set(line, what);
        await alice.line(lostChat(bob.name));
      }
      expect([...answers.keys()], "the same answer to all").to.have.length(1);
      expect(alice.lines.filter((line) => /hidden|> |ended$/.test(line))).to.deep.equal([]);
    });

    it(`P6.3 a line of the ${role} that comes again, too early, too late or from ourselves is refused`, async () => {
      const alice = await scene.client("alice", "--accept");
      const replayed = await scene.chat(alice, role, "replayed");
      const line = replayed.wrap(message(1, "once"));
      replayed.wire.send(`${line}\n`);
      await replayed.expect(ack(1));
      await alice.line("replayed> once");
      replayed.wire.send(`${line}\n`);
      expect(await replayed.refusal()).to.equal("bad-record");
      await alice.line(lostChat("replayed"));

      const reordered = await scene.chat(alice, role, "reordered");
      const [first, second] = [reordered.wrap(message(1, "first")), reordered.wrap(message(2, "second"))];
      reordered.wire.send(`${second}\n${first}\n`);
      expect(await reordered.refusal()).to.equal("bad-record");
      await alice.line(lostChat("reordered"));

      const dropped = await scene.chat(alice, role, "dropped");
      dropped.say(message(1, "first"));
      await dropped.expect(ack(1));
      await alice.line("dropped> first");
      dropped.wrap(message(2, "lost on the way"));
      dropped.say(message(3, "third"));
      expect(await dropped.refusal()).to.equal("bad-record");
      await alice.line(lostChat("dropped"));

      const reflected = await scene.chat(alice, role, "reflected");
      alice.enterAll(["/switch reflected", "mirror"]);
      reflected.wire.send(`${await reflected.wire.line()}\n`);
      expect(await reflected.refusal()).to.equal("bad-record");
      await alice.line(lostChat("reflected"));
      await alice.line("not delivered to reflected: 1");

      const one = await scene.chat(alice, role, "one");
      const other = await scene.chat(alice, role, "other");
      other.wire.send(`${one.wrap(message(1, "from another chat"))}\n`);
      expect(await other.refusal()).to.equal("bad-record");
      await alice.line(lostChat("other"));
      one.say(BYE);
      expect(await one.refusal(), "seq 1 without seq 0").to.equal("bad-record");
      expect(alice.lines.filter((shown) => shown.includes("> "))).to.deep.equal([
        "replayed> once",
        "dropped> first",
        "you> mirror",
      ]);
    });

    it(`P6.4 an error or a bye in clear from the ${role} loses the chat; neither is a goodbye`, async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, role, "bob");
      alice.enter("unanswered");
      await bob.expect(message(1, "unanswered"));
      bob.wire.sendJson({ type: "error", code: "bad-record", message: "forged" });
      await alice.line(lostChat("bob"));
      await alice.line("not delivered to bob: 1");
      await bob.wire.end();
      const carol = await scene.chat(alice, role, "carol");
      carol.wire.sendJson(BYE);
      carol.wire.endHalf();
      expect(await carol.refusal()).to.equal("bad-record");
      await alice.line(lostChat("carol"));
      expect(alice.lines.filter((line) => line.endsWith(" ended"))).to.deep.equal([]);
    });
  }

  it("P6.2 P6.3 any flipped bit of a sealed line is refused", async () => {
    const alice = await scene.client("alice", "--accept");
    let number = 0;
    const flip = async (position: (line: string) => { byte: number; bit: number }): Promise<void> => {
      number += 1;
      const mallory = await scene.chat(alice, "initiator", `mallory${number}`);
      const line = mallory.wrap(message(1, "hidden"));
      const bytes = Buffer.from(`${line}\n`);
      const { byte, bit } = position(line);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
      mallory.wire.send(bytes);
      const code = await mallory.refusal();
      // With the highest bit set it is no UTF-8 any more, and P3.7 has a code of its own for that.
      expect(bit === 7 ? ["bad-record", "bad-encoding"] : ["bad-record"]).to.include(code);
      await alice.line(lostChat(mallory.name));
    };
    for (const member of ["seq", "iv", "ciphertext", "tag"]) {
      await flip((line) => ({ byte: line.indexOf(`"${member}"`) + member.length + 4, bit: 0 }));
    }
    // Bit 5 makes a letter of a hexadecimal number a capital one.
    await flip((line) => ({ byte: line.search(/[a-f][0-9a-f]*"\}$/), bit: 5 }));
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.nat(7), async (place, bit) => {
        await flip((line) => ({ byte: place % line.length, bit }));
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(alice.lines.filter((line) => /hidden|> |ended$/.test(line))).to.deep.equal([]);
  });

  /** Two clients with a relay between them, which sees every line and may change it. */
  async function relayed(alter: (line: string, fromAlice: boolean) => string, logs?: [string, string]) {
    const registry = await scene.listen();
    const [aliceLog, bobLog] = logs?.map((file) => ({ CHATKEYLOGFILE: file })) ?? [];
    const alice = scene.startClient("alice", [], { environment: aliceLog ?? {} });
    const bob = scene.startClient("bob", ["--accept"], {
      registryPort: registry.port,
      environment: bobLog ?? {},
    });
    const { port, wire: bobsRegistry } = await scene.acceptRegistration(registry);
    const [, , { server }] = await Promise.all([alice.registered(), bob.registered(), scene.list("bob")]);
    const seen: { line: string; fromAlice: boolean }[] = [];
    const pump = async (from: Wire, to: Wire, fromAlice: boolean): Promise<void> => {
      try {
        while (true) {
          const line = await from.line();
          seen.push({ line, fromAlice });
          to.send(`${alter(line, fromAlice)}\n`);
        }
      } catch {
        to.endHalf();
      }
    };
    const call = async (): Promise<void> => {
      alice.enter("/chat bob");
      const here = await scene.accept(server);
      const there = await scene.connect(port);
      void pump(here, there, true);
      void pump(there, here, false);
      await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
    };
    return { alice, bob, bobsRegistry, seen, call };
  }

  it("P6.3 P3.5 two clients notice when a line is altered between them", async () => {
    const { alice, bob, seen, call } = await relayed((line, fromAlice) => {
      const { type, seq, ciphertext } = JSON.parse(line);
      if (!fromAlice || type !== "sealed" || seq !== 1) return line;
      return line.replace(ciphertext, `${ciphertext.slice(0, -1)}${ciphertext.endsWith("0") ? "1" : "0"}`);
    });
    await call();
    alice.enter("untouched");
    await bob.line("alice> untouched");
    await alice.line("delivered to bob: 1");
    alice.enter("touched");
    await bob.line(lostChat("alice"));
    await alice.line(lostChat("bob"));
    await alice.line("not delivered to bob: 2");
    expect(bob.shown("alice> ")).to.deep.equal(["alice> untouched"]);
    expect(JSON.parse(seen.at(-1)?.line ?? "")).to.include({ type: "error", code: "bad-record" });
  });

  it("P6.1 P6.5 P2.8 the key log opens what was on the wire, which without it shows nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "key-log-"));
    scene.afterwards(() => rmSync(folder, { recursive: true }));
    const [aliceLog, bobLog] = [join(folder, "alice.log"), join(folder, "bob.log")];
    // Bob's file exists already: the program appends to it.
    writeFileSync(bobLog, "an earlier line\n", { mode: 0o600 });
    const { alice, bob, bobsRegistry, seen, call } = await relayed((line) => line, [aliceLog, bobLog]);
    for (const round of [1, 2]) {
      await call();
      alice.enter(`secret ${round}`);
      await bob.line(`alice> secret ${round}`);
      await alice.line("delivered to bob: 1");
      bob.enter("/end");
      await Promise.all([alice.line("chat with bob ended"), bob.line("chat with alice ended")]);
    }
    alice.enter("/quit");
    bob.enter("/quit");
    expect(await bobsRegistry.json()).to.deep.equal({ type: "leave" });
    bobsRegistry.close();
    expect([await alice.exitCode(), await bob.exitCode()]).to.deep.equal([0, 0]);
    expect(alice.errors).to.include(aliceLog);
    expect(bob.errors).to.include(bobLog);
    expect((statSync(aliceLog).mode & 0o777).toString(8)).to.equal("600");
    const entries = readFileSync(aliceLog, "utf8");
    expect(entries).to.match(/^(?:P2PCHAT04 [0-9a-f]{64} [0-9a-f]{128} [0-9a-f]{128}\n){2}$/);
    expect(readFileSync(bobLog, "utf8")).to.equal(`an earlier line\n${entries}`);

    const starts = seen.flatMap(({ line, fromAlice }, index) =>
      fromAlice && JSON.parse(line).type === "hello" ? [index] : [],
    );
    expect(starts).to.have.length(2);
    for (const [round, start] of starts.entries()) {
      const chat = seen.slice(start, starts[round + 1]);
      const ofType = (type: string, fromAlice: boolean): string =>
        chat.find((entry) => entry.fromAlice === fromAlice && JSON.parse(entry.line).type === type)?.line ??
        "";
      const handshake = [
        ofType("hello", true),
        ofType("hello", false),
        ofType("key", true),
        ofType("key", false),
      ];
      const [, transcript, ...keys] = (entries.split("\n")[round] ?? "").split(" ");
      const hash = createHash("sha256").update(`${handshake.join("\n")}\n`);
      expect(transcript).to.equal(hash.digest("hex"));
      const [initiator = Buffer.alloc(0), responder = Buffer.alloc(0)] = keys.map((key) =>
        Buffer.from(key, "hex"),
      );
      const sealed = chat.filter(({ line }) => JSON.parse(line).type === "sealed");
      expect(chat).to.have.length(sealed.length + 4);
      const opened = sealed.map(({ line, fromAlice }) => ({
        fromAlice,
        ...JSON.parse(open(fromAlice ? initiator : responder, JSON.parse(line)).toString()),
      }));
      expect(opened).to.deep.equal([
        { fromAlice: true, ...message(1, `secret ${round + 1}`) },
        { fromAlice: false, ...ack(1) },
        { fromAlice: false, ...BYE },
        { fromAlice: true, ...BYE },
      ]);
    }
    expect(seen.filter(({ line }) => line.includes("secret"))).to.deep.equal([]);
  });
});
