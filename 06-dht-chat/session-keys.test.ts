import { expect } from "chai";
import { bytesOf, type KnownSession, knownDht } from "../tests/support/known-dht.ts";
import { type Bytes, concat, toHex, toUtf8 } from "./bytes.ts";
import { agree, hkdf, hkdfSecret, sha256, x25519PrivateKey } from "./cryptography.ts";
import { encodeFrame } from "./frames.ts";
import { parseHello } from "./hello.ts";
import { Opener, Sealer } from "./sealed-channel.ts";
import { isReady } from "./session.ts";
import { type Role, SessionKeys } from "./session-keys.ts";

const ROLES: readonly Role[] = ["initiator", "responder"];

function keysOf(known: KnownSession, role: Role): Promise<SessionKeys> {
  const [initiatorHello, responderHello] = known.hellos;
  return SessionKeys.derive(role, {
    agreed: bytesOf(known.x25519),
    cardSecret: bytesOf(known.cardSecret),
    initiatorHello: toUtf8(initiatorHello),
    responderHello: toUtf8(responderHello),
  });
}

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "nothing thrown",
    (error: unknown) => error,
  );
}

for (const [number, known] of knownDht.sessions.entries()) {
  describe(`known session ${number}: ${known.initiator} calls ${known.responder}`, () => {
    it("P10.6 the secret of X25519, from both sides", async () => {
      const shares = known.hellos.map((hello) => parseHello(toUtf8(hello))?.share ?? new Uint8Array());
      const own = await x25519PrivateKey(bytesOf(known.initiatorShare));
      const other = await x25519PrivateKey(bytesOf(known.responderShare));
      expect(toHex((await agree(own, shares[1] ?? new Uint8Array())) ?? new Uint8Array())).to.equal(
        known.x25519,
      );
      expect(toHex((await agree(other, shares[0] ?? new Uint8Array())) ?? new Uint8Array())).to.equal(
        known.x25519,
      );
    });

    it("P10.6 the salt, and the keys of both directions", async () => {
      const [initiatorHello, responderHello] = known.hellos;
      const salt = await sha256(encodeFrame(toUtf8(initiatorHello)), encodeFrame(toUtf8(responderHello)));
      expect(toHex(salt)).to.equal(known.salt);
      const secret = await hkdfSecret(concat(bytesOf(known.x25519), bytesOf(known.cardSecret)));
      for (const role of ROLES)
        expect(toHex(await hkdf(secret, salt, toUtf8(`p2p-chat 06 ${role}`)))).to.equal(known.keys[role]);
    });

    it("P10.6 seals every frame to the same bytes, and opens it", async () => {
      const channels = {
        initiator: await (await keysOf(known, "initiator")).stream(),
        responder: await (await keysOf(known, "responder")).stream(),
      };
      for (const { sender, plaintext, sealed } of known.frames) {
        const receiver = sender === "initiator" ? "responder" : "initiator";
        expect(toHex(await channels[sender].sealer.seal(bytesOf(plaintext)))).to.equal(sealed);
        expect(toHex((await channels[receiver].opener.open(bytesOf(sealed))) ?? new Uint8Array())).to.equal(
          plaintext,
        );
      }
    });

    for (const { name, sealed } of known.refused) {
      it(`P10.6 no ready of the initiator: ${name}`, async () => {
        const { opener } = await (await keysOf(known, "responder")).stream();
        const opened = await opener.open(bytesOf(sealed));
        expect(opened !== undefined && isReady(opened)).to.equal(false);
        if (!name.startsWith("rightly sealed")) expect(opened).to.equal(undefined);
      });
    }

    for (const { counter, plaintext, sealed } of known.laterFrames) {
      it(`P10.6 the frame of counter ${counter}`, async () => {
        const key = bytesOf(known.keys.responder);
        expect(toHex(await new Sealer(key, BigInt(counter)).seal(bytesOf(plaintext)))).to.equal(sealed);
        expect(
          toHex((await new Opener(key, BigInt(counter)).open(bytesOf(sealed))) ?? new Uint8Array()),
        ).to.equal(plaintext);
        expect(await new Opener(key, BigInt(counter) + 1n).open(bytesOf(sealed))).to.equal(undefined);
      });
    }

    it("P10.10 the keys of a direct path, with counters of their own", async () => {
      const keys = {
        initiator: await keysOf(known, "initiator"),
        responder: await keysOf(known, "responder"),
      };
      await Promise.all(ROLES.map((role) => keys[role].stream()));
      const direct = { initiator: await keys.initiator.direct(1), responder: await keys.responder.direct(1) };
      for (const role of ROLES) {
        const sealed = await new Sealer(bytesOf(known.proposed.keys[role])).seal(toUtf8("x"));
        expect(toHex(await direct[role].sealer.seal(toUtf8("x")))).to.equal(toHex(sealed));
        const receiver = role === "initiator" ? "responder" : "initiator";
        expect(await direct[receiver].opener.open(sealed)).to.deep.equal(toUtf8("x"));
      }
    });
  });
}

