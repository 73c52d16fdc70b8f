// A peer played by hand: it speaks P3 to P6 line by line, and can get every line of it wrong on purpose.

import { expect } from "chai";
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
} from "../../course/checking/cryptography.ts";
import type { Wire } from "./wire.ts";

export type Stage = "02" | "03" | "04";

/** Who calls is the initiator; who is called, the responder (P3). */
export type Role = "initiator" | "responder";

export const ROLES: readonly Role[] = ["initiator", "responder"];

export type Members = Record<string, unknown>;

/** The code that answers a line which says something wrong inside a chat: in stage 04 all is bad-record (P6.3). */
export function refusalInChat(stage: Stage): string {
  return stage === "04" ? "bad-record" : "bad-request";
}

/** Every line in a chat, before it is encrypted, is one of these. */
export const message = (id: number, text: string): Members => ({ type: "message", id, text });
export const ack = (id: number): Members => ({ type: "ack", id });
export const BYE: Members = { type: "bye" };

const EMPTY = Buffer.alloc(0);

export class RawPeer {
  readonly wire: Wire;
  readonly stage: Stage;
  readonly role: Role;
  readonly name: string;
  readonly other: string;
  group: Group = MODP2048;
  privateKey = randomPrivateKey();
  /** The lines as sent and received, without LF: hello and key of each role. */
  readonly hello: Record<Role, string> = { initiator: "", responder: "" };
  readonly key: Record<Role, string> = { initiator: "", responder: "" };
  sharedSecret: Buffer = EMPTY;
  sessionKeys: SessionKeys = { initiator: EMPTY, responder: EMPTY, transcript: EMPTY };
  /** Stage 04: the sequence numbers of the next lines. */
  sendSequence = 0;
  receiveSequence = 0;

  constructor(wire: Wire, stage: Stage, role: Role, name: string, other: string) {
    this.wire = wire;
    this.stage = stage;
    this.role = role;
    this.name = name;
    this.other = other;
  }

