// Checks clauses P8.3 to P8.5: stage 05's team key, its tokens, and the beacons in them.

import { constants } from "node:crypto";
import { defineChecks } from "./engine/check.ts";
import { ordered } from "./engine/connection.ts";
import { Lan } from "./engine/lan.ts";
import { openToken, sealToken, secondsNow, sign, tokenOf } from "./engine/lan-cryptography.ts";
import type { HeardBeacon, LanPeer } from "./engine/lan-peer.ts";

/** How far the clocks of two processes on one machine may be apart, in seconds. */
const TOLERANCE = 5;

/** What lies in the next beacon of a peer. Its length is such that its token ends with one or two `=`. */
function insideOf(peer: LanPeer): Buffer {
  for (const filler of ["", "x".repeat(16)]) {
    const token = peer.beacon({ outside: filler === "" ? {} : { filler } });
    const opened = openToken(peer.lan.teamKey, token);
    if (typeof opened !== "string" && token.endsWith("=")) return opened.plaintext;
  }
  throw new Error("one of two lengths in a row needs padding");
}

/** The same token with other bits behind its last byte: a decoder that is not strict reads the same bytes. */
function withTrailingBits(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const end = token.indexOf("=");
  const last = alphabet.indexOf(token[end - 1] ?? "");
  return `${token.slice(0, end - 1)}${alphabet[last + 1] ?? ""}${token.slice(end)}`;
}