describe("keys of a session", () => {
  const [known] = knownDht.sessions;

  it("P10.6 only a blank and the JSON of ready, in UTF-8, says that a side is ready", () => {
    for (const ready of [' {"type":"ready"}', ' {"type": "ready", "mood": "fine"}'])
      expect(isReady(toUtf8(ready)), ready).to.equal(true);
    const wrong = [
      '{"type":"ready"}',
      '\n{"type":"ready"}',
      '  ["ready"]',
      ' {"type":"Ready"}',
      ' {"type":"bye"}',
      ' "ready"',
      ' {"type":["ready"]}',
      " ",
      "",
    ];
    for (const other of wrong) expect(isReady(toUtf8(other)), other).to.equal(false);
    expect(isReady(concat(toUtf8(' {"type":"ready","mood":"'), Uint8Array.of(0xff), toUtf8('"}')))).to.equal(
      false,
    );
  });

  it("P10.10 no keys are given out twice, and no attempt goes back: no counter ever does", async () => {
    if (known === undefined) throw new Error("no known session");
    const keys = await keysOf(known, "initiator");
    await keys.stream();
    expect(await thrownBy(keys.stream())).to.be.instanceOf(RangeError);
    const first = await (await keys.direct(1)).sealer.seal(toUtf8("x"));
    for (const attempt of [1, 0, -1, 1.5, Number.NaN])
      expect(await thrownBy(keys.direct(attempt))).to.be.instanceOf(RangeError);
    const later = await (await keys.direct(3)).sealer.seal(toUtf8("x"));
    expect(toHex(later)).not.to.equal(toHex(first));
    expect(await thrownBy(keys.direct(2))).to.be.instanceOf(RangeError);
  });
});

describe("sealed channel", () => {
  const key = new Uint8Array(32).fill(5);

  it("P10.6 two that are sealed at once have two counters, in the order of the calls", async () => {
    const sealer = new Sealer(key);
    const large = new Uint8Array(200_000);
    const sealed = await Promise.all(
      [large, toUtf8("a"), large, toUtf8("b")].map((bytes) => sealer.seal(bytes)),
    );
    const opener = new Opener(key);
    const opened: (Bytes | undefined)[] = [];
    for (const frame of sealed) opened.push(await opener.open(frame));
    expect(opened).to.deep.equal([large, toUtf8("a"), large, toUtf8("b")]);
  });

  it("P10.6 after one frame that is wrong nothing is opened", async () => {
    const sealer = new Sealer(key);
    const [first, second] = [await sealer.seal(toUtf8("a")), await sealer.seal(toUtf8("b"))];
    const opener = new Opener(key);
    expect(await opener.open(first.with(0, 0))).to.equal(undefined);
    // Its counter would be right now.
    expect(await opener.open(second)).to.equal(undefined);
    expect(await opener.open(first)).to.equal(undefined);
  });

  it("P10.6 a counter is used once: not again, and not after the last one", async () => {
    const opener = new Opener(key);
    const frame = await new Sealer(key).seal(toUtf8("a"));
    expect(await opener.open(frame)).to.deep.equal(toUtf8("a"));
    expect(await opener.open(frame)).to.equal(undefined);
    const last = new Sealer(key, 2n ** 64n - 1n);
    await last.seal(toUtf8("a"));
    expect(await thrownBy(last.seal(toUtf8("b")))).to.be.instanceOf(RangeError);
  });

  it("P10.6 a key has 32 bytes", () => {
    for (const length of [0, 16, 31, 33])
      expect(() => new Sealer(new Uint8Array(length))).to.throw(RangeError);
  });
});
