// Letters, and the signed bodies of rooms, of the peer for trying the checks (P9.8, P9.10).

import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import {
  fingerprintOf,
  isSigned,
  openKey,
  openToken,
  readKey,
  sealKey,
  sealToken,
  sign,
} from "../../../checks/engine/lan-cryptography.ts";
import { isName } from "./discovery.ts";
import { wrongly } from "./mistakes.ts";
import { isText, type Peer, show, visible } from "./parts.ts";
import type { Members, Session } from "./sessions.ts";
import type { Carried, Kept, Room } from "./store.ts";

const HEX_32 = /^[0-9a-f]{32}$/;
const FINGERPRINT = /^[A-Za-z0-9_-]{43}$/;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Body {
  to: string;
  from: string;
  id: string;
  sent: number;
  key: string;
  token: string;
}

function parse(text: unknown): Members | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === "object" && value !== null ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

export class Letters {
  readonly #peer: Peer;
  readonly #own: Carried[] = [];

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  sign(label: string, body: string): string {
    return sign(this.#peer.store.key.privateKey, label, body);
  }

  #keyOf(fingerprint: string): KeyObject | undefined {
    const pin = this.#peer.store.state.pins.find((one) => one.fingerprint === fingerprint);
    const der = pin?.der ?? this.#peer.known(fingerprint)?.der;
    return der === undefined
      ? undefined
      : createPublicKey({ key: Buffer.from(der, "base64"), type: "spki", format: "der" });
  }