function withChangedMac(token: string): string {
  const bytes = Buffer.from(token, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** Tokens with one mistake each, by its name. What is inside is a right beacon. */
function wrongTokens(peer: LanPeer): Record<string, string | Buffer> {
  const { teamKey } = peer.lan;
  const inside = insideOf(peer);
  const right = sealToken(teamKey, inside);
  const missing = 16 - (inside.length % 16);
  const swapped = Buffer.concat([teamKey.subarray(16), teamKey.subarray(0, 16)]);
  const tail = Buffer.alloc(missing, missing);
  tail[0] = missing ^ 0x40;
  return {
    "nothing at all": "",
    "no token": "hello, is anybody there?",
    "no padding at its end": right.replace(/=+$/, ""),
    "one = too many": `${right}=`,
    "a line feed behind it": `${right}\n`,
    "a blank in front of it": ` ${right}`,
    "the other alphabet of base64": right.replaceAll("-", "+").replaceAll("_", "/"),
    "other bits behind its last byte": withTrailingBits(right),
    "version 0x81": sealToken(teamKey, inside, { version: 0x81 }),
    "a changed MAC": withChangedMac(right),
    "the halves of the key swapped": sealToken(swapped, inside),
    "padding of which only the last byte is right": sealToken(teamKey, inside, {
      padding: missing === 1 ? Buffer.concat([Buffer.alloc(16), Buffer.of(17)]) : tail,
    }),
    "padding of zeros": sealToken(teamKey, inside, { padding: Buffer.alloc(missing) }),
    "no ciphertext": tokenOf(teamKey, 0x80, secondsNow(), Buffer.alloc(16), Buffer.alloc(0)),
    "no whole blocks": tokenOf(teamKey, 0x80, secondsNow(), Buffer.alloc(16), Buffer.alloc(201)),
  };
}

/** A text with blanks and another order, an escape, and a member that nobody knows. */
function writtenOtherwise({ lan, name, address, session, key }: LanPeer): string {
  return (
    `{ "key": "${key.der.toString("base64")}", "seq" : 1, "team":"${lan.team}", "mood":"caf\\u00e9",` +
    `\n "session":${session}, "type":"be\\u0061con", "address":"${address}", "name":"${name}" }`
  );
}

/** What the body of a program's beacon must be. */
function isRight(
  lan: Lan,
  program: { name: string; port: number },
  { body }: HeardBeacon,
  seq: number,
): void {
  const { session, key } = body;
  const expected = {
    type: "beacon",
    name: program.name,
    team: lan.team,
    address: `127.0.0.1:${program.port}`,
    session,
    seq,
    key,
  };
  const received = ordered(body, expected);
  if (received !== JSON.stringify(expected))
    lan.fails({ expected: JSON.stringify(expected), received, exact: true });
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P8.3-team-key",
    title: "the team key is scrypt of the passphrase, with the team in the salt",
    likelyCause: "Another salt or another cost of scrypt; or the halves of the key are swapped (P8.4).",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      const alice = await lan.program("alice", { peers: [bob] });
      await bob.hearsBeacon(alice);
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.3-normalized",
    title: "the passphrase is normalized to NFC: the same letters typed in two ways are the same",
    likelyCause: "The bytes of the file are taken as they are.",
    async run(scene) {
      const passphrase = "Les cafés des élèves à Genève";
      const lan = await Lan.open(scene, { passphrase });
      const bob = await lan.peer("bob");
      for (const form of ["NFC", "NFD"]) {
        const passphraseFile = `${passphrase.normalize(form)}\n`;
        const alice = await lan.program("alice", { peers: [bob], passphraseFile });
        await bob.hearsBeacon(alice);
        await lan.kills(alice);
        bob.forgetsHeard();
      }
    },
  },
  {
    id: "P8.4-tokens",
    title: "tokens are Fernet's: version 0x80, the time of now, an IV of their own, padded base64url",
    likelyCause: "A token's IV is fixed, its time is in milliseconds, or its base64 is another.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      // With 16 characters more a beacon has one block more. One of the two needs padding in its base64.
      const other = await lan.program("alice-and-16-letters-", { peers: [bob] });
      await bob.hearsBeacon(other);
      const alice = await lan.program("alice", { peers: [bob], beacon: 0.2 });
      const ivs = new Set<string>();
      for (let seq = 1; seq <= 4; seq += 1) {
        const heard = await bob.hearsBeacon(alice);
        await scene.step("its time is that of now", () => {
          if (Math.abs(heard.seconds - secondsNow()) > TOLERANCE)
            scene.fails({ expected: `about ${secondsNow()}`, received: String(heard.seconds) });
        });
        ivs.add(heard.iv.toString("hex"));
      }
      await scene.step("each has an IV of its own", () => {
        if (ivs.size < 4) scene.fails({ expected: "4 different IVs", received: `${ivs.size} of 4` });
      });
    },
  },
  {
    id: "P8.4-one-error",
    title: "a token of another spelling, version, MAC or padding is dropped, each as token",
    likelyCause:
      "A library that decodes base64 takes more spellings than one: encode what it gives, and compare. Look at the MAC before anything else.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      for (const [what, token] of Object.entries(wrongTokens(bob)))
        await lan.isDropped(alice, bob, token, "token", `a datagram with ${what}`);
      await alice.hasNotShown("found: bob");
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.5-beacon",
    title: "a beacon has its members, a right signature, and counts from 1 in each session",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      const started = Date.now();
      const alice = await lan.program("alice", { peers: [bob], beacon: 0.3 });
      const first = await bob.hearsBeacon(alice);
      await scene.step("the first beacon is right", () => isRight(lan, alice, first, 1));
      await scene.step("its session is the time of the start, in milliseconds", () => {
        const session = Number(first.body.session);
        if (!Number.isInteger(session) || session < started - 2000 || session > Date.now() + 2000)
          scene.fails({ expected: `about ${started}`, received: String(first.body.session) });
      });
      let seq = 1;
      for (let count = 0; count < 3; count += 1) {
        const next = await bob.hearsBeacon(alice);
        await scene.step("the next one has a greater seq, in the same session", () => {
          if (Number(next.body.seq) <= seq || next.body.session !== first.body.session)
            scene.fails({ expected: `a seq greater than ${seq}`, received: next.text });
          seq = Number(next.body.seq);
        });
      }
    },
  },
  {
    id: "P8.5-as-it-stands",
    title: "the signature is checked over the body's text as it came, however that is written",
    likelyCause: "The body is parsed and written anew before its signature is checked.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const text = writtenOtherwise(bob);
      await bob.beacons(alice, { text, outside: { mood: "none" } });
      await alice.shows("found: bob");
      bob.session += 1;
      const again = writtenOtherwise(bob);
      const rewritten = sign(bob.key.privateKey, "beacon", JSON.stringify(JSON.parse(again)));
      await lan.isDropped(
        alice,
        bob,
        bob.beacon({ text: again, signature: rewritten }),
        "signature",
        "a beacon whose body was written anew before it was signed",
      );
    },
  },
  {
    id: "P8.5-signature",
    title: "a signature of another kind, over other bytes or by another key is none",
    likelyCause: "A library takes every length of the salt of PSS: say that it must be 32.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const mallory = await lan.peer("mallory");
      const { privateKey } = bob.key;
      const signatures: Record<string, (text: string) => string> = {
        "made by another key": (text) => sign(mallory.key.privateKey, "beacon", text),
        "over a changed body": (text) => sign(privateKey, "beacon", text.replace("bob", "rob")),
        "made for a letter": (text) => sign(privateKey, "letter", text),
        "with a salt of 20 bytes": (text) => sign(privateKey, "beacon", text, { saltLength: 20 }),
        "with the longest salt": (text) => sign(privateKey, "beacon", text, { saltLength: 222 }),
        "without a salt": (text) => sign(privateKey, "beacon", text, { saltLength: 0 }),
        "of PKCS #1 v1.5": (text) =>
          sign(privateKey, "beacon", text, { padding: constants.RSA_PKCS1_PADDING, saltLength: undefined }),
        "of no bytes": () => "",
      };
      for (const [what, make] of Object.entries(signatures)) {
        bob.seq += 1;
        const text = JSON.stringify({
          type: "beacon",
          name: "bob",
          team: lan.team,
          address: bob.address,
          session: bob.session,
          seq: bob.seq,
          key: bob.key.der.toString("base64"),
        });
        const datagram = bob.beacon({ text, signature: make(text) });
        await lan.isDropped(alice, bob, datagram, "signature", `a beacon with a signature ${what}`);
      }
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.5-goodbye",
    title: "a goodbye is the same with the type bye, later than the beacons; afterwards nothing is sent",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      const alice = await lan.program("alice", { peers: [bob], beacon: 0.2 });
      const first = await bob.hearsBeacon(alice);
      await alice.enters("/quit");
      const bye = await bob.hearsBeacon(alice, "bye");
      await scene.step("it ends the session of the beacons", () => {
        const { session, seq } = bye.body;
        if (session !== first.body.session || Number(seq) <= Number(first.body.seq))
          scene.fails({
            expected: `the session ${first.body.session}, a greater seq`,
            received: bye.text,
          });
      });
      await alice.endsWith(0);
      await bob.hearsNothing(alice, 300);
    },
  },
]);
