// A peer of stage 05 that the attacker plays. It keeps to the protocol. What it can do depends on the keys that it has:
// without the team's it cannot say hello, and without an RSA key it cannot prove anything.

import { randomBytes } from "node:crypto";
import { generateKeyPair, sharedSecret } from "../05-lan-chat/diffie-hellman.ts";
import { decryptToken, encryptToken } from "../05-lan-chat/fernet.ts";
import { modp2048 } from "../05-lan-chat/groups.ts";
import { type Hello, helloText, NONCE_BYTES, parseHello, type Role } from "../05-lan-chat/hello.ts";
import type { Identity } from "../05-lan-chat/identity.ts";
import type { JsonObject } from "../05-lan-chat/messages.ts";
import { makeProof } from "../05-lan-chat/proof.ts";
import { TokenOpener, TokenSealer } from "../05-lan-chat/sealed-tokens.ts";
import { deriveSessionKeys, handshakeSalt } from "../05-lan-chat/session-keys.ts";
import type { FrameSocket } from "./frame-socket.ts";
import { AttackError } from "./report.ts";

/** Who the attacker says to be. */
export interface PlayedName {
  name: string;
  team: string;
  teamKey: Buffer;
  /** Where they say that they listen, HOST:PORT. */
  address: string;
}

const seconds = (): number => Math.floor(Date.now() / 1000);

/** One end of a connection, after the hellos (P9.3). Nobody has proved anything. */
export class HalfSession {
  readonly wire: FrameSocket;
  readonly role: Role;
  /** What the other side has said. */
  readonly hello: Hello;
  readonly salt: Buffer;
  readonly #address: string;
  readonly #sealer: TokenSealer;
  readonly #opener: TokenOpener;

  private constructor(
    wire: FrameSocket,
    role: Role,
    address: string,
    hello: Hello,
    salt: Buffer,
    secret: Buffer,
  ) {
    this.wire = wire;
    this.role = role;
    this.hello = hello;
    this.salt = salt;
    this.#address = address;
    const keys = deriveSessionKeys(secret, salt);
    const [sending, receiving] =
      role === "initiator" ? [keys.initiator, keys.responder] : [keys.responder, keys.initiator];
    this.#sealer = new TokenSealer(sending, seconds);
    this.#opener = new TokenOpener(receiving);
  }

  /** Says hello to a victim, with a Diffie-Hellman key of the attacker's. @param to the key that is called, if any */
  static async open(wire: FrameSocket, role: Role, played: PlayedName, to = ""): Promise<HalfSession> {
    const { name: from, team, teamKey, address } = played;
    const { privateKey, publicKey } = generateKeyPair(modp2048);
    const hello = { from, team, address, to, nonce: randomBytes(NONCE_BYTES).toString("hex"), publicKey };
    const own = encryptToken(teamKey, Buffer.from(helloText(hello)), seconds());
    if (role === "initiator") wire.send(own, address);
    const token = await wire.token();
    if (role === "responder") wire.send(own, address);
    const theirs = readHello(token, played, role === "initiator" ? "responder" : "initiator");
    if (theirs === undefined) throw new AttackError("the other side's hello cannot be read");
    const salt = role === "initiator" ? handshakeSalt(own, token) : handshakeSalt(token, own);
    return new HalfSession(
      wire,
      role,
      address,
      theirs,
      salt,
      sharedSecret(privateKey, theirs.publicKey, modp2048),
    );
  }

  /** Proves the attacker's own key. */
  prove(identity: Identity): void {
    this.say(makeProof(identity, this.role, this.salt));
  }

  say(object: Readonly<Record<string, unknown>>): void {
    this.wire.send(this.#sealer.seal(object), this.#address);
  }

  /** The next object of the other side. @throws AttackError if it has hung up, or says something that cannot be opened */
  async hear(): Promise<JsonObject> {
    const object = this.#opener.open(await this.wire.token());
    if (object === undefined) throw new AttackError("what the other side has sent cannot be opened");
    return object;
  }
}

/** What a hello says, to somebody who has the team's key. */
export function readHello(token: string, { team, teamKey }: PlayedName, sender: Role): Hello | undefined {
  const opened = decryptToken(teamKey, token);
  return opened && parseHello(opened.plaintext, sender, team);
}

/**
 * Calls a peer, and proves a key of the attacker's: a member of the team like any other.
 * @throws AttackError if the peer refuses
 */
export async function joinAs(
  played: PlayedName,
  identity: Identity,
  wire: FrameSocket,
): Promise<HalfSession> {
  const session = await HalfSession.open(wire, "initiator", played);
  session.prove(identity);
  const proof = await session.hear();
  if (proof.type !== "proof") throw new AttackError(`the other side answered ${JSON.stringify(proof)}`);
  return session;
}
