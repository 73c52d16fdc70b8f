// Hellos, keys and sealed frames of a chat stream (P10.6).

import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { hintOf } from "./card.ts";
import { base64Of, idOf, objectOf, type Person, sha256 } from "./person.ts";
import type { Over, Wire } from "./wire.ts";

/** What the other side said, or what we found wrong in it, before there were keys. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`the session was refused: ${code}`);
    this.code = code;
  }
}

export type Said = Record<string, unknown> & { type: string };

const X25519_PREFIX = Buffer.from("302a300506032b656e032100", "hex");
const MOST_HELLO = 4096;

/** An X25519 key pair for one stream. */
export function makeShare(): { privateKey: KeyObject; share: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return { privateKey, share: publicKey.export({ format: "der", type: "spki" }).subarray(-32) };
}

export function makeHello(me: Person, to: string, secret: Buffer, share: Buffer): Said {
  const [key, shareText] = [me.key.toString("base64"), share.toString("base64")];
  const card = hintOf(secret);
  return { type: "hello", stage: "06", from: me.id, to, key, card, share: shareText };
}

/** What an X25519 secret, the card's secret and both hellos give: first the initiator's key. */
export function makeKeys(
  agreed: Buffer,
  secret: Buffer,
  hellos: readonly [Buffer, Buffer],
): [Buffer, Buffer] {
  const withLength = (hello: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(hello.length);
    return Buffer.concat([length, hello]);
  };
  const salt = sha256(...hellos.map(withLength));
  const keyOf = (role: string): Buffer =>
    Buffer.from(hkdfSync("sha256", Buffer.concat([agreed, secret]), salt, `p2p-chat 06 ${role}`, 32));
  return [keyOf("initiator"), keyOf("responder")];
}

/** X25519; undefined if the result is all zeros. */
export function agree(privateKey: KeyObject, share: Buffer): Buffer | undefined {
  const spki = Buffer.concat([X25519_PREFIX, share]);
  try {
    const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
    const agreed = diffieHellman({ privateKey, publicKey });
    return agreed.every((byte) => byte === 0) ? undefined : agreed;
  } catch {
    return undefined;
  }
}

export function sealFrame(key: Buffer, counter: number, content: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonceOf(counter));
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

export function openFrame(key: Buffer, counter: number, frame: Buffer): Buffer | undefined {
  if (frame.length < 16) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(counter));
  decipher.setAuthTag(frame.subarray(-16));
  try {
    return Buffer.concat([decipher.update(frame.subarray(0, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** A stream with keys. `wire`, `key` and `sent` are open, so that a test can send what no honest page would. */
export class Session {
  readonly wire: Wire;
  readonly key: Buffer;
  readonly peer: { id: string; key: Buffer };
  sent = 0;
  readonly #otherKey: Buffer;
  #received = 0;

  constructor(wire: Wire, keys: { own: Buffer; other: Buffer }, peer: { id: string; key: Buffer }) {
    this.wire = wire;
    this.key = keys.own;
    this.#otherKey = keys.other;
    this.peer = peer;
  }

  send(content: Uint8Array): void {
    this.wire.send(sealFrame(this.key, this.sent++, content));
  }

  say(content: Said): void {
    this.send(Buffer.from(` ${JSON.stringify(content)}`));
  }

  /** The next content, opened; or how the stream is over. */
  async next(limit?: number): Promise<Buffer | Over> {
    const frame = await this.wire.next(limit);
    if (typeof frame === "string") return frame;
    const content = openFrame(this.#otherKey, this.#received++, frame);
    if (content === undefined) throw new Error("a sealed frame could not be opened");
    return content;
  }

  /** Says ready, and waits for the other's. */
  async ready(): Promise<this> {
    this.say({ type: "ready" });
    const content = await this.next();
    if (typeof content === "string") throw new Refused(content);
    if (content[0] !== 0x20 || objectOf(content)?.type !== "ready") throw new Refused("bad-record");
    return this;
  }
}

/** Opens a session on a stream that we have opened. */
export async function initiate(wire: Wire, me: Person, to: { id: string; secret: Buffer }): Promise<Session> {
  const { privateKey, share } = makeShare();
  const hello = Buffer.from(JSON.stringify(makeHello(me, to.id, to.secret, share)));
  wire.send(hello);
  const { bytes, fields, key, otherShare } = await readHello(wire, me);
  if (fields.from !== to.id) throw refuse(wire, "wrong-peer");
  if (fields.card !== hintOf(to.secret)) throw refuse(wire, "bad-hello");
  const agreed = agree(privateKey, otherShare);
  if (agreed === undefined) throw refuse(wire, "bad-hello");
  const [own, other] = makeKeys(agreed, to.secret, [hello, bytes]);
  return new Session(wire, { own, other }, { id: to.id, key }).ready();
}

/** Opens a session on a stream that the other side has opened. */
export async function respond(
  wire: Wire,
  me: Person,
  secretOf: (hint: string, key: Buffer) => Buffer | "unknown-card" | "card-used",
): Promise<Session> {
  const { bytes, fields, key, otherShare } = await readHello(wire, me);
  const secret = secretOf(String(fields.card), key);
  if (typeof secret === "string") throw refuse(wire, secret);
  const { privateKey, share } = makeShare();
  const agreed = agree(privateKey, otherShare);
  if (agreed === undefined) throw refuse(wire, "bad-hello");
  const id = String(fields.from);
  const hello = Buffer.from(JSON.stringify(makeHello(me, id, secret, share)));
  wire.send(hello);
  const [other, own] = makeKeys(agreed, secret, [bytes, hello]);
  return new Session(wire, { own, other }, { id, key }).ready();
}

async function readHello(wire: Wire, me: Person) {
  const bytes = await wire.next();
  if (typeof bytes === "string") throw new Refused(bytes);
  const fields = objectOf(bytes);
  if (fields?.type === "error") throw new Refused(String(fields.code));
  const share = base64Of(fields?.share, 32);
  const isHello = bytes.length <= MOST_HELLO && fields?.type === "hello" && fields.stage === "06";
  if (!isHello || share === undefined) throw refuse(wire, "bad-hello");
  if (typeof fields.card !== "string" || !/^[0-9a-f]{16}$/.test(fields.card)) throw refuse(wire, "bad-hello");
  const key = base64Of(fields.key, 32);
  const isTheirs = key?.equals(wire.remoteKey) === true && fields.from === idOf(key);
  if (key === undefined || !isTheirs || fields.to !== me.id) throw refuse(wire, "wrong-peer");
  return { bytes, fields, key, otherShare: share };
}

function refuse(wire: Wire, code: string): Refused {
  wire.send(Buffer.from(JSON.stringify({ type: "error", code })));
  wire.reset();
  return new Refused(code);
}

function nonceOf(counter: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(counter), 4);
  return nonce;
}
