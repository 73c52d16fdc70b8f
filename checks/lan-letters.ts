// Checks clause P9.8: messages that wait for a peer, and letters, which other peers carry for stage 05's program, and
// which it carries for them.

import { randomBytes } from "node:crypto";
import { defineChecks } from "./engine/check.ts";
import { ordered } from "./engine/connection.ts";
import { Lan } from "./engine/lan.ts";
import { type Members, parse } from "./engine/lan-context.ts";
import {
  isSigned,
  KEYS,
  type LanKey,
  openKey,
  openToken,
  sealKey,
  sealToken,
  sign,
} from "./engine/lan-cryptography.ts";
import type { LanPeer, LanSession } from "./engine/lan-peer.ts";
import { meet } from "./engine/lan-steps.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long a program may try to reach a peer, in seconds. */
const REACHING = 5;
const HEX_32 = /^[0-9a-f]{32}$/;
/** How many letters of one writer are carried. */
const MOST_LETTERS = 100;
/** A text that is never shown. */
const HIDDEN = "hidden";

interface Letter {
  id: string;
  object: Members;
}

interface LetterOptions {
  text?: string;
  id?: string;
  /** Members of the body, and of what lies under the token, that are other than usual. */
  body?: Members;
  inside?: Members;
  signedBy?: LanKey;
  label?: string;
  sealing?: object;
  /** What of the letter is changed after it was signed. */
  changed?: (body: string) => string;
}

/** A letter of one key to another. */
function letter(from: LanKey, to: LanKey, options: LetterOptions = {}): Letter {
  const { text = "a letter", id = randomBytes(16).toString("hex"), body = {}, inside = {} } = options;
  const { signedBy = from, label = "letter", sealing = {}, changed = (same: string) => same } = options;
  const key = randomBytes(32);
  const between = { from: from.fingerprint, to: to.fingerprint, id };
  const written = JSON.stringify({
    to: to.fingerprint,
    from: from.fingerprint,
    id,
    sent: Date.now(),
    key: sealKey(to.publicKey, key, sealing),
    token: sealToken(key, JSON.stringify({ type: "message", ...between, text, ...inside })),
    ...body,
  });
  const signature = sign(signedBy.privateKey, label, written);
  return { id, object: { type: "letter", body: changed(written), signature } };
}

/** Gives a letter to the program, and expects its answer. What else comes is given back. */
async function hands(session: LanSession, { object, id }: Letter, from: LanKey): Promise<Members[]> {
  await session.says(object);
  return hearsLetterAck(session, id, from);
}

async function hearsLetterAck(session: LanSession, id: string, from: LanKey): Promise<Members[]> {
  const others: Members[] = [];
  for (;;) {
    const object = await session.hearsType("letter-ack", "letter");
    if (object.type === "letter") {
      others.push(object);
      continue;
    }
    const expected = { type: "letter-ack", from: from.fingerprint, id };
    if (ordered(object, expected) !== JSON.stringify(expected))
      session.peer.lan.fails({
        expected: JSON.stringify(expected),
        received: ordered(object, expected),
        exact: true,
      });
    return others;
  }
}

/** Takes a letter that the program hands over. @returns it, once it is acknowledged */
async function takesLetter(session: LanSession): Promise<{ object: Members; body: Members }> {
  const object = await session.hearsType("letter");
  const body = parse(String(object.body)) ?? {};
  await session.says({ type: "letter-ack", from: body.from, id: body.id });
  return { object, body };
}

/** Reads a letter of the program as its recipient. @returns what lies under its token */
function reads(lan: Lan, object: Members, from: LanKey, to: LanKey): Members {
  const fails = (expected: string, received: string): never => lan.fails({ expected, received });
  const { body: written, signature, type, ...others } = object;
  if (typeof written !== "string" || Object.keys(others).length > 0)
    return fails("a letter with body and signature", JSON.stringify(object).slice(0, 300));
  if (!isSigned(from.publicKey, "letter", written, signature))
    return fails("a signature over `p2p-mesh 05 letter`, a NUL and the body", "another signature");
  const body = parse(written) ?? {};
  const { id, sent, key, token } = body;
  const expected = { to: to.fingerprint, from: from.fingerprint, id, sent, key, token };
  if (ordered(body, expected) !== JSON.stringify(expected))
    return lan.fails({
      expected: JSON.stringify(expected),
      received: ordered(body, expected),
      exact: true,
    });
  if (typeof id !== "string" || !HEX_32.test(id)) return fails("an id of 32 hex digits", String(id));
  if (typeof sent !== "number" || Math.abs(sent - Date.now()) > HOUR)
    return fails(`about ${Date.now()} under sent`, String(sent));
  const opened = openKey(to.privateKey, String(key));
  if (opened?.length !== 32)
    return fails(
      "32 bytes under the recipient's RSA-OAEP with SHA-256",
      opened ? `${opened.length} bytes` : "nothing that opens",
    );
  const read = openToken(opened, String(token));
  if (typeof read === "string") return fails("a token under the sealed key", read);
  return parse(read.plaintext.toString()) ?? {};
}

