// The key exchange of one chat: our key line out, the other's in, the shared secret out of both (P4).

import { generateKeyPair, parsePublicKey, sharedSecret } from "./diffie-hellman.ts";
import { GROUPS, type Group } from "./groups.ts";
import { encodeInteger } from "./integers.ts";
import { type JsonObject, ProtocolError } from "./messages.ts";
import { safetyNumber } from "./safety-number.ts";

/** What both sides know after the exchange, and nobody who only listened. */
export interface Agreement {
  /** The shared secret Z, as long as the prime. */
  secret: Buffer;
  safetyNumber: string;
}

export class KeyExchange {
  /** The line that tells the other side our public key. */
  readonly line: string;
  readonly #group: Group;
  readonly #privateKey: bigint;
  readonly #publicKey: Buffer;

  constructor(group: Group) {
    const { privateKey, publicKey } = generateKeyPair(group);
    this.#group = group;
    this.#privateKey = privateKey;
    this.#publicKey = encodeInteger(publicKey, group.bytes);
    this.line = JSON.stringify({
      type: "key",
      group: group.name,
      publicKey: this.#publicKey.toString("hex"),
    });
  }

  /**
   * Takes the other side's key line.
   * @throws ProtocolError `bad-request`, `group-mismatch` or `bad-public-key`
   */
  agree(object: JsonObject): Agreement {
    if (object.type !== "key") throw new ProtocolError("bad-request", "a key was expected");
    if (object.group !== this.#group.name) {
      throw new ProtocolError("group-mismatch", describeMismatch(this.#group.name, object.group));
    }
    const othersKey = parsePublicKey(object.publicKey, this.#group);
    return {
      secret: sharedSecret(this.#privateKey, othersKey, this.#group),
      safetyNumber: safetyNumber(this.#publicKey, encodeInteger(othersKey, this.#group.bytes)),
    };
  }
}

/** Names both groups. What the other side wrote is not repeated, unless it is the name of a group that we know. */
function describeMismatch(own: string, others: unknown): string {
  const known = typeof others === "string" && Object.hasOwn(GROUPS, others);
  return `one side uses the group ${own}, the other ${known ? others : "one that is not known here"}`;
}
