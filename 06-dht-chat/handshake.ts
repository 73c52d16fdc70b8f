// How a session begins: a hello of each side, keys from both, and a sealed `ready` of each side (P10.6).
//
//   initiator                       responder
//   hello                    →                      which card, and a fresh share
//                            ←      hello           the same card, and a fresh share; from here on both have keys
//   ready, sealed            →                      the responder now knows who has the card: used, pinned, stored
//                            ←      ready, sealed   and so does the initiator
//
// The responder waits for the initiator's ready before it sends its own: so it can still answer that the card is used.

import { type Bytes, fromUtf8, isEqual, toBase64, toUtf8 } from "./bytes.ts";
import { hintOf } from "./card.ts";
import { systemClock, waitFor } from "./clock.ts";
import { agree, makeShare, type Share } from "./cryptography.ts";
import { encodeError, encodeHello, isHelloOf, parseError, parseHello } from "./hello.ts";
import { type Identity, idOf } from "./identity.ts";
import { parseObject } from "./json.ts";
import type { Pipe } from "./pipe.ts";
import type { SealedPair } from "./sealed-channel.ts";
import { type ErrorCode, SessionError } from "./session-error.ts";
import { type Role, SessionKeys } from "./session-keys.ts";

/** Both hellos and both `ready` take so long at most, in milliseconds. */
export const HANDSHAKE_TIME = 10_000;

const systemWait: Wait = (milliseconds, signal) => waitFor(systemClock, milliseconds, signal);

/** Who is told an error has so long to read it before the stream is reset, in milliseconds: a reset may overtake it. */
const READING_TIME = 1000;

/** The first content of each side, on a stream and on a direct path. The blank says that JSON follows (P10.7). */
export const READY = toUtf8(' {"type":"ready"}');

/** Somebody with whom a session is. */
export interface Peer {
  /** 15 digits. */
  readonly id: string;
  /** Their Ed25519 public key, 32 bytes. */
  readonly key: Bytes;
}

/** What both sides have agreed on once both are ready. */
export interface Handshaken {
  readonly peer: Peer;
  readonly role: Role;
  readonly pipe: Pipe;
  /** The frames that come next. */
  readonly frames: AsyncIterator<Bytes>;
  readonly keys: SessionKeys;
  readonly channel: SealedPair;
}

/** Resolves after so many milliseconds. Once the signal is aborted it may do nothing. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

interface CommonOptions {
  readonly identity: Identity;
  /**
   * Called once, when the other side's `ready` is right, before anything else is sent. It stores in one step that the card
   * is used and whose key is pinned to it, or says that another key was first, or that its time has run out meanwhile.
   */
  complete(peer: Peer, secret: Bytes): Promise<"stored" | "card-used" | "unknown-card">;
  /** Gives the session up while it is being opened. */
  readonly signal?: AbortSignal | undefined;
  /** For tests: the clock's time unless told. */
  readonly wait?: Wait | undefined;
  /** For known answers: otherwise each stream has a fresh share. */
  readonly makeShare?: (() => Promise<Share>) | undefined;
}

interface InitiatorOptions extends CommonOptions {
  readonly role: "initiator";
  /** Who is called, by which card's secret (32 bytes); with the key if it is pinned. */
  readonly to: { readonly id: string; readonly key?: Bytes | undefined; readonly secret: Bytes };
}

interface ResponderOptions extends CommonOptions {
  readonly role: "responder";
  /** The secret of the card with this hint (16 hexadecimal digits), if this peer may use it. */
  secretOf(hint: string, from: Peer): Promise<{ secret: Bytes } | "unknown-card" | "card-used">;
}

/** Who this side is, and who the other one may be. */
export type SessionOptions = InitiatorOptions | ResponderOptions;

/** An error that this side tells the other before it resets the stream. */
class Refusal extends SessionError {
  readonly told: ErrorCode;

  constructor(told: ErrorCode) {
    super(told);
    this.told = told;
  }
}

/**
 * Brings two sides together over a new pipe, as the initiator or the responder.
 * @throws SessionError if none begins: its code says why, and whether the other side said so. The pipe is reset then.
 *   What `secretOf` and `complete` throw is thrown on, and the pipe is reset.
 */
export async function shakeHands(pipe: Pipe, options: SessionOptions): Promise<Handshaken> {
  const frames = pipe.frames[Symbol.asyncIterator]();
  const over = new AbortController();
  try {
    return await Promise.race([giveUp(options, over.signal), exchange(pipe, frames, options, over.signal)]);
  } catch (error) {
    over.abort();
    if (error instanceof Refusal) await tell(pipe, frames, error.told, options.wait ?? systemWait);
    pipe.reset();
    throw error;
  } finally {
    over.abort();
  }
}

/** Rejects when the time is up, or its user gives the session up; otherwise it stays pending. */
function giveUp(options: SessionOptions, over: AbortSignal): Promise<never> {
  const { signal, wait = systemWait } = options;
  return new Promise((_, reject) => {
    const stop = () => reject(new SessionError("stopped"));
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop, { signal: over });
    wait(HANDSHAKE_TIME, over).then(() => reject(new SessionError("timeout")), reject);
  });
}

