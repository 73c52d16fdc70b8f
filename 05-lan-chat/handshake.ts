// The handshake of one connection, in both roles: hellos, keys, proofs (P9.2 to P9.4). Pure: it is given tokens, and says
// what to send and how it ends.
//
//   initiator  hello ─────────►          both under the team key
//              ◄───────── hello  responder
//   initiator  proof ─────────►          each under its direction's key
//              ◄───────── proof  responder, only after the initiator's was right

import { randomBytes } from "node:crypto";
import { generateKeyPair, type KeyPair, sharedSecret } from "./diffie-hellman.ts";
import { decryptToken, encryptToken } from "./fernet.ts";
import { modp2048 } from "./groups.ts";
import { type Hello, helloText, NONCE_BYTES, parseHello, type Role } from "./hello.ts";
import type { Identity, PublicIdentity } from "./identity.ts";
import { checkProof, makeProof } from "./proof.ts";
import { TokenOpener, TokenSealer } from "./sealed-tokens.ts";
import { deriveSessionKeys, handshakeSalt } from "./session-keys.ts";

/** Who we are, in every handshake. */
export interface OwnSide {
  identity: Identity;
  name: string;
  team: string;
  teamKey: Buffer;
  /** Where we listen, HOST:PORT. */
  address: string;
}

/** What a handshake draws. */
export interface Drawing {
  /** 16 bytes. */
  nonce(): Buffer;
  /** A fresh key pair of Diffie-Hellman, in group modp2048. */
  keyPair(): KeyPair;
  /** 16 bytes for a token; undefined lets Fernet draw them. */
  iv(): Buffer | undefined;
}

/** Draws from the system's cryptographic source. */
export const SYSTEM_DRAWING: Drawing = {
  nonce: () => randomBytes(NONCE_BYTES),
  keyPair: () => generateKeyPair(modp2048),
  iv: () => undefined,
};

/** Who is at the other end, once both proofs were right, and the two directions of the session. */
export interface Proven {
  peer: PublicIdentity;
  /** What they say that they are called. */
  name: string;
  /** Where they say that they listen, HOST:PORT. */
  address: string;
  sealer: TokenSealer;
  opener: TokenOpener;
}

/**
 * Why a handshake has failed.
 * silent: something was wrong with the hello; nothing is said.
 * proof: the proof was wrong; not-called: another key answers than the one that was called; not-ours: the other side
 * has called another key; self: it is our own key; not-allowed: it is not let in. The other side hears the same of all.
 * refused: the other side has said `bad-record`.
 */
export type HandshakeFailure =
  | "silent"
  | "proof"
  | "not-called"
  | "not-ours"
  | "self"
  | "not-allowed"
  | "refused";

/** What comes of a token. `send` is what has to be sent, if anything has to be. */
export type HandshakeStep =
  | { kind: "going-on"; send: string }
  | { kind: "complete"; send?: string; proven: Proven }
  /** `send` is the sealed error, if one is said. */
  | {
      kind: "failed";
      failure: HandshakeFailure;
      send?: string /** Who has proved it. */;
      peer?: PublicIdentity;
    };

/** What the handshake asks whoever sees all connections. */
export interface HandshakeGate {
  /** Says if this hello, which is right in itself, may be gone on with: its nonce and key are new, and not our own (P9.2). */
  mayAnswer(hello: Hello): boolean;
  /** Says if this key, which has proved itself, may have a session under this name (P9.5). */
  mayEnter(peer: PublicIdentity, name: string): boolean;
}

/** The one error of everything after the hellos. */
export const BAD_RECORD = { type: "error", code: "bad-record" } as const;

/** What is known once both hellos have passed. */
interface Agreed {
  hello: Hello;
  salt: Buffer;
  sealer: TokenSealer;
  opener: TokenOpener;
}

export class Handshake {
  readonly role: Role;
  readonly #own: OwnSide;
  readonly #gate: HandshakeGate;
  readonly #called: string;
  readonly #seconds: () => number;
  readonly #drawing: Drawing;
  /** Our hello and the private key that belongs to it; undefined until it is sent. */
  #sent: { hello: Hello; token: string; privateKey: bigint } | undefined;
  #agreed: Agreed | undefined;

  /**
   * @param called the fingerprint of the key that is called; empty if only an address is known, and for a responder
   * @param seconds the time for the tokens, in seconds since 1970
   */
  constructor(
    role: Role,
    own: OwnSide,
    gate: HandshakeGate,
    called: string,
    seconds: () => number,
    drawing: Drawing = SYSTEM_DRAWING,
  ) {
    this.role = role;
    this.#own = own;
    this.#gate = gate;
    this.#called = called;
    this.#seconds = seconds;
    this.#drawing = drawing;
  }

  /** Our hello, once it is sent. */
  get ownHello(): Hello | undefined {
    return this.#sent?.hello;
  }

