// The sessions of the peer for trying the checks: frames, hellos, proofs, and the objects under the keys (P9.1 to P9.6).

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { decode, encode, MODP2048, power, randomPrivateKey } from "../../../checks/engine/cryptography.ts";
import {
  fingerprintOf,
  isSigned,
  type LanKey,
  lanKeyOf,
  lanSessionKeys,
  openToken,
  readKey,
  sealToken,
  sign,
} from "../../../checks/engine/lan-cryptography.ts";
import { isAddress, isName, split } from "./discovery.ts";
import { wrongly } from "./mistakes.ts";

export type Members = Record<string, unknown>;

const MOST_FRAME = 262_144;
const HEADER = /^<(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]):\d{1,5}> @ <([A-Za-z0-9_-]{1,32})>$/;
const HEX_32 = /^[0-9a-f]{32}$/;

export interface SessionsOptions {
  name: string;
  team: string;
  teamKey: Buffer;
  key: LanKey;
  address: () => string;
  /** Whether this key may have a session under this name. */
  judge: (fingerprint: string, name: string, der: Buffer) => boolean;
  opened: (session: Session) => void;
  closed: (session: Session, reason?: string) => void;
  received: (session: Session, object: Members) => boolean;
}

export class Session {
  readonly socket: Socket;
  readonly role: "initiator" | "responder";
  readonly began = performance.now();
  completed = 0;
  fingerprint = "";
  der = "";
  peerName = "";
  isOpen = false;
  isReplaced = false;
  saidBye = false;
  readonly #owner: Sessions;
  readonly #called: string | undefined;
  readonly #private = randomPrivateKey();
  #input = Buffer.alloc(0);
  #own = "";
  #ownHello: Members = {};
  #keys: { salt: Buffer; initiator: Buffer; responder: Buffer } | undefined;
  #to = "";
  #sent = 0;
  #heard = 0;
  #lastHeard = Date.now();
  #timers: NodeJS.Timeout[] = [];
  #reason: string | undefined;
  settle: (error?: string) => void = () => {};

  constructor(owner: Sessions, socket: Socket, role: "initiator" | "responder", called?: string) {
    this.#owner = owner;
    this.socket = socket;
    this.role = role;
    this.#called = called;
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("end", () => socket.end());
    socket.on("close", () => this.#closed());
    if (!wrongly("no-handshake-limit"))
      this.#timers.push(setTimeout(() => !this.isOpen && this.drop(), 10_000));
    if (role === "initiator") this.#sendHello(called ?? "");
  }

  get #options(): SessionsOptions {
    return this.#owner.options;
  }

  get initiator(): string {
    return this.role === "initiator" ? this.#options.key.fingerprint : this.fingerprint;
  }

  drop(reason?: string): void {
    this.#reason ??= reason;
    this.socket.destroy();
  }

