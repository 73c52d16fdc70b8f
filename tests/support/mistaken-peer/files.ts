// Files of the peer for trying the checks (P9.9).

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { wrongly } from "./mistakes.ts";
import { type Peer, show, visible } from "./parts.ts";
import type { Members, Session } from "./sessions.ts";
import type { Sending } from "./store.ts";

const CHUNK = 65_536;
const OPEN = 16;
const MOVING = 4;
const HEX_32 = /^[0-9a-f]{32}$/;
const HEX_64 = /^[0-9a-f]{64}$/;
const DEVICES = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

interface Offered {
  session: Session;
  number: number;
  file: string;
  name: string;
  size: number;
  sha256: string;
  peer: string;
  isTaken: boolean;
  isMoving: boolean;
}

export function safeName(said: string): string {
  if (wrongly("names-as-said")) return said;
  const last = said.split(/[/\\]/).at(-1) ?? "";
  let name = visible(last.toWellFormed());
  if (!wrongly("names-with-colons")) name = name.replace(/[:*?"<>|]/g, "");
  name = name.replace(/^[. ]+|[. ]+$/g, "");
  while (Buffer.byteLength(name) > 120) name = [...name].slice(0, -1).join("");
  if (name === "" || name === "." || name === "..") name = "file";
  return DEVICES.test(name) ? `_${name}` : name;
}

export class Files {
  readonly #peer: Peer;
  #offered: Offered[] = [];
  readonly #out = new Map<
    string,
    { sending: Sending; session: Session; next: number; open: Set<number>; bytes: Buffer }
  >();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  get #folder(): string {
    return join(this.#peer.store.folder, "files");
  }

  #part({ peer, sha256, size }: Offered): string {
    const joint = wrongly("parts-joined-otherwise") ? " " : "\n";
    const name = createHash("sha256").update([peer, sha256, size].join(joint)).digest("hex");
    return join(this.#folder, ".part", name);
  }

  opened(session: Session): void {
    for (const sending of this.#peer.store.state.sending)
      if (sending.peer === session.fingerprint) session.send(this.#offerOf(sending));
  }

  #offerOf({ file, name, size, sha256 }: Sending): Members {
    return { type: "offer", file, name, size: wrongly("size-as-text") ? String(size) : size, sha256 };
  }

  send(peer: string, path: string): void {
    if (!existsSync(path) || !statSync(path).isFile()) throw new Error(`there is no file ${path}`);
    const bytes = readFileSync(path);
    const { state } = this.#peer.store;
    state.fileNumber += 1;
    const sending: Sending = {
      file: randomBytes(16).toString("hex"),
      peer,
      path,
      name: wrongly("offers-path") ? path : basename(path),
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      number: state.fileNumber,
    };
    state.sending.push(sending);
    this.#peer.store.save();
    this.#peer.sessions.get(peer)?.send(this.#offerOf(sending));
  }

  take(number: number): void {
    const offer = this.#mustFind(number);
    offer.isTaken = true;
    this.#peer.store.state.taken.push(this.#part(offer));
    this.#peer.store.save();
    this.#accept(offer);
  }

  refuse(number: number): void {
    const offer = this.#mustFind(number);
    offer.session.send({ type: "refuse", file: offer.file });
    this.#offered = this.#offered.filter((one) => one !== offer);
  }

  #mustFind(number: number): Offered {
    const found = this.#offered.find((one) => one.number === number);
    if (found === undefined) throw new Error(`there is no offer ${number}`);
    return found;
  }

  #have(offer: Offered): number {
    const part = this.#part(offer);
    return existsSync(part) && lstatSync(part).isFile() ? statSync(part).size : 0;
  }

  #accept(offer: Offered): void {
    const moving = this.#offered.filter((one) => one.peer === offer.peer && one.isMoving);
    if (moving.length >= MOVING) return;
    offer.isMoving = true;
    const offset = this.#have(offer);
    offer.session.send({ type: "accept", file: offer.file, offset });
    if (offset === offer.size) this.#finish(offer);
  }

  received(session: Session, object: Members): boolean | undefined {
    switch (object.type) {
      case "offer":
        return this.#offer(session, object);
      case "accept":
        return this.#accepted(session, object);
      case "refuse":
      case "cancel":
        return this.#ended(session, object);
      case "chunk":
        return this.#chunk(session, object);
      case "chunk-ack":
        return this.#acked(object);
      default:
        return undefined;
    }
  }

  #offer(session: Session, { file, name, size, sha256 }: Members): boolean {
    const isRight =
      typeof file === "string" &&
      typeof name === "string" &&
      typeof sha256 === "string" &&
      HEX_32.test(file) &&
      HEX_64.test(sha256) &&
      Number.isSafeInteger(size) &&
      Number(size) >= 0 &&
      Number(size) <= 2 ** 30;
    if (!isRight) return false;
    const { state } = this.#peer.store;
    this.#offered = this.#offered.filter(
      (one) => one.peer !== session.fingerprint || one.session === session,
    );
    const open = this.#offered.filter((one) => one.peer === session.fingerprint && !one.isTaken);
    if (open.length >= OPEN) {
      session.send({ type: "refuse", file });
      return true;
    }
    state.fileNumber += 1;
    const offer: Offered = {
      session,
      number: state.fileNumber,
      file,
      name: safeName(name),
      size: Number(size),
      sha256,
      peer: session.fingerprint,
      isTaken: false,
      isMoving: false,
    };
    this.#offered.push(offer);
    if (state.taken.includes(this.#part(offer))) {
      offer.isTaken = true;
      this.#accept(offer);
    } else
      show(
        `${this.#peer.shown(session.fingerprint)} offers file ${offer.number}: ${offer.name}, ${size} bytes`,
      );
    return true;
  }

  #chunk(session: Session, { file, offset, data }: Members): boolean {
    const offer = this.#offered.find((one) => one.file === file && one.session === session && one.isTaken);
    if (offer === undefined) return true;
    const bytes = Buffer.from(String(data), "base64");
    const have = this.#have(offer);
    const isRight =
      offset === have &&
      bytes.length > 0 &&
      bytes.length <= CHUNK &&
      have + bytes.length <= offer.size &&
      bytes.toString("base64") === data;
    if (!isRight) {
      session.send({ type: "cancel", file });
      this.#fail(offer, "a wrong piece");
      return true;
    }
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
      const path = this.#part(offer);
      const follow = constants.O_NOFOLLOW;
      const handle = openSync(path, flags | follow, 0o600);
      writeSync(handle, bytes);
      closeSync(handle);
    } catch {
      session.send({ type: "cancel", file });
      this.#fail(offer, "its part cannot be written");
      return true;
    }
    session.send({ type: "chunk-ack", file, offset });
    if (have + bytes.length >= offer.size) this.#finish(offer);
    return true;
  }

  /** An offer is over: the next one that was taken has its turn. */
  #leave(offer: Offered): void {
    this.#offered = this.#offered.filter((one) => one !== offer);
    const next = this.#offered.find((one) => one.peer === offer.peer && one.isTaken && !one.isMoving);
    if (next !== undefined) this.#accept(next);
  }

  #fail(offer: Offered, why: string): void {
    this.#leave(offer);
    show(`file ${offer.number} failed: ${why}`);
  }

  #finish(offer: Offered): void {
    const part = this.#part(offer);
    const bytes = existsSync(part) ? readFileSync(part) : Buffer.alloc(0);
    const { state } = this.#peer.store;
    state.taken = state.taken.filter((one) => one !== part);
    this.#peer.store.save();
    if (createHash("sha256").update(bytes).digest("hex") !== offer.sha256) {
      if (!wrongly("keeps-wrong-part")) unlinkSync(part);
      return this.#fail(offer, "its hash is wrong");
    }
    if (!existsSync(part)) writeFileSync(part, "");
    const path = this.#place(offer.name, part);
    this.#leave(offer);
    show(`file ${offer.number} received: ${path}`);
  }

  #place(name: string, part: string): string {
    const dot = name.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    for (let count = 0; ; count += 1) {
      const path = join(this.#folder, count === 0 ? name : `${stem} (${count})${ending}`);
      try {
        if (wrongly("replaces-files")) writeFileSync(path, readFileSync(part));
        else linkSync(part, path);
        unlinkSync(part);
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }

  #accepted(session: Session, { file, offset }: Members): boolean {
    const sending = this.#peer.store.state.sending.find(
      (one) => one.file === file && one.peer === session.fingerprint,
    );
    if (sending === undefined || typeof offset !== "number") return true;
    const bytes = readFileSync(sending.path);
    this.#out.set(sending.file, { sending, session, next: offset, open: new Set(), bytes });
    this.#pump(sending.file);
    return true;
  }

  #pump(file: string): void {
    const out = this.#out.get(file);
    if (out === undefined) return;
    while (out.open.size < OPEN && out.next < out.bytes.length) {
      const offset = out.next;
      const piece = out.bytes.subarray(offset, offset + CHUNK);
      out.next += piece.length;
      out.open.add(offset);
      out.session.send({ type: "chunk", file, offset, data: piece.toString("base64") });
    }
    if (out.open.size > 0 || out.next < out.bytes.length) return;
    this.#out.delete(file);
    this.#forget(file);
    show(`file ${out.sending.number} sent to ${this.#peer.shown(out.sending.peer)}`);
  }

  #forget(file: string): void {
    const { state } = this.#peer.store;
    state.sending = state.sending.filter((one) => one.file !== file);
    this.#peer.store.save();
  }

  #acked({ file, offset }: Members): boolean {
    const out = this.#out.get(String(file));
    if (out === undefined) return true;
    out.open.delete(Number(offset));
    this.#pump(String(file));
    return true;
  }

  #ended(session: Session, { file, type }: Members): boolean {
    const sending = this.#peer.store.state.sending.find(
      (one) => one.file === file && one.peer === session.fingerprint,
    );
    if (sending !== undefined) {
      this.#forget(sending.file);
      this.#out.delete(sending.file);
      show(`file ${sending.number} failed: ${type}`);
    }
    const offer = this.#offered.find((one) => one.file === file && one.session === session);
    if (offer !== undefined && !wrongly("no-cancel")) this.#fail(offer, "cancelled");
    return true;
  }
}
