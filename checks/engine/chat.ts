// A peer that the checker plays (P3 to P6). A check decides about each line, and can make any of them wrong.

import type { CheckContext } from "./check-context.ts";
import { type Connection, type Members, ordered } from "./connection.ts";
import {
  decode,
  encode,
  type Group,
  MODP2048,
  open,
  power,
  randomPrivateKey,
  type SealedLine,
  type SessionKeys,
  safetyNumber,
  seal,
  sessionKeys,
  xor,
  xorKey,
} from "./cryptography.ts";
import { quoteBytes } from "./readable-bytes.ts";
import { StepFailure } from "./step-failure.ts";

export type ChatStage = "02" | "03" | "04";

/** The initiator has called; the responder was called (P3). */
export type ChatRole = "initiator" | "responder";

export const ROLES: readonly ChatRole[] = ["initiator", "responder"];

/** Lines of a chat, before they are encrypted. */
export const message = (id: number, text: string): Members => ({ type: "message", id, text });
export const ack = (id: number): Members => ({ type: "ack", id });
export const BYE: Members = { type: "bye" };

/** The error code for a line with wrong contents in a chat. In stage 04 it is always bad-record (P6.3). */
export function refusalInChat(stage: ChatStage): string {
  return stage === "04" ? "bad-record" : "bad-request";
}

const EMPTY = Buffer.alloc(0);

export class Chat {
  readonly connection: Connection;
  readonly stage: ChatStage;
  /** The role of the checker's side. */
  readonly role: ChatRole;
  readonly name: string;
  readonly other: string;
  group: Group = MODP2048;
  privateKey = randomPrivateKey();
  /** The handshake lines of both roles without LF, as they were sent and received. */
  readonly hello: Record<ChatRole, string> = { initiator: "", responder: "" };
  readonly key: Record<ChatRole, string> = { initiator: "", responder: "" };
  sharedSecret: Buffer = EMPTY;
  sessionKeys: SessionKeys = { initiator: EMPTY, responder: EMPTY, transcript: EMPTY };
  /** In stage 04: the sequence numbers of the next lines. */
  sendSequence = 0;
  receiveSequence = 0;
  /** In stages 03 and 04: the lines that the other side has sent since the keys, parsed. */
  readonly records: Members[] = [];
  readonly #context: CheckContext;

  constructor(
    connection: Connection,
    stage: ChatStage,
    role: ChatRole,
    names: { own: string; other: string },
    context: CheckContext,
  ) {
    this.connection = connection;
    this.stage = stage;
    this.role = role;
    this.name = names.own;
    this.other = names.other;
    this.#context = context;
  }

  get otherRole(): ChatRole {
    return this.role === "initiator" ? "responder" : "initiator";
  }

  /** Sends this side's hello. `others` replaces members that must be wrong. */
  async sendsHello(others: Members = {}): Promise<void> {
    const hello = { type: "hello", stage: this.stage, from: this.name, to: this.other, ...others };
    await this.sendsHelloLine(JSON.stringify(hello));
  }

  /** Sends the text of a check's own as hello. */
  async sendsHelloLine(line: string, end = "\n"): Promise<void> {
    this.hello[this.role] = line;
    await this.connection.sends(line + end);
  }

  /** Expects the other side's hello, with exactly its members. */
  async receivesHello(): Promise<void> {
    const line = await this.connection.receivesLine(`the hello of ${this.other}`);
    this.hello[this.otherRole] = line;
    this.#expectJson(line, { type: "hello", stage: this.stage, from: this.other, to: this.name });
  }

  /** Sends and receives the hellos, the initiator's first. */
  async exchangesHellos(): Promise<void> {
    if (this.role === "initiator") await this.sendsHello();
    await this.receivesHello();
    if (this.role === "responder") await this.sendsHello();
  }

  /** This side's public key. */
  get publicKey(): Buffer {
    return encode(power(this.group.generator, this.privateKey, this.group.prime), this.group);
  }

  /** The other side's public key, from its key line. */
  get otherPublicKey(): Buffer {
    return Buffer.from(String(JSON.parse(this.key[this.otherRole]).publicKey), "hex");
  }

  async sendsKey(others: Members = {}): Promise<void> {
    const publicKey = this.publicKey.toString("hex");
    await this.sendsKeyLine(JSON.stringify({ type: "key", group: this.group.name, publicKey, ...others }));
  }

  async sendsKeyLine(line: string, end = "\n"): Promise<void> {
    this.key[this.role] = line;
    await this.connection.sends(line + end);
  }

  /** Expects the other side's key, of our group and in the form of P4.1. */
  async receivesKey(): Promise<void> {
    const line = await this.connection.receivesLine(`the key of ${this.other}`);
    this.key[this.otherRole] = line;
    const { publicKey } = this.#parse(line);
    const digits = 2 * this.group.bytes;
    const wellFormed = typeof publicKey === "string" && new RegExp(`^[0-9a-f]{${digits}}$`).test(publicKey);
    if (!wellFormed) this.#fail(`a publicKey of ${digits} lower-case hexadecimal digits`, line);
    this.#expectJson(line, { type: "key", group: this.group.name, publicKey });
  }

  /** Computes the shared keys from the two public keys. */
  derivesKeys(): void {
    const secret = power(decode(this.otherPublicKey), this.privateKey, this.group.prime);
    this.sharedSecret = encode(secret, this.group);
    const { hello, key } = this;
    const handshake = [hello.initiator, hello.responder, key.initiator, key.responder];
    this.sessionKeys = sessionKeys(this.sharedSecret, handshake);
  }