  #frame(token: string): void {
    const end = wrongly("frames-end-twice") ? "<end>\n\n" : "<end>\n";
    this.socket.write(`<${this.#options.address()}> @ <${this.#options.team}>\n${token}\n${end}`);
  }

  #sendHello(to: string): void {
    const { name, team, teamKey, address } = this.#options;
    const own = power(2n, this.#private, MODP2048.prime);
    this.#ownHello = {
      type: "hello",
      stage: "05",
      from: name,
      team,
      address: address(),
      to: wrongly("no-to") ? "" : to,
      nonce: randomBytes(16).toString("hex"),
      group: "modp2048",
      publicKey: encode(own, MODP2048).toString("hex"),
    };
    this.#own = sealToken(teamKey, JSON.stringify(this.#ownHello));
    this.#frame(this.#own);
  }

  #read(bytes: Buffer): void {
    this.#input = Buffer.concat([this.#input, bytes]);
    if (wrongly("read-is-frame") && this.#input.length > 0) {
      const lines = this.#input.toString("latin1").split("\n");
      this.#input = Buffer.alloc(0);
      if (lines.length >= 3) this.#token(lines[1] ?? "");
      return;
    }
    for (;;) {
      const lines: string[] = [];
      let start = 0;
      while (lines.length < 3) {
        const end = this.#input.indexOf(10, start);
        if (end === -1) break;
        lines.push(this.#input.toString("latin1", start, end).replace(/\r$/, ""));
        start = end + 1;
        if (!this.#isFrameLine(lines)) return this.#stranger();
      }
      if ((lines.length < 3 ? this.#input.length : start) > MOST_FRAME) return this.#stranger();
      if (lines.length < 3) return;
      this.#input = this.#input.subarray(start);
      this.#token(lines[1] ?? "");
      if (this.socket.destroyed) return;
    }
  }

  #isFrameLine(lines: readonly string[]): boolean {
    const last = lines.at(-1) ?? "";
    if (wrongly("any-frame")) return true;
    if (lines.length === 1) return HEADER.exec(last)?.[1] === this.#options.team;
    if (lines.length === 2) return /^[A-Za-z0-9_=-]+$/.test(last);
    return last === "<end>";
  }

  #stranger(): void {
    this.drop("bad-frame");
  }

  #token(token: string): void {
    this.#lastHeard = Date.now();
    if (this.#keys === undefined) return this.#hello(token);
    const key = this.#keys[this.role === "initiator" ? "responder" : "initiator"];
    const opened = openToken(key, token);
    let object: Members;
    try {
      if (typeof opened === "string") throw new Error(opened);
      object = JSON.parse(opened.plaintext.toString());
      if (object.seq !== this.#heard) throw new Error("seq");
    } catch {
      return this.#bad();
    }
    this.#heard += 1;
    const { seq: _, ...members } = object;
    if (!this.isOpen && !wrongly("no-proof-needed")) return this.#proof(members);
    this.#object(members);
  }

  #hello(token: string): void {
    const { teamKey } = this.#options;
    const opened = openToken(teamKey, token);
    if (typeof opened === "string") return this.#stranger();
    let hello: Members;
    try {
      hello = JSON.parse(opened.plaintext.toString());
    } catch {
      return this.#stranger();
    }
    if (!this.#isHello(hello)) return this.#stranger();
    if (this.role === "responder") {
      if (!this.#owner.mayAnswer(String(hello.nonce))) return this.drop();
      this.#sendHello(wrongly("answers-with-to") ? "x".repeat(43) : "");
    }
    this.peerName = String(hello.from);
    this.#to = String(hello.to);
    const other = decode(Buffer.from(String(hello.publicKey), "hex"));
    const secret = encode(power(other, this.#private, MODP2048.prime), MODP2048);
    const tokens = [this.#own, token];
    const ordered = this.role === "initiator" || wrongly("salt-order") ? tokens : tokens.reverse();
    this.#keys = lanSessionKeys(secret, ordered);
    if (wrongly("one-key")) this.#keys.responder = this.#keys.initiator;
    if (this.role === "initiator" || wrongly("proves-early")) this.#sendProof();
  }

  #isHello(hello: Members): boolean {
    const { type, stage, from, team, address, to, nonce, group, publicKey } = hello;
    if (type !== "hello" || stage !== "05" || !isName(from) || team !== this.#options.team) return false;
    if (!isAddress(address) || typeof nonce !== "string" || !HEX_32.test(nonce)) return false;
    if (group !== "modp2048" || typeof publicKey !== "string" || !/^[0-9a-f]{512}$/.test(publicKey))
      return false;
    const value = decode(Buffer.from(publicKey, "hex"));
    if (value < 2n || value > MODP2048.prime - 2n) return false;
    if (typeof to !== "string" || (to !== "" && !/^[A-Za-z0-9_-]{43}$/.test(to))) return false;
    if (this.role === "responder") return true;
    const isMirror = nonce === this.#ownHello.nonce || publicKey === this.#ownHello.publicKey;
    return to === "" && !isMirror;
  }

  #sendProof(): void {
    const key = wrongly("proves-other-key")
      ? lanKeyOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)
      : this.#options.key;
    const salt = this.#keys?.salt ?? Buffer.alloc(0);
    const label = `proof ${this.role}`;
    const signature = sign(key.privateKey, label, Buffer.concat([salt, key.der]));
    this.send({ type: "proof", key: key.der.toString("base64"), signature });
  }

  #proof({ type, key: base64, signature }: Members): void {
    const key = readKey(base64);
    const salt = this.#keys?.salt ?? Buffer.alloc(0);
    const other = this.role === "initiator" ? "responder" : "initiator";
    if (type !== "proof" || typeof key === "string") return this.#bad();
    const signed = Buffer.concat([salt, key.der]);
    if (!isSigned(key.key, `proof ${other}`, signed, signature)) {
      const isOther =
        (wrongly("either-role") && isSigned(key.key, `proof ${this.role}`, signed, signature)) ||
        (wrongly("no-salt") && isSigned(key.key, `proof ${other}`, key.der, signature));
      if (!isOther) return this.#bad();
    }
    this.fingerprint = fingerprintOf(key.der);
    this.der = String(base64);
    const own = this.#options.key.fingerprint;
    if (this.fingerprint === own) return this.#bad();
    if (this.role === "responder" && this.#to !== "" && this.#to !== own) return this.#bad();
    if (this.#called && this.#called !== this.fingerprint) return this.#bad();
    if (!this.#options.judge(this.fingerprint, this.peerName, key.der)) return this.#bad();
    if (this.role === "responder") this.#sendProof();
    this.completed = performance.now();
    this.isOpen = true;
    if (!this.#owner.enter(this)) return;
    this.settle();
    this.#timers.push(setInterval(() => this.#listen(), 500));
    this.#options.opened(this);
  }

  #listen(): void {
    const silent = Date.now() - this.#lastHeard;
    if (silent > 45_000) return this.drop("it was silent for 45 s");
    if (silent > 15_000 && !wrongly("no-ping")) this.send({ type: "ping" });
  }

  #object(object: Members): void {
    if (object.type === "ping") {
      this.send({ type: "pong" });
      return;
    }
    if (object.type === "pong") return;
    if (object.type === "error") return this.drop(String(object.code));
    if (object.type === "bye") {
      if (!this.saidBye) this.send({ type: "bye" });
      this.saidBye = true;
      this.socket.end();
      return;
    }
    if (!this.#options.received(this, object)) this.#bad();
  }

  #bad(): void {
    this.settle("the other side could not prove its key");
    if (wrongly("silent-on-bad")) return this.drop("bad-record");
    if (wrongly("tells-why")) this.send({ type: "error", code: "bad-record", message: "x" });
    else this.send({ type: "error", code: "bad-record" });
    this.#reason ??= "bad-record";
    this.#owner.refused(this.fingerprint || this.#called || "");
    this.socket.removeAllListeners("data");
    this.socket.resume();
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 200);
  }

  send(object: Members): boolean {
    if (this.#keys === undefined || this.socket.destroyed) return false;
    const token = sealToken(this.#keys[this.role], JSON.stringify({ seq: this.#sent, ...object }));
    this.#sent += 1;
    this.#frame(token);
    return true;
  }

  bye(): void {
    this.saidBye = true;
    this.send({ type: "bye" });
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 2000).unref();
  }

  replace(): void {
    this.isReplaced = true;
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 100);
  }

  #closed(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.settle("the connection was closed");
    this.#owner.left(this);
    if (this.isOpen && !this.isReplaced)
      this.#options.closed(this, this.saidBye ? undefined : (this.#reason ?? "the connection was lost"));
    this.isOpen = false;
  }
}

export class Sessions {
  readonly options: SessionsOptions;
  readonly #open = new Map<string, Session>();
  readonly #pending = new Set<Session>();
  readonly #nonces: string[] = [];
  #hellos: number[] = [];
  readonly #refusedAt = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.options = options;
  }

  accept(socket: Socket): void {
    const [oldest] = this.#pending;
    if (this.#pending.size >= 64) {
      if (wrongly("newest-goes")) {
        socket.destroy();
        return;
      }
      if (oldest !== undefined) {
        this.#pending.delete(oldest);
        oldest.drop();
      }
    }
    this.#pending.add(new Session(this, socket, "responder"));
  }

  mayAnswer(nonce: string): boolean {
    const now = Date.now();
    this.#hellos = this.#hellos.filter((time) => now - time < 1000);
    if (this.#hellos.length >= 8) return false;
    if (this.#nonces.includes(nonce)) return false;
    this.#hellos.push(now);
    this.#nonces.push(nonce);
    if (this.#nonces.length > 4096) this.#nonces.shift();
    return true;
  }

  refused(fingerprint: string): void {
    this.#refusedAt.set(fingerprint, Date.now());
  }

  mayCall(fingerprint: string): boolean {
    return Date.now() - (this.#refusedAt.get(fingerprint) ?? 0) > 60_000;
  }

  get(fingerprint: string): Session | undefined {
    return this.#open.get(fingerprint);
  }

  all(): Session[] {
    return [...this.#open.values()];
  }

  /** @returns whether the session stays */
  enter(session: Session): boolean {
    this.#pending.delete(session);
    const before = this.#open.get(session.fingerprint);
    if (before !== undefined) {
      const crosses = session.began < before.completed && session.initiator !== before.initiator;
      const isSmaller =
        Buffer.compare(
          Buffer.from(session.initiator, "base64url"),
          Buffer.from(before.initiator, "base64url"),
        ) < 0;
      const stays = wrongly("latest-stays") ? true : !crosses || isSmaller;
      if ((!stays && crosses) || wrongly("first-stays")) {
        session.settle();
        session.replace();
        return false;
      }
      this.#open.set(session.fingerprint, session);
      before.replace();
      return true;
    }
    this.#open.set(session.fingerprint, session);
    return true;
  }

  left(session: Session): void {
    this.#pending.delete(session);
    if (this.#open.get(session.fingerprint) === session) this.#open.delete(session.fingerprint);
  }

  /** Calls the first address that answers. */
  async call(addresses: readonly string[], called?: string): Promise<void> {
    let why = "no address is known";
    const tried = wrongly("only-newest") ? addresses.slice(0, 1) : addresses;
    for (const address of tried) {
      try {
        await this.#callOne(address, called);
        return;
      } catch (error) {
        why = (error as Error).message;
      }
    }
    throw new Error(why);
  }

  async #callOne(address: string, called?: string): Promise<void> {
    const [host, port] = split(address);
    const socket = connect({ host, port, timeout: 5000 });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
      socket.once("timeout", () => reject(new Error("no answer")));
    });
    socket.setTimeout(0);
    const session = new Session(this, socket, "initiator", called);
    await new Promise<void>((resolve, reject) => {
      session.settle = (error) => (error === undefined ? resolve() : reject(new Error(error)));
    });
  }
}
