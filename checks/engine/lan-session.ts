// One side of a session of stage 05, played by the checker (P9.1 to P9.6): frames, hellos, proofs, and the objects under
// the session's keys. Most methods are steps of the check.

import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Connection, ordered } from "./connection.ts";
import { decode, encode, MODP2048, power, randomPrivateKey } from "./cryptography.ts";
import { type Members, parse, type SessionPeer } from "./lan-context.ts";
import {
  isSigned,
  type LanSessionKeys,
  lanSessionKeys,
  openToken,
  readKey,
  sealToken,
  secondsNow,
  sign,
} from "./lan-cryptography.ts";
import type { PeerUnderTest } from "./launcher.ts";
import { quote } from "./readable-bytes.ts";

export type LanRole = "initiator" | "responder";

/** What of a handshake is other than usual. */
export interface HandshakeOptions {
  /** Members of our hello. */
  hello?: Members;
  /** Whom the program calls: a fingerprint; empty where it knows only the address. Default: any of both. */
  to?: string;
}

/** What of a hello is other than usual, beside its members. */
export interface HelloOptions {
  seconds?: number;
  /** Default: the team key. */
  key?: Buffer;
  text?: string | Buffer;
}

/** What of a proof is other than usual. */
export interface ProofOptions {
  label?: string;
  /** Default: the salt and the DER bytes of the key. */
  message?: Buffer;
  members?: Members;
}

const END = "<end>";
const HEX_32 = /^[0-9a-f]{32}$/;
const TYPE_PING = "ping";
/** So many pings are answered while something else is waited for. A program sends one every 15 s. */
const MOST_PINGS = 2;

export class PlayedSession<Peer extends SessionPeer> {
  readonly connection: Connection;
  readonly peer: Peer;
  readonly program: PeerUnderTest;
  readonly role: LanRole;
  /** How lines end that we send. */
  lineEnd = "\n";
  /** The header that we send. */
  header: string;
  readonly #private = randomPrivateKey();
  #ownHello = "";
  #otherHello = "";
  #otherPublic = Buffer.alloc(0);
  #keys: LanSessionKeys | undefined;
  #sent = 0;
  #heard = 0;
  /** Types of objects that are read over unless they are expected. */
  readonly passedOver = new Set<unknown>();
  /** The program's hello. */
  theirs: Members = {};

  constructor(connection: Connection, peer: Peer, program: PeerUnderTest, role: LanRole) {
    this.connection = connection;
    this.peer = peer;
    this.program = program;
    this.role = role;
    this.header = `<${peer.address}> @ <${peer.lan.team}>`;
  }

  get otherRole(): LanRole {
    return this.role === "initiator" ? "responder" : "initiator";
  }

  get salt(): Buffer {
    return this.#derived.salt;
  }

  /** The key of what we send. */
  get sendingKey(): Buffer {
    return this.#derived[this.role];
  }

  get receivingKey(): Buffer {
    return this.#derived[this.otherRole];
  }

  get #derived(): LanSessionKeys {
    if (this.#keys === undefined) throw new Error("exchange the hellos first");
    return this.#keys;
  }