/** A program that has pinned bob, who has gone, and carol, who is there. */
async function bobIsAway(scene: Lan["scene"], carriers: readonly string[] = ["carol"]) {
  const lan = await Lan.open(scene);
  const alice = await lan.program("alice");
  const bob = await lan.peer("bob");
  const sessions: LanSession[] = [];
  await scene.preparing(async () => {
    await bob.isFoundBy(alice);
    const session = await bob.opens(alice);
    await session.saysBye();
    await bob.goesAway(alice);
    for (const name of carriers) {
      const peer = await lan.peer(name);
      await peer.isFoundBy(alice);
      sessions.push(await peer.opens(alice));
    }
  });
  const [carol] = sessions;
  if (carol === undefined) throw new Error("name a carrier");
  return { lan, alice, bob, carol, sessions };
}

/** A peer that calls, and cannot be called: so it decides when there is a session. */
async function recipient(lan: Lan): Promise<LanPeer> {
  const erin = await lan.peer("erin");
  erin.listener.close();
  return erin;
}

/** Waits until the program has dealt with what was said before. */
async function isDone(session: LanSession): Promise<void> {
  await session.says({ type: "ping" });
  await session.hears({ type: "pong" });
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.8-queued",
    title:
      "a message to a peer that cannot be reached is queued, and sent when the peer is back, also after a restart",
    async run(scene) {
      const { lan, alice, bob, carol } = await bobIsAway(scene);
      await alice.enters("/msg bob when you are back");
      await alice.showsLater("queued for bob: 1", REACHING);
      const back = await bob.comesBack(alice);
      const called = await back.answers(alice);
      await called.takesMessage("when you are back");
      await alice.shows("delivered to bob: 1");
      await called.saysBye();
      await back.goesAway(alice);
      await alice.enters("/msg bob after the restart");
      await alice.showsLater("queued for bob: 2", REACHING);
      carol.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const last = await (await back.comesBack(again)).answers(again);
      await last.takesMessage("after the restart");
      await again.shows("delivered to bob: 2");
    },
  },
  {
    id: "P9.8-unreachable",
    title: "a peer that was heard and does not answer within 5 s is waited for no longer",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      bob.listener.close();
      await alice.enters("/msg bob are you there?");
      await alice.shows("1 to bob> are you there?");
      await alice.showsLater("queued for bob: 1", REACHING);
    },
  },
  {
    id: "P9.8-written",
    title: "/letter hands a letter to other active peers, which only the recipient can read",
    likelyCause:
      "The key is sealed with another hash or a label; or the signature is not over the body's text as it is sent.",
    async run(scene) {
      const { lan, alice, bob, sessions } = await bobIsAway(scene, ["carol", "dave"]);
      const own = await lan.keyOf(alice);
      const errors = alice.errors.length;
      await alice.enters("/letter bob see you at eight ☕");
      const bodies: unknown[] = [];
      for (const session of sessions) {
        const { object } = await takesLetter(session);
        bodies.push(object.body);
        await scene.step("it is a letter to bob", () => {
          const inside = reads(lan, object, own, bob.key);
          const { id } = parse(String(object.body)) ?? {};
          const expected = {
            type: "message",
            from: own.fingerprint,
            to: bob.key.fingerprint,
            id,
            text: "see you at eight ☕",
          };
          if (ordered(inside, expected) !== JSON.stringify(expected))
            scene.fails({
              expected: JSON.stringify(expected),
              received: ordered(inside, expected),
              exact: true,
            });
        });
      }
      await scene.step("the program says what a letter is not safe from", async () => {
        const said = await lan.eventually(
          () => alice.errors.slice(errors).find((line) => /key|secre/i.test(line)),
          alice,
        );
        if (said === undefined)
          scene.fails({ expected: "a note on standard error about the key", received: "none" });
      });
    },
  },
  {
    id: "P9.8-three-carriers",
    title: "a letter goes to three other peers at most",
    async run(scene) {
      const { alice, sessions } = await bobIsAway(scene, ["carol", "dave", "erin", "frank", "grace"]);
      await alice.enters("/letter bob hello");
      const got = await scene.step("three of five carriers get it", async () => {
        let count = 0;
        for (const session of sessions) {
          await session.says({ type: "ping" });
          const first = await session.hearsType("letter", "pong");
          if (first.type === "letter") {
            count += 1;
            await session.hears({ type: "pong" });
          }
        }
        return count;
      });
      if (got > 3 || got === 0) scene.fails({ expected: "three letters", received: `${got} letters` });
      for (const session of sessions) session.connection.ignoresTheRest();
    },
  },
  {
    id: "P9.8-delivered",
    title: "an acknowledgement comes back as a letter: then the message is delivered",
    async run(scene) {
      const { lan, alice, bob, carol } = await bobIsAway(scene);
      const own = await lan.keyOf(alice);
      await alice.enters("/letter bob did you get it?");
      const { body } = await takesLetter(carol);
      const ack = letter(bob.key, own, { inside: { type: "ack", text: undefined, of: body.id } });
      await hands(carol, ack, bob.key);
      await alice.shows(/^delivered to bob: [0-9]+$/);
      await isDone(carol);
    },
  },
  {
    id: "P9.8-read",
    title: "a letter of a pinned key is shown once, answered to who brings it, and acknowledged by a letter",
    async run(scene) {
      const { lan, alice, bob, carol } = await bobIsAway(scene);
      const own = await lan.keyOf(alice);
      const sent = letter(bob.key, own, { text: "naïve ☕\u001b[2J" });
      const came = await hands(carol, sent, bob.key);
      await alice.shows("letter from bob> naïve ☕\ufffd[2J");
      const answer = came[0] ?? (await carol.hearsType("letter"));
      await scene.step("it is acknowledged by a letter to bob", () => {
        const inside = reads(lan, answer, own, bob.key);
        const { id } = parse(String(answer.body)) ?? {};
        const expected = {
          type: "ack",
          from: own.fingerprint,
          to: bob.key.fingerprint,
          id,
          of: sent.id,
        };
        if (ordered(inside, expected) !== JSON.stringify(expected))
          scene.fails({
            expected: JSON.stringify(expected),
            received: ordered(inside, expected),
            exact: true,
          });
      });
      await carol.says({ type: "letter-ack", from: own.fingerprint, id: parse(String(answer.body))?.id });
      await hands(carol, sent, bob.key);
      carol.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const later = await carol.peer.opens(again);
      await hands(later, sent, bob.key);
      await isDone(later);
      later.connection.ignoresTheRest();
      await scene.step("it was shown once", () => {
        const count = [...alice.lines, ...again.lines].filter((line) =>
          line.startsWith("letter from"),
        ).length;
        if (count !== 1) scene.fails({ expected: "once", received: `${count} times` });
      });
    },
  },
  {
    id: "P9.8-known-as-message",
    title: "a letter whose id came as a message is answered and not shown",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const own = await lan.keyOf(alice);
      const bob = await lan.peer("bob");
      await bob.isFoundBy(alice);
      const session = await bob.opens(alice);
      const id = await session.tells("the same words");
      await alice.shows("bob> the same words");
      await hands(session, letter(bob.key, own, { id, text: "the same words" }), bob.key);
      session.connection.ignoresTheRest();
      await session.saysMessage("the end");
      await alice.shows("bob> the end");
      await alice.hasNotShown("letter from");
    },
  },
  {
    id: "P9.8-wrong-letters",
    title:
      "a letter that is wrong, old, or of a key that is not pinned is answered like any other, and not shown",
    likelyCause: "Something is checked too late, or its failure looks different from outside.",
    async run(scene) {
      const { lan, alice, bob, carol } = await bobIsAway(scene);
      const own = await lan.keyOf(alice);
      const mallory = await KEYS.next();
      const { fingerprint } = mallory;
      const wrong: Record<string, LetterOptions> = {
        "signed by another key": { signedBy: mallory },
        "signed for a beacon": { label: "beacon" },
        "changed after it was signed": { changed: (body) => body.replace('"sent":', '"sent":1') },
        "written anew after it was signed": {
          changed: (body) => JSON.stringify(JSON.parse(body), null, 1),
        },
        "of 8 days and an hour ago": { body: { sent: Date.now() - 8 * DAY - HOUR } },
        "with another from inside": { inside: { from: fingerprint } },
        "with another to inside": { inside: { to: fingerprint } },
        "with another id inside": { inside: { id: "0".repeat(32) } },
        "sealed with a label": { sealing: { oaepLabel: Buffer.from("x") } },
        "sealed with SHA-1": { sealing: { oaepHash: "sha1" } },
        "sealed for another key": { body: { key: sealKey(mallory.publicKey, randomBytes(32)) } },
        "with an empty text": { text: "" },
        "with a text of 8,193 bytes": { text: "x".repeat(8193) },
      };
      for (const [what, options] of Object.entries(wrong)) {
        scene.transcript.steps.push(`a letter comes, ${what}`);
        const came = await hands(carol, letter(bob.key, own, { text: HIDDEN, ...options }), bob.key);
        if (came.length > 0) scene.fails({ expected: "only a letter-ack", received: "a letter, too" });
      }
      await hands(carol, letter(mallory, own, { text: HIDDEN }), mallory);
      await isDone(carol);
      await lan.stats(alice); // What was shown before is read now.
      await alice.hasNotShown("letter from");
      await alice.hasNotShown(HIDDEN);
      const came = await hands(carol, letter(bob.key, own, { text: "a right one" }), bob.key);
      await alice.shows("letter from bob> a right one");
      if (came.length === 0) await carol.hearsType("letter");
    },
  },
  {
    id: "P9.8-blocked",
    title: "letters of a blocked key are answered and not shown",
    async run(scene) {
      const { lan, alice, bob, carol } = await bobIsAway(scene);
      const own = await lan.keyOf(alice);
      await alice.enters("/block bob");
      await lan.stats(alice);
      await hands(carol, letter(bob.key, own), bob.key);
      await isDone(carol);
      await lan.stats(alice); // What was shown before is read now.
      await alice.hasNotShown("letter from");
    },
  },
  {
    id: "P9.8-carried",
    title: "a letter is carried to its recipient as it came, also over a restart, until that has answered",
    likelyCause: "The letter is kept in memory only, or thrown away before it was answered.",
    async run(scene) {
      const { lan, alice, carol } = await bobIsAway(scene);
      const erin = await recipient(lan);
      const sent = letter(carol.peer.key, erin.key, { text: HIDDEN });
      await hands(carol, sent, carol.peer.key);
      carol.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const first = await erin.opens(again);
      const once = await first.hearsType("letter");
      await first.breaks();
      await again.shows(/^disconnected from erin/);
      const second = await erin.opens(again);
      const { object } = await takesLetter(second);
      await scene.step("it is the same, to the byte", () => {
        for (const one of [once, object])
          if (one.body !== sent.object.body || one.signature !== sent.object.signature)
            scene.fails({
              expected: String(sent.object.body),
              received: String(one.body),
              exact: true,
            });
      });
      await isDone(second);
      await second.saysBye();
      await again.shows("disconnected from erin");
      const third = await erin.opens(again);
      await isDone(third);
      await again.hasNotShown(HIDDEN);
    },
  },
  {
    id: "P9.8-not-carried",
    title: "only right letters are carried, brought by their writer, of the last 7 days; all are answered",
    likelyCause: "A carrier takes letters from anybody: then its disk belongs to strangers.",
    async run(scene) {
      const { lan, carol, alice, sessions } = await bobIsAway(scene, ["carol", "dave"]);
      const dave = sessions[1] ?? carol;
      const erin = await recipient(lan);
      const writer = carol.peer.key;
      const wrong: Record<string, LetterOptions> = {
        "signed by another key": { signedBy: dave.peer.key },
        "of 7 days and an hour ago": { body: { sent: Date.now() - 7 * DAY - HOUR } },
        "of two hours ahead": { body: { sent: Date.now() + 2 * HOUR } },
        "of more than 64 KiB": { body: { filler: "x".repeat(70_000) } },
      };
      for (const [what, options] of Object.entries(wrong)) {
        scene.transcript.steps.push(`carol brings a letter ${what}`);
        await hands(carol, letter(writer, erin.key, options), writer);
      }
      scene.transcript.steps.push("dave brings a letter of carol");
      await hands(dave, letter(writer, erin.key), writer);
      const right = letter(writer, erin.key);
      await hands(carol, right, writer);
      await hands(carol, right, writer);
      const session = await erin.opens(alice);
      const { body } = await takesLetter(session);
      await scene.step("the right one is brought, and no other", () => {
        if (body.id !== right.id)
          scene.fails({ expected: `the letter ${right.id}`, received: `the letter ${body.id}` });
      });
      await isDone(session);
    },
  },
  {
    id: "P9.8-hundred",
    title: "at most 100 letters of one writer are carried",
    likelyCause: "Nothing limits how many letters one writer leaves on the disk of another.",
    async run(scene) {
      const { lan, alice, carol } = await bobIsAway(scene);
      const erin = await recipient(lan);
      const writer = carol.peer.key;
      const letters = Array.from({ length: MOST_LETTERS + 5 }, () => letter(writer, erin.key));
      await carol.saysAll(letters.map(({ object }) => object));
      for (const _ of letters) await carol.hearsType("letter-ack");
      const session = await erin.opens(alice);
      for (let count = 0; count < MOST_LETTERS; count += 1) await takesLetter(session);
      await isDone(session);
    },
  },
]);