async function exchange(
  pipe: Pipe,
  frames: AsyncIterator<Bytes>,
  options: SessionOptions,
  over: AbortSignal,
): Promise<Handshaken> {
  const { role } = options;
  const greeting = role === "initiator" ? greet(pipe, frames, options) : answer(pipe, frames, options);
  const { peer, secret, keys } = await greeting;
  const channel = await keys.stream();
  if (role === "initiator") await send(pipe, await channel.sealer.seal(READY));
  await receiveReady(frames, channel);
  // Whoever has given up in the meantime must not pin a key any more.
  if (over.aborted) throw new SessionError("lost");
  const outcome = await options.complete(peer, secret);
  if (outcome !== "stored") {
    // The initiator waits for this side's ready. The responder does not wait any more: it can only be cut off.
    throw role === "responder" ? new Refusal(outcome) : new SessionError(outcome);
  }
  if (role === "responder") await send(pipe, await channel.sealer.seal(READY));
  return { peer, role, pipe, frames, keys, channel };
}

/** What both hellos have brought. */
interface Greeting {
  readonly peer: Peer;
  readonly secret: Bytes;
  readonly keys: SessionKeys;
}

async function greet(pipe: Pipe, frames: AsyncIterator<Bytes>, options: InitiatorOptions): Promise<Greeting> {
  const { identity, to } = options;
  const peer = { id: await idOf(pipe.remoteKey), key: pipe.remoteKey };
  // Before anything is said: somebody else need not learn of the card.
  if (peer.id !== to.id || (to.key !== undefined && !isEqual(to.key, peer.key)))
    throw new Refusal("wrong-peer");
  const card = await hintOf(to.secret);
  const own = await (options.makeShare ?? makeShare)();
  const initiatorHello = helloOf(identity, to.id, card, own.share);
  await send(pipe, initiatorHello);
  const responderHello = await receiveClear(frames);
  const hello = parseHello(responderHello);
  if (hello === undefined) throw new Refusal("bad-hello");
  if (!(await isHelloOf(hello, peer.key, identity.id))) throw new Refusal("wrong-peer");
  if (hello.card !== card) throw new Refusal("bad-hello");
  const agreed = await agreeOrRefuse(own, hello.share);
  const material = { agreed, cardSecret: to.secret, initiatorHello, responderHello };
  return { peer, secret: to.secret, keys: await SessionKeys.derive("initiator", material) };
}

async function answer(
  pipe: Pipe,
  frames: AsyncIterator<Bytes>,
  options: ResponderOptions,
): Promise<Greeting> {
  const { identity } = options;
  const initiatorHello = await receiveClear(frames);
  const hello = parseHello(initiatorHello);
  if (hello === undefined) throw new Refusal("bad-hello");
  if (!(await isHelloOf(hello, pipe.remoteKey, identity.id))) throw new Refusal("wrong-peer");
  const peer = { id: hello.from, key: pipe.remoteKey };
  const own = await (options.makeShare ?? makeShare)();
  const agreed = await agreeOrRefuse(own, hello.share);
  const known = await options.secretOf(hello.card, peer);
  if (typeof known === "string") throw new Refusal(known);
  const responderHello = helloOf(identity, peer.id, hello.card, own.share);
  await send(pipe, responderHello);
  const material = { agreed, cardSecret: known.secret, initiatorHello, responderHello };
  return { peer, secret: known.secret, keys: await SessionKeys.derive("responder", material) };
}

function helloOf(identity: Identity, to: string, card: string, share: Bytes): Bytes {
  return encodeHello({ from: identity.id, to, key: toBase64(identity.publicKey), card, share });
}

async function agreeOrRefuse(own: Share, share: Bytes): Promise<Bytes> {
  const agreed = await agree(own.privateKey, share);
  if (agreed === undefined) throw new Refusal("bad-hello");
  return agreed;
}

/** The next frame, which must be in clear. @throws SessionError if it is an error that the other side tells */
async function receiveClear(frames: AsyncIterator<Bytes>): Promise<Bytes> {
  const frame = await receive(frames);
  throwToldError(frame);
  return frame;
}

/** The other side's `ready`. Only it may be sealed first, and until then the other side may still refuse. */
async function receiveReady(frames: AsyncIterator<Bytes>, channel: SealedPair): Promise<void> {
  const frame = await receive(frames);
  const content = await channel.opener.open(frame);
  if (content !== undefined && isReady(content)) return;
  if (content === undefined) throwToldError(frame);
  throw new SessionError("bad-record");
}

function throwToldError(frame: Bytes): void {
  const told = parseError(frame);
  if (told !== undefined) throw new SessionError(told, true);
}

async function receive(frames: AsyncIterator<Bytes>): Promise<Bytes> {
  const frame = await nextFrame(frames);
  if (frame === undefined) throw new SessionError("lost");
  return frame;
}

async function send(pipe: Pipe, frame: Bytes): Promise<void> {
  try {
    await pipe.send(frame);
  } catch {
    throw new SessionError("lost");
  }
}

/** Tells the other side why, and waits until it has gone, a short time at most. What it still sends is passed over. */
async function tell(pipe: Pipe, frames: AsyncIterator<Bytes>, code: ErrorCode, wait: Wait): Promise<void> {
  const over = new AbortController();
  const telling = async () => {
    await send(pipe, encodeError(code));
    await pipe.end();
    while (!over.signal.aborted && (await nextFrame(frames)) !== undefined);
  };
  await Promise.race([telling(), wait(READING_TIME, over.signal)]).catch(() => undefined);
  over.abort();
}

/** @returns undefined when the pipe is over, however that came */
export async function nextFrame(frames: AsyncIterator<Bytes>): Promise<Bytes | undefined> {
  try {
    const next = await frames.next();
    return next.done === true ? undefined : next.value;
  } catch {
    return undefined;
  }
}

/** Whether a content says that its side is ready. */
export function isReady(content: Bytes): boolean {
  if (content[0] !== READY[0]) return false;
  return parseObject(fromUtf8(content) ?? "")?.type === "ready";
}
