// The keys of one stream: from the shares, the card's secret, and both hellos (P10.6, P10.10).

import { type Bytes, concat, toUtf8 } from "./bytes.ts";
import { hkdf, hkdfSecret, sha256 } from "./cryptography.ts";
import { encodeFrame } from "./frames.ts";
import { Opener, type SealedPair, Sealer } from "./sealed-channel.ts";

/** Who opened the stream, and who took it. */
export type Role = "initiator" | "responder";

/** What the keys of one stream are made from. */
export interface KeyMaterial {
  /** What X25519 gave, 32 bytes. */
  readonly agreed: Bytes;
  /** The card's secret, 32 bytes. */
  readonly cardSecret: Bytes;
  /** Both hellos exactly as they were sent, without the length before them. */
  readonly initiatorHello: Bytes;
  readonly responderHello: Bytes;
}

/** What HKDF makes all keys of one stream from. */
export interface KeySource {
  readonly secret: CryptoKey;
  /** 32 bytes. */
  readonly salt: Bytes;
}

// BEGIN SOLUTION 06-session
/** What X25519 gave and the card's secret together, and both hellos in the salt: who changes one gets other keys. */
export async function keySource(material: KeyMaterial): Promise<KeySource> {
  const { agreed, cardSecret, initiatorHello, responderHello } = material;
  const salt = await sha256(encodeFrame(initiatorHello), encodeFrame(responderHello));
  return { secret: await hkdfSecret(concat(agreed, cardSecret)), salt };
}

/**
 * The key of all that one role sends on one path, 32 bytes.
 * @param attempt 0 for the stream itself; 1, 2, … for a direct path (P10.10)
 */
export function keyOf({ secret, salt }: KeySource, role: Role, attempt: number): Promise<Bytes> {
  const path = attempt === 0 ? "" : ` direct ${attempt}`;
  return hkdf(secret, salt, toUtf8(`p2p-chat 06 ${role}${path}`));
}
// END SOLUTION 06-session

/** Gives each channel of one stream its keys, once: the counters of a second one would begin at 0 again. */
export class SessionKeys {
  readonly #source: KeySource;
  readonly #role: Role;
  /** The stream itself counts as attempt 0. */
  #lastAttempt = -1;

  private constructor(source: KeySource, role: Role) {
    this.#source = source;
    this.#role = role;
  }

  /** @param role this side's */
  static async derive(role: Role, material: KeyMaterial): Promise<SessionKeys> {
    return new SessionKeys(await keySource(material), role);
  }

  /** The stream's own keys. @throws RangeError the second time */
  stream(): Promise<SealedPair> {
    return this.#pair(0);
  }

  /**
   * The keys of a direct path (P10.10).
   * @param attempt 1, 2, …: greater than the last one
   * @throws RangeError for another attempt
   */
  direct(attempt: number): Promise<SealedPair> {
    return this.#pair(attempt);
  }

  async #pair(attempt: number): Promise<SealedPair> {
    if (!Number.isSafeInteger(attempt) || attempt <= this.#lastAttempt)
      throw new RangeError(`attempt ${attempt} has had its keys, or is none: count up by one`);
    this.#lastAttempt = attempt;
    const own = await keyOf(this.#source, this.#role, attempt);
    const other = await keyOf(this.#source, this.#role === "initiator" ? "responder" : "initiator", attempt);
    return { sealer: new Sealer(own), opener: new Opener(other) };
  }
}