  /** Our public key for Diffie-Hellman, in hexadecimal. */
  get publicKey(): string {
    return encode(power(MODP2048.generator, this.#private, MODP2048.prime), MODP2048).toString("hex");
  }

  /** A frame with this token. */
  frame(token: string): string {
    return [this.header, token, END].map((line) => line + this.lineEnd).join("");
  }

  /** Sends a token as a frame. @param shown what it means, as a report shows it */
  async sendsToken(token: string, shown: string): Promise<void> {
    await this.#sending(shown, () => this.connection.write(this.frame(token)));
  }

  /** Sends the text of a frame, or of several, in pieces of these lengths at most. */
  async sendsInPieces(text: string, shown: string, length: number): Promise<void> {
    const cuts = Array.from({ length: Math.floor(text.length / length) }, (_, index) => (index + 1) * length);
    this.peer.lan.scene.transcript.steps.push(`${this.peer.name} sends ${shown} in pieces`);
    await this.connection.sendsInPieces(text, cuts);
  }

  /** Our hello: the members of P9.2, some of them others if wanted; undefined members are left out. */
  hello(members: Members = {}): Members {
    return {
      type: "hello",
      stage: "05",
      from: this.peer.name,
      team: this.peer.lan.team,
      address: this.peer.address,
      to: "",
      nonce: randomBytes(16).toString("hex"),
      group: "modp2048",
      publicKey: this.publicKey,
      ...members,
    };
  }

  /** Sends our hello. @returns its token */
  async sendsHello(members: Members = {}, options: HelloOptions = {}): Promise<string> {
    const { seconds = secondsNow(), key = this.peer.lan.teamKey, text } = options;
    const token = sealToken(key, text ?? JSON.stringify(this.hello(members)), { seconds });
    const but = Object.keys(members).length === 0 ? "" : ` with ${shorten(JSON.stringify(members))}`;
    await this.sendsToken(token, `a hello${but}`);
    this.#ownHello = token;
    this.#derives();
    return token;
  }

  /** Expects the program's hello. @param to what stands under `to`; default: anything that may */
  async receivesHello(to?: string): Promise<Members> {
    const [header, token, end] = await this.connection.receivesFrame(`the hello of ${this.program.name}`);
    this.#mustBeFrame(header, end);
    const { lan } = this.peer;
    const opened = openToken(lan.teamKey, token);
    const fails = (received: string): never =>
      lan.scene.fails({ expected: "a hello under the team key", received });
    if (typeof opened === "string") return fails(`${quote(token)}: ${opened}`);
    const hello = parse(opened.plaintext.toString());
    if (hello === undefined) return fails(quote(opened.plaintext.toString()));
    this.#mustBeHello(hello, to);
    this.theirs = hello;
    this.#otherHello = token;
    this.#otherPublic = Buffer.from(String(hello.publicKey), "hex");
    this.#derives();
    return hello;
  }

  /** Both hellos, in the order of our role. */
  async exchangesHellos({ hello = {}, to }: HandshakeOptions = {}): Promise<void> {
    if (this.role === "initiator") {
      await this.sendsHello(hello);
      await this.receivesHello("");
    } else {
      await this.receivesHello(to);
      await this.sendsHello(hello);
    }
  }

  /** The whole handshake. */
  async shakesHands(options: HandshakeOptions = {}): Promise<void> {
    await this.exchangesHellos(options);
    if (this.role === "responder") await this.receivesProof();
    await this.sendsProof();
    if (this.role === "initiator") await this.receivesProof();
  }

  /** Our proof (P9.4), some of it other than usual. */
  proof({ label = `proof ${this.role}`, message, members = {} }: ProofOptions = {}): Members {
    const { key } = this.peer;
    const signed = message ?? Buffer.concat([this.salt, key.der]);
    return {
      type: "proof",
      key: key.der.toString("base64"),
      signature: sign(key.privateKey, label, signed),
      ...members,
    };
  }

  async sendsProof(options: ProofOptions = {}): Promise<void> {
    await this.#sending("its proof", () => this.connection.write(this.frame(this.wrap(this.proof(options)))));
  }

  /** Expects the program's proof, and checks it. @returns the DER bytes of its key */
  async receivesProof(): Promise<Buffer> {
    const what = `the proof of ${this.program.name}`;
    const object = await this.#object(what);
    const { lan } = this.peer;
    const { type, key: base64, signature, ...others } = object;
    const key = readKey(base64);
    const fails = (received: string): never => lan.scene.fails({ expected: what, received });
    if (type !== "proof" || Object.keys(others).length > 0) return fails(shorten(JSON.stringify(object)));
    if (typeof key === "string") return fails(`a proof whose key is none: ${key}`);
    const signed = Buffer.concat([this.salt, key.der]);
    if (!isSigned(key.key, `proof ${this.otherRole}`, signed, signature))
      return fails(
        `a signature that is not PSS over \`p2p-mesh 05 proof ${this.otherRole}\`, a NUL, the salt and the key's DER`,
      );
    return key.der;
  }

  /** Seals an object with the next number, or with any. */
  wrap(object: Members | string | Buffer, seq?: unknown): string {
    const plain = typeof object === "string" || Buffer.isBuffer(object);
    const text = plain ? object : JSON.stringify({ seq: seq ?? this.#sent, ...object });
    if (seq === undefined) this.#sent += 1;
    return sealToken(this.sendingKey, text);
  }

  /** Sends an object under the session's key. */
  async says(object: Members): Promise<void> {
    await this.#sending(shorten(JSON.stringify(object)), () =>
      this.connection.write(this.frame(this.wrap(object))),
    );
  }

  /** Sends several objects at once. */
  async saysAll(objects: readonly Members[]): Promise<void> {
    const frames = objects.map((object) => this.frame(this.wrap(object)));
    await this.#sending(objects.map((object) => shorten(JSON.stringify(object))).join(", "), () =>
      this.connection.write(frames.join("")),
    );
  }

  /** Expects exactly this object next. Pings are answered and passed over. */
  async hears(expected: Members): Promise<void> {
    const description = shorten(JSON.stringify(expected));
    const object = await this.#next(description, [expected.type]);
    if (!isDeepStrictEqual(object, expected))
      this.peer.lan.scene.fails({
        expected: description,
        received: shorten(ordered(object, expected)),
        exact: true,
        port: this.connection.port,
      });
  }

  /** Expects an object of one of these types next, and returns it. */
  async hearsType(...types: readonly string[]): Promise<Members> {
    const description = `an object of type ${types.join(" or ")}`;
    const object = await this.#next(description, types);
    if (!types.includes(String(object.type)))
      this.peer.lan.scene.fails({
        expected: description,
        received: shorten(JSON.stringify(object)),
        port: this.connection.port,
      });
    return object;
  }

  /** Expects a message with this text (P9.7). @returns its id */
  async hearsMessage(text: string, to = "you"): Promise<string> {
    const object = await this.hearsType("message");
    const { id } = object;
    const expected = { type: "message", id, to, text };
    if (!isDeepStrictEqual(object, expected) || !HEX_32.test(String(id)))
      this.peer.lan.scene.fails({
        expected: shorten(JSON.stringify({ type: "message", id: "32 hex digits", to, text })),
        received: shorten(JSON.stringify(object)),
      });
    return String(id);
  }

  /** Expects a message, and acknowledges it. @returns its id */
  async takesMessage(text: string, to?: string): Promise<string> {
    const id = await this.hearsMessage(text, to);
    await this.says({ type: "ack", id });
    return id;
  }

  /** Says a message. @returns its id */
  async saysMessage(text: string, to = "you", id = randomBytes(16).toString("hex")): Promise<string> {
    await this.says({ type: "message", id, to, text });
    return id;
  }

  /** Says a message, and expects its acknowledgement. @returns its id */
  async tells(text: string, to?: string, id?: string): Promise<string> {
    const said = await this.saysMessage(text, to, id);
    await this.hears({ type: "ack", id: said });
    return said;
  }

  /** Expects the one error of P9.4 next, and the end of the connection. */
  async isRefused(): Promise<void> {
    const expected = { type: "error", code: "bad-record" };
    await this.hears(expected);
    await this.connection.isClosed();
  }

  /** Expects that the connection ends without a word. */
  async isClosed(): Promise<void> {
    await this.connection.isClosed();
  }

  /** Says goodbye, as P3.8 says, and reads what comes until the end. */
  async saysBye(): Promise<void> {
    await this.says({ type: "bye" });
    await this.connection.endsHalf();
    await this.hears({ type: "bye" });
    await this.connection.isClosed();
  }

  /** Ends the connection without a goodbye. */
  async breaks(): Promise<void> {
    await this.connection.closes();
  }

  /** The next object. Pings, and what is passed over, are not returned unless they are wanted. */
  async #next(description: string, wanted: readonly unknown[]): Promise<Members> {
    for (let pings = 0; ; ) {
      const object = await this.#object(description);
      const { type } = object;
      if (wanted.includes(type)) return object;
      if (type === TYPE_PING) {
        pings += 1;
        // A program that pings for ever must not make us wait for ever.
        if (pings > MOST_PINGS)
          this.peer.lan.scene.fails({
            expected: description,
            received: "nothing but pings",
            came: "nothing",
            port: this.connection.port,
          });
        await this.says({ type: "pong" });
      } else if (!this.passedOver.has(type)) return object;
    }
  }

  /** The next object under the session's key, without its seq, which is checked. */
  async #object(description: string): Promise<Members> {
    const [header, token, end] = await this.connection.receivesFrame(description);
    this.#mustBeFrame(header, end);
    const opened = openToken(this.receivingKey, token);
    const fails = (expected: string, received: string): never =>
      this.peer.lan.scene.fails({ expected, received, port: this.connection.port });
    if (typeof opened === "string")
      return fails("a token under the key of its direction", `${shorten(quote(token))}: ${opened}`);
    const object = parse(opened.plaintext.toString());
    if (object === undefined) return fails("an object", shorten(quote(opened.plaintext.toString())));
    const { seq, ...members } = object;
    if (seq !== this.#heard) return fails(`"seq":${this.#heard}`, `"seq":${JSON.stringify(seq)}`);
    this.#heard += 1;
    return members;
  }

  #mustBeFrame(header: string, end: string): void {
    const { program, peer } = this;
    const expected = `<127.0.0.1:${program.port}> @ <${peer.lan.team}>`;
    if (header !== expected)
      peer.lan.scene.fails({ expected: quote(expected), received: quote(header), exact: true });
    if (end !== END) peer.lan.scene.fails({ expected: quote(END), received: quote(end), exact: true });
  }

