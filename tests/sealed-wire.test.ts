// Tests clauses P6.1 to P6.5 beyond the checks: the checker's own sealed lines against known answers, lines with any
// bit flipped, and two real clients with a relay between them.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { ack, BYE, message } from "../checks/engine/chat.ts";
import { lostChat, opensChat } from "../checks/engine/chat-steps.ts";
import type { Connection } from "../checks/engine/connection.ts";
import {
  decode,
  encode,
  MODP2048,
  open,
  power,
  type SealedLine,
  safetyNumber,
  seal,
  sessionKeys,
} from "../checks/engine/cryptography.ts";
import type { ClientUnderTest } from "../checks/engine/launcher.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { shown, testsOf } from "./support/on-the-wire.ts";

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

describe("the checker's sealed lines", () => {
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

/** A line between the two clients, before the relay has changed it. */
interface Passed {
  line: string;
  fromAlice: boolean;
}

/** Two clients with a relay between them, which sees every line and may change it. */
async function relayed(
  scene: Scene,
  alter: (passed: Passed) => string,
  logs: { alice?: string; bob?: string } = {},
): Promise<{ alice: ClientUnderTest; bob: ClientUnderTest; seen: Passed[]; call: () => Promise<void> }> {
  const environment = (log?: string) => (log === undefined ? {} : { CHATKEYLOGFILE: log });
  const bob = await scene.client("bob", { argv: ["--accept"], environment: environment(logs.bob) });
  const alice = await scene.client("alice", { environment: environment(logs.alice) });
  // The registry gives the relay's address to everybody who looks up Bob.
  const relay = await scene.listener("the relay");
  scene.registry.add("bob", relay.port);
  const seen: Passed[] = [];
  const pump = async (from: Connection, to: Connection, fromAlice: boolean): Promise<void> => {
    for await (const line of from.lines()) {
      seen.push({ line, fromAlice });
      to.write(`${alter({ line, fromAlice })}\n`);
    }
    to.end();
  };
  const call = async (): Promise<void> => {
    await alice.enters("/chat bob");
    const here = await relay.next(scene, "alice");
    const there = await scene.connect(bob, "the relay");
    void pump(here, there, true);
    void pump(there, here, false);
    await alice.shows("chat with bob started");
    await bob.shows("chat with alice started");
  };
  return { alice, bob, seen, call };
}

describe("stage 04 on the wire", () => {
  const it = testsOf("04");

  it("P6.2 P6.3 any flipped bit of a sealed line is refused", async (scene) => {
    const alice = await scene.client("alice", { argv: ["--accept"] });
    let number = 0;
    const flip = async (position: (line: string) => { byte: number; bit: number }): Promise<void> => {
      number += 1;
      const mallory = await opensChat(scene, alice, "initiator", `mallory${number}`);
      const line = mallory.wrap(message(1, "hidden"));
      const bytes = Buffer.from(`${line}\n`);
      const { byte, bit } = position(line);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
      await mallory.connection.sends(bytes);
      const { type, code, message: words, ...rest } = await mallory.connection.receivesJson();
      expect({ type, rest }).to.deep.equal({ type: "error", rest: {} });
      expect(words).to.be.a("string");
      // With its highest bit set, the line is not valid UTF-8 any more. P3.7 has a code of its own for that.
      expect(bit === 7 ? ["bad-record", "bad-encoding"] : ["bad-record"]).to.include(code);
      await mallory.ended();
      await alice.shows(lostChat(mallory.name));
    };
    for (const member of ["seq", "iv", "ciphertext", "tag"]) {
      await flip((line) => ({ byte: line.indexOf(`"${member}"`) + member.length + 4, bit: 0 }));
    }
    // Bit 5 turns a letter of a hexadecimal number into a capital letter.
    await flip((line) => ({ byte: line.search(/[a-f][0-9a-f]*"\}$/), bit: 5 }));
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.nat(7), async (place, bit) => {
        await flip((line) => ({ byte: place % line.length, bit }));
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(alice.lines.filter((line) => /hidden|> |ended$/.test(line))).to.deep.equal([]);
  });

  it("P6.3 P3.5 two clients notice when a line is altered between them", async (scene) => {
    const { alice, bob, seen, call } = await relayed(scene, ({ line, fromAlice }) => {
      const { type, seq, ciphertext } = JSON.parse(line);
      if (!fromAlice || type !== "sealed" || seq !== 1) return line;
      return line.replace(ciphertext, `${ciphertext.slice(0, -1)}${ciphertext.endsWith("0") ? "1" : "0"}`);
    });
    await call();
    await alice.enters("untouched");
    await bob.shows("alice> untouched");
    await alice.shows("delivered to bob: 1");
    await alice.enters("touched");
    await bob.shows(lostChat("alice"));
    await alice.shows(lostChat("bob"));
    await alice.shows("not delivered to bob: 2");
    expect(shown(bob, "alice> ")).to.deep.equal(["alice> untouched"]);
    expect(JSON.parse(seen.at(-1)?.line ?? "")).to.include({ type: "error", code: "bad-record" });
  });

  it("P6.1 P6.5 P2.8 the key log opens what was on the wire, which without it shows nothing", async (scene) => {
    const folder = mkdtempSync(join(tmpdir(), "key-log-"));
    scene.afterwards(() => rmSync(folder, { recursive: true }));
    const logs = { alice: join(folder, "alice.log"), bob: join(folder, "bob.log") };
    // Bob's file already exists, so the program must append to it.
    writeFileSync(logs.bob, "an earlier line\n", { mode: 0o600 });
    const { alice, bob, seen, call } = await relayed(scene, ({ line }) => line, logs);
    for (const round of [1, 2]) {
      await call();
      await alice.enters(`secret ${round}`);
      await bob.shows(`alice> secret ${round}`);
      await alice.shows("delivered to bob: 1");
      await bob.enters("/end");
      await alice.shows("chat with bob ended");
      await bob.shows("chat with alice ended");
    }
    for (const client of [alice, bob]) {
      await client.enters("/quit");
      await client.endsWith(0);
    }
    await scene.registry.request("leave", 2);
    const lookup = { type: "lookup", username: "bob" };
    const leave = { type: "leave" };
    expect(scene.registry.requests.slice(2)).to.deep.equal([lookup, lookup, leave, leave]);
    expect(alice.errors.join("\n")).to.include(logs.alice);
    expect(bob.errors.join("\n")).to.include(logs.bob);
    expect((statSync(logs.alice).mode & 0o777).toString(8)).to.equal("600");
    const entries = readFileSync(logs.alice, "utf8");
    expect(entries).to.match(/^(?:P2PCHAT04 [0-9a-f]{64} [0-9a-f]{128} [0-9a-f]{128}\n){2}$/);
    expect(readFileSync(logs.bob, "utf8")).to.equal(`an earlier line\n${entries}`);

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