  /** The other side's hello, once it has come and was right. Nothing of it is proved before the handshake is complete. */
  get othersHello(): Hello | undefined {
    return this.#agreed?.hello;
  }

  /** Makes our hello. The initiator calls it first of all. @returns the token to send */
  start(): string {
    const { name: from, team, teamKey, address } = this.#own;
    // A private key is drawn only now: whoever connects and says nothing costs no arithmetic.
    const { privateKey, publicKey } = this.#drawing.keyPair();
    const nonce = this.#drawing.nonce().toString("hex");
    const hello: Hello = { from, team, address, to: this.#called, nonce, publicKey };
    const token = encryptToken(teamKey, Buffer.from(helloText(hello)), this.#seconds(), this.#drawing.iv());
    this.#sent = { hello, token, privateKey };
    return token;
  }

  /** Takes the next token of the other side. Not to be called again after `complete` or `failed`. */
  receive(token: string): HandshakeStep {
    if (this.#agreed === undefined) return this.#receiveHello(token);
    const object = this.#agreed.opener.open(token);
    if (object === undefined) return this.#fail("proof");
    if (object.type === "error") return { kind: "failed", failure: "refused" };
    const peer = checkProof(object, this.role === "initiator" ? "responder" : "initiator", this.#agreed.salt);
    return peer === undefined ? this.#fail("proof") : this.#receiveProof(this.#agreed, peer);
  }

  /** What came is no token at all. Not to be called after `complete` or `failed`. */
  refuse(): HandshakeStep & { kind: "failed" } {
    return this.#agreed === undefined ? { kind: "failed", failure: "silent" } : this.#fail("proof");
  }

  #receiveHello(token: string): HandshakeStep {
    const opened = decryptToken(this.#own.teamKey, token);
    const sender = this.role === "initiator" ? "responder" : "initiator";
    const hello = opened && parseHello(opened.plaintext, sender, this.#own.team);
    if (hello === undefined || this.#isOurs(hello) || !this.#gate.mayAnswer(hello))
      return { kind: "failed", failure: "silent" };
    if (this.role === "initiator") {
      this.#agreed = this.#agree(hello, token);
      return { kind: "going-on", send: this.#proof(this.#agreed) };
    }
    const answer = this.start();
    this.#agreed = this.#agree(hello, token);
    return { kind: "going-on", send: answer };
  }

  /** Somebody sends our own hello back to us, or a part of it. */
  #isOurs(hello: Hello): boolean {
    return hello.nonce === this.ownHello?.nonce || hello.publicKey === this.ownHello?.publicKey;
  }

  /** Both hellos have passed: the keys follow from them. */
  #agree(hello: Hello, token: string): Agreed {
    if (this.#sent === undefined) throw new Error("our hello is not sent");
    const { token: ownToken, privateKey } = this.#sent;
    const isInitiator = this.role === "initiator";
    const salt = isInitiator ? handshakeSalt(ownToken, token) : handshakeSalt(token, ownToken);
    const keys = deriveSessionKeys(sharedSecret(privateKey, hello.publicKey, modp2048), salt);
    const [sending, receiving] = isInitiator
      ? [keys.initiator, keys.responder]
      : [keys.responder, keys.initiator];
    const sealer = new TokenSealer(sending, this.#seconds, () => this.#drawing.iv());
    return { hello, salt, sealer, opener: new TokenOpener(receiving) };
  }

  #receiveProof(agreed: Agreed, peer: PublicIdentity): HandshakeStep {
    const { hello, sealer, opener } = agreed;
    if (peer.fingerprint === this.#own.identity.fingerprint) return this.#fail("self");
    if (hello.to !== "" && hello.to !== this.#own.identity.fingerprint) return this.#fail("not-ours", peer);
    if (this.#called !== "" && peer.fingerprint !== this.#called) return this.#fail("not-called", peer);
    if (!this.#gate.mayEnter(peer, hello.from)) return this.#fail("not-allowed", peer);
    const proven: Proven = { peer, name: hello.from, address: hello.address, sealer, opener };
    if (this.role === "initiator") return { kind: "complete", proven };
    return { kind: "complete", send: this.#proof(agreed), proven };
  }

  #proof({ salt, sealer }: Agreed): string {
    return sealer.seal(makeProof(this.#own.identity, this.role, salt));
  }

  /** P9.4: one error, whatever was wrong, so that the answer tells an attacker nothing. */
  #fail(failure: HandshakeFailure, peer?: PublicIdentity): HandshakeStep & { kind: "failed" } {
    const send = this.#agreed?.sealer.seal(BAD_RECORD);
    return {
      kind: "failed",
      failure,
      ...(send === undefined ? {} : { send }),
      ...(peer === undefined ? {} : { peer }),
    };
  }
}