  get #otherRole(): Role {
    return this.role === "initiator" ? "responder" : "initiator";
  }

  /** The members of this peer's hello, and others for those that are to be wrong. */
  sendHello(others: Members = {}): void {
    this.sendHelloLine(
      JSON.stringify({ type: "hello", stage: this.stage, from: this.name, to: this.other, ...others }),
    );
  }

  /** A hello written by hand. */
  sendHelloLine(line: string, end = "\n"): void {
    this.hello[this.role] = line;
    this.wire.send(line + end);
  }

  /** Expects the hello of the other side, with all of its members. */
  async receiveHello(): Promise<void> {
    const line = await this.wire.line();
    this.hello[this.#otherRole] = line;
    expect(JSON.parse(line)).to.deep.equal({
      type: "hello",
      stage: this.stage,
      from: this.other,
      to: this.name,
    });
  }

  /** Both hellos, in the order of the roles. */
  async exchangeHellos(): Promise<void> {
    if (this.role === "initiator") this.sendHello();
    await this.receiveHello();
    if (this.role === "responder") this.sendHello();
  }

  /** This side's public key. */
  get publicKey(): Buffer {
    return encode(power(this.group.generator, this.privateKey, this.group.prime), this.group);
  }

  /** The public key of the other side, from its key line. */
  get otherPublicKey(): Buffer {
    return Buffer.from(String(JSON.parse(this.key[this.#otherRole]).publicKey), "hex");
  }

  sendKey(others: Members = {}): void {
    this.sendKeyLine(
      JSON.stringify({
        type: "key",
        group: this.group.name,
        publicKey: this.publicKey.toString("hex"),
        ...others,
      }),
    );
  }

  sendKeyLine(line: string, end = "\n"): void {
    this.key[this.role] = line;
    this.wire.send(line + end);
  }

  /** Expects the other side's key, of our group and of the form that P4.1 demands. */
  async receiveKey(): Promise<void> {
    const line = await this.wire.line();
    this.key[this.#otherRole] = line;
    const { publicKey, ...rest } = JSON.parse(line);
    expect(rest).to.deep.equal({ type: "key", group: this.group.name });
    expect(publicKey).to.match(new RegExp(`^[0-9a-f]{${2 * this.group.bytes}}$`));
  }

  /** What both sides compute from the two keys. */
  deriveKeys(): void {
    this.sharedSecret = encode(
      power(decode(this.otherPublicKey), this.privateKey, this.group.prime),
      this.group,
    );
    const { hello, key } = this;
    this.sessionKeys = sessionKeys(this.sharedSecret, [
      hello.initiator,
      hello.responder,
      key.initiator,
      key.responder,
    ]);
  }

  /** The key exchange of stages 03 and 04; stage 02 has none. */
  async exchangeKeys(): Promise<void> {
    if (this.stage === "02") return;
    this.sendKey();
    await this.receiveKey();
    this.deriveKeys();
  }

  /** Everything that comes before the first message. */
  async shakeHands(): Promise<void> {
    await this.exchangeHellos();
    await this.exchangeKeys();
  }

  get safetyNumber(): string {
    return safetyNumber(this.publicKey, this.otherPublicKey);
  }

  /** The key that this side seals with, and the one that it opens with. */
  get sendingKey(): Buffer {
    return this.sessionKeys[this.role];
  }

  get receivingKey(): Buffer {
    return this.sessionKeys[this.#otherRole];
  }

  /** A P3 line as it goes over the wire in this stage, without its LF. */
  wrap(payload: Members | string | Buffer): string {
    const text = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    const bytes = Buffer.from(text);
    switch (this.stage) {
      case "02":
        return bytes.toString();
      case "03":
        return JSON.stringify({
          type: "xored",
          ciphertext: xor(bytes, xorKey(this.sharedSecret)).toString("hex"),
        });
      case "04": {
        const sealed = seal(this.sendingKey, this.sendSequence, bytes);
        this.sendSequence += 1;
        return JSON.stringify(sealed);
      }
    }
  }

  /** Sends a P3 line in the way of the stage: as it is, XORed or sealed. */
  say(payload: Members | string | Buffer): void {
    this.wire.send(`${this.wrap(payload)}\n`);
  }

  /** Turns a line from the wire back into the P3 line, and checks that it has the form of the stage. */
  unwrap(line: string): Members {
    const outer = JSON.parse(line);
    switch (this.stage) {
      case "02":
        return outer;
      case "03":
        expect(outer, line).to.have.all.keys("type", "ciphertext");
        expect(outer.type).to.equal("xored");
        expect(outer.ciphertext).to.match(/^(?:[0-9a-f]{2})+$/);
        return JSON.parse(xor(Buffer.from(outer.ciphertext, "hex"), xorKey(this.sharedSecret)).toString());
      case "04": {
        expect(outer, line).to.have.all.keys("type", "seq", "iv", "ciphertext", "tag");
        expect(outer.type).to.equal("sealed");
        expect(outer.seq).to.equal(this.receiveSequence);
        expect(outer.iv).to.match(/^[0-9a-f]{32}$/);
        expect(outer.ciphertext).to.match(/^(?:[0-9a-f]{32})+$/);
        expect(outer.tag).to.match(/^[0-9a-f]{64}$/);
        this.receiveSequence += 1;
        const sealed: SealedLine = outer;
        return JSON.parse(open(this.receivingKey, sealed).toString());
      }
    }
  }

  /** The next P3 line of the other side. */
  async hear(): Promise<Members> {
    return this.unwrap(await this.wire.line());
  }

  /** Expects the next line to be this one. */
  async expect(expected: Members): Promise<void> {
    expect(await this.hear()).to.deep.equal(expected);
  }

  /**
   * Expects an error line in clear and then the end of the connection.
   * @returns the code
   */
  async refusal(): Promise<string> {
    return (await refusalOf(this.wire)).code;
  }

  /** Expects the other side to end the connection without another word. */
  async ended(): Promise<void> {
    expect(await this.wire.end()).to.equal("");
  }
}

/** Expects an error line in clear and then the end of the connection, and returns the code and the line. */
export async function refusalOf(wire: Wire): Promise<{ code: string; line: string }> {
  const line = await wire.line();
  const { type, code, message, ...rest } = JSON.parse(line);
  expect({ type, rest }, line).to.deep.equal({ type: "error", rest: {} });
  expect(message, line).to.be.a("string");
  expect(await wire.end(), `after ${line}`).to.equal("");
  return { code, line };
}