  /** Exchanges keys in stages 03 and 04; stage 02 has none. */
  async exchangesKeys(): Promise<void> {
    if (this.stage === "02") return;
    await this.sendsKey();
    await this.receivesKey();
    this.derivesKeys();
  }

  /** Does everything that comes before the first message. */
  async shakesHands(): Promise<void> {
    await this.exchangesHellos();
    await this.exchangesKeys();
  }

  get safetyNumber(): string {
    return safetyNumber(this.publicKey, this.otherPublicKey);
  }

  /** The key that this side encrypts with. The next member: the key that it decrypts with. */
  get sendingKey(): Buffer {
    return this.sessionKeys[this.role];
  }

  get receivingKey(): Buffer {
    return this.sessionKeys[this.otherRole];
  }

  /** A line of P3 as this stage sends it, without its LF. In stage 04 it gets the next sequence number. */
  wrap(payload: Members | string | Buffer): string {
    const bytes = toBytes(payload);
    switch (this.stage) {
      case "02":
        return bytes.toString();
      case "03": {
        const ciphertext = xor(bytes, xorKey(this.sharedSecret)).toString("hex");
        return JSON.stringify({ type: "xored", ciphertext });
      }
      case "04": {
        const sealed = seal(this.sendingKey, this.sendSequence, bytes);
        this.sendSequence += 1;
        return JSON.stringify(sealed);
      }
    }
  }

  /** Sends a line of P3 as this stage does: in clear, XORed or sealed. */
  async says(payload: Members | string | Buffer): Promise<void> {
    const line = `${this.wrap(payload)}\n`;
    await this.connection.sends(line, this.stage === "02" ? undefined : quoteBytes(toBytes(payload)));
  }

  /** Turns a line from the wire back into the line of P3, and checks that it has the form of the stage. */
  unwrap(line: string): Members {
    const outer = this.#parse(line);
    if (this.stage === "02") return outer;
    this.records.push(outer);
    const bytes = this.stage === "03" ? this.#unxor(outer, line) : this.#unseal(outer, line);
    if (bytes.includes("\n")) this.#fail("inside, a line without its LF", JSON.stringify(bytes.toString()));
    return this.#parse(bytes.toString());
  }

  /** Expects any line of P3. */
  async heard(): Promise<Members> {
    return this.unwrap(await this.connection.receivesLine());
  }

  /** Expects this line of P3 next. */
  async hears(expected: Members): Promise<void> {
    const shown = JSON.stringify(expected);
    await this.#context.transcript.step(`${this.name} hears ${shown}`, async () => {
      const line = await this.connection.receivesLine(this.stage === "02" ? shown : `${shown}, encrypted`);
      this.#expectJson(JSON.stringify(this.unwrap(line)), expected);
    });
  }

  /** Expects an error line in clear, and then the end of the connection. */
  async refused(code: string): Promise<void> {
    await this.connection.receivesError(code);
    await this.connection.isClosed();
  }

  /** Expects that the other side ends the connection and sends nothing more. */
  async ended(): Promise<void> {
    await this.connection.isClosed();
  }

  #unxor(outer: Members, line: string): Buffer {
    const { type, ciphertext, ...rest } = outer;
    const wellFormed =
      type === "xored" && isHex(ciphertext) && ciphertext.length > 0 && Object.keys(rest).length === 0;
    if (!wellFormed) this.#fail('{"type":"xored","ciphertext":"HEX"}', line);
    return xor(Buffer.from(String(ciphertext), "hex"), xorKey(this.sharedSecret));
  }

  #unseal(outer: Members, line: string): Buffer {
    const { type, seq, iv, ciphertext, tag, ...rest } = outer;
    const wellFormed =
      type === "sealed" &&
      isHex(iv, 16) &&
      isHex(ciphertext) &&
      isHex(tag, 32) &&
      ciphertext.length > 0 &&
      ciphertext.length % 32 === 0 &&
      Object.keys(rest).length === 0;
    if (!wellFormed)
      this.#fail(
        '{"type":"sealed","seq":0,"iv":"HEX","ciphertext":"HEX","tag":"HEX"} of 16, n·16 and 32 bytes',
        line,
      );
    if (seq !== this.receiveSequence) this.#fail(`"seq":${this.receiveSequence}`, line);
    this.receiveSequence += 1;
    try {
      return open(this.receivingKey, outer as unknown as SealedLine);
    } catch (error) {
      return this.#fail(`a line sealed with the key of the ${this.otherRole}`, `${line}\n(${String(error)})`);
    }
  }

  #parse(line: string): Members {
    try {
      const object: unknown = JSON.parse(line);
      if (typeof object === "object" && object !== null && !Array.isArray(object)) return object as Members;
    } catch {
      // The failure below reports that.
    }
    return this.#fail("a JSON object", line);
  }

  #expectJson(line: string, expected: Members): void {
    const object = this.#parse(line);
    const names = Object.keys(expected);
    const same =
      Object.keys(object).length === names.length && names.every((name) => object[name] === expected[name]);
    if (!same) this.#fail(JSON.stringify(expected), ordered(object, expected), true);
  }

  #fail(expected: string, received: string, exact = false): never {
    throw new StepFailure({ expected, received, exact, port: this.connection.port });
  }
}

function isHex(value: unknown, bytes?: number): value is string {
  return (
    typeof value === "string" &&
    /^(?:[0-9a-f]{2})*$/.test(value) &&
    (bytes === undefined || value.length === 2 * bytes)
  );
}

function toBytes(payload: Members | string | Buffer): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  return Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
}