  #mustBeHello(hello: Members, to: string | undefined): void {
    const { program, peer } = this;
    const { lan } = peer;
    const { nonce, publicKey } = hello;
    const expected: Members = {
      type: "hello",
      stage: "05",
      from: program.name,
      team: lan.team,
      address: `127.0.0.1:${program.port}`,
      to: to ?? (hello.to === "" ? "" : peer.key.fingerprint),
      nonce,
      group: "modp2048",
      publicKey,
    };
    if (!isDeepStrictEqual(hello, expected))
      lan.scene.fails({
        expected: shorten(JSON.stringify(expected)),
        received: shorten(ordered(hello, expected)),
        exact: true,
      });
    if (typeof nonce !== "string" || !HEX_32.test(nonce))
      lan.scene.fails({ expected: "a nonce of 32 hex digits", received: JSON.stringify(nonce) });
    if (typeof publicKey !== "string" || !/^[0-9a-f]{512}$/.test(publicKey))
      lan.scene.fails({ expected: "a publicKey of 512 hex digits", received: JSON.stringify(publicKey) });
  }

  /** Derives the keys as soon as both hellos are there. */
  #derives(): void {
    if (this.#ownHello === "" || this.#otherHello === "") return;
    const secret = encode(power(decode(this.#otherPublic), this.#private, MODP2048.prime), MODP2048);
    const hellos = [this.#ownHello, this.#otherHello];
    this.#keys = lanSessionKeys(secret, this.role === "initiator" ? hellos : hellos.reverse());
  }

  async #sending(shown: string, action: () => void): Promise<void> {
    const { scene } = this.peer.lan;
    scene.transcript.lastSent = { text: shown, by: this.peer.name };
    await scene.step(`${this.peer.name} sends ${shown}`, action);
  }
}

/** A long text, cut. */
function shorten(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 300)}…${text.slice(-60)} (${text.length} characters)`;
}