  #make(to: string, id: string, inside: Members): Carried {
    const { key } = this.#peer.store;
    const secret = randomBytes(32);
    const recipient = this.#keyOf(to);
    if (recipient === undefined) throw new Error("the key is not known");
    const body = JSON.stringify({
      to,
      from: key.fingerprint,
      id,
      sent: wrongly("sent-in-seconds") ? Math.floor(Date.now() / 1000) : Date.now(),
      key: sealKey(recipient, secret),
      token: sealToken(
        wrongly("letter-under-team-key") ? randomBytes(32) : secret,
        JSON.stringify({ ...inside, from: key.fingerprint, to, id }),
      ),
    });
    const signature = this.sign("letter", body);
    return { from: key.fingerprint, to, id, body, signature };
  }

  write(to: string, text: string, active: readonly string[], number: number): void {
    const id = randomBytes(16).toString("hex");
    const { state } = this.#peer.store;
    const kept: Kept = {
      direction: "out",
      peer: to,
      id,
      to: "letter",
      text,
      time: Date.now(),
      number,
      state: "sent",
    };
    show(`${number} to ${this.#peer.shown(to)}> ${text}`);
    if (!wrongly("no-letter-note"))
      console.error("note: who gets the recipient's private key later can read this letter");
    state.messages.push(kept);
    this.#peer.store.save();
    this.#spread(this.#make(to, id, { type: "message", text }), active);
  }

  #spread(letter: Carried, active: readonly string[]): void {
    this.#own.push(letter);
    for (const fingerprint of active.filter((one) => one !== letter.to).slice(0, 3))
      this.#peer.sessions.get(fingerprint)?.send(this.#object(letter));
  }

  #object({ body, signature }: Carried): Members {
    return { type: "letter", body, signature };
  }

  opened(session: Session): void {
    const { carried } = this.#peer.store.state;
    for (const letter of [...carried, ...this.#own])
      if (letter.to === session.fingerprint) {
        const changed = wrongly("changes-letters")
          ? { ...letter, body: JSON.stringify(JSON.parse(letter.body), null, 1) }
          : letter;
        session.send(this.#object(changed));
      }
  }

  #forget(from: unknown, id: unknown): void {
    const { state } = this.#peer.store;
    state.carried = state.carried.filter((one) => one.from !== from || one.id !== id);
    this.#peer.store.save();
  }

  received(session: Session, object: Members): boolean | undefined {
    if (object.type === "letter-ack") {
      this.#forget(object.from, object.id);
      return true;
    }
    if (object.type !== "letter") return undefined;
    const body = parse(object.body) as Partial<Body> | undefined;
    if (body === undefined || typeof body.id !== "string" || typeof body.from !== "string") return false;
    const answer: Members = { type: "letter-ack", from: body.from, id: body.id };
    const isMine = body.to === this.#peer.store.key.fingerprint;
    if (isMine) this.#read(body as Body, String(object.body), object.signature);
    else this.#carry(session, body as Body, String(object.body), object.signature);
    if (!wrongly("never-answers-letters")) session.send(answer);
    return true;
  }

  #carry(session: Session, body: Body, written: string, signature: unknown): boolean {
    const { state } = this.#peer.store;
    const key = createPublicKey({ key: Buffer.from(session.der, "base64"), type: "spki", format: "der" });
    const age = Date.now() - body.sent;
    const limit = 100;
    const isRight =
      HEX_32.test(body.id) &&
      FINGERPRINT.test(body.to) &&
      body.from === session.fingerprint &&
      isSigned(key, "letter", written, signature) &&
      age <= 7 * DAY &&
      -age <= HOUR &&
      written.length <= 65_536 &&
      state.carried.filter(({ from }) => from === body.from).length < limit;
    const isKnown = state.carried.some(({ from, id }) => from === body.from && id === body.id);
    if (isRight && (!isKnown || wrongly("carries-twice")))
      state.carried.push({ ...body, body: written, signature: String(signature) });
    if (!wrongly("carries-in-memory")) this.#peer.store.save();
    return isRight;
  }

  #read(body: Body, written: string, signature: unknown): boolean {
    const { store } = this.#peer;
    const { state, key } = store;
    const pin = state.pins.find((one) => one.fingerprint === body.from);
    if (pin === undefined && !wrongly("reads-any-letter")) return false;
    if (pin?.standing === "blocked") return false;
    const from = this.#keyOf(body.from) ?? key.publicKey;
    const isUnsigned = !isSigned(from, "letter", written, signature);
    if (isUnsigned && !wrongly("reads-unsigned") && !wrongly("reads-any-letter")) return false;
    if (Date.now() - body.sent > 8 * DAY) return false;
    const mark = `${body.from} ${body.id}`;
    const isSeen =
      (state.seen.includes(mark) && !wrongly("reads-again")) ||
      state.messages.some((one) => one.direction === "in" && one.peer === body.from && one.id === body.id);
    if (isSeen) return true;
    const secret = openKey(key.privateKey, body.key);
    if (secret?.length !== 32) return false;
    const opened = openToken(secret, body.token);
    if (typeof opened === "string") return false;
    const inside = parse(opened.plaintext.toString()) ?? {};
    const isSame = inside.from === body.from && inside.to === body.to && inside.id === body.id;
    if (!isSame) return false;
    if (inside.type === "ack") {
      this.#acknowledged(String(inside.of));
    } else if (isText(inside.text)) {
      const hidden = visible(inside.text);
      show(`letter from ${this.#peer.shown(body.from)}> ${hidden}`);
      this.#answer(body);
    } else return false;
    state.seen.push(mark);
    store.save();
    return true;
  }

  #answer({ from, id }: Body): void {
    const back = this.#make(from, randomBytes(16).toString("hex"), { type: "ack", of: id });
    const active = this.#peer.sessions.all().map(({ fingerprint }) => fingerprint);
    const direct = this.#peer.sessions.get(from);
    if (direct !== undefined) direct.send(this.#object(back));
    this.#spread(back, active);
  }

  #acknowledged(of: string): void {
    const message = this.#peer.store.state.messages.find((one) => one.direction === "out" && one.id === of);
    if (message === undefined || message.state === "delivered") return;
    message.state = "delivered";
    this.#peer.store.save();
    show(`delivered to ${this.#peer.shown(message.peer)}: ${message.number}`);
  }

  /** Reads a room. @returns undefined if it is none, or not for us */
  readRoom(written: unknown, signature: unknown): Room | undefined {
    const body = parse(written);
    if (body === undefined) return undefined;
    const { room, name, members, version, key } = body;
    const read = readKey(key);
    if (typeof read === "string" || typeof room !== "string" || !Array.isArray(members)) return undefined;
    const [maker = "", id = ""] = room.split(".");
    if (fingerprintOf(read.der) !== maker) return undefined;
    if (!isSigned(read.key, "room", String(written), signature) && !wrongly("any-room-signature"))
      return undefined;
    const isRight =
      wrongly("any-room-form") ||
      (/^[0-9a-f]{16}$/.test(id) &&
        isName(name) &&
        Number.isSafeInteger(version) &&
        Number(version) >= 1 &&
        members.length >= 2 &&
        members.length <= 16 &&
        new Set(members).size === members.length &&
        members.includes(maker) &&
        members.every((one) => FINGERPRINT.test(String(one))));
    if (!isRight) return undefined;
    const before = this.#peer.store.state.rooms.some((one) => one.room === room);
    if (!members.includes(this.#peer.store.key.fingerprint) && !before && !wrongly("any-room-form"))
      return undefined;
    return { room, name: String(name), members, version: Number(version), maker };
  }
}
