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

/** Gives each channel of one stream its keys, once: the counters of a second one would begin at 0 again. */
export class SessionKeys {
  readonly #secret: CryptoKey;
  readonly #salt: Bytes;
  readonly #role: Role;
  /** The stream itself counts as attempt 0. */
  #lastAttempt = -1;

  private constructor(secret: CryptoKey, salt: Bytes, role: Role) {
    this.#secret = secret;
    this.#salt = salt;
    this.#role = role;
  }

  /** @param role this side's */
  static async derive(role: Role, material: KeyMaterial): Promise<SessionKeys> {
    const { agreed, cardSecret, initiatorHello, responderHello } = material;
    const salt = await sha256(encodeFrame(initiatorHello), encodeFrame(responderHello));
    return new SessionKeys(await hkdfSecret(concat(agreed, cardSecret)), salt, role);
  }

  /** The stream's own keys. @throws RangeError the second time */
  stream(): Promise<SealedPair> {
    return this.#pair(0, "");
  }

  /**
   * The keys of a direct path (P10.10).
   * @param attempt 1, 2, …: greater than the last one
   * @throws RangeError for another attempt
   */
  direct(attempt: number): Promise<SealedPair> {
    return this.#pair(attempt, ` direct ${attempt}`);
  }

  async #pair(attempt: number, suffix: string): Promise<SealedPair> {
    if (!Number.isSafeInteger(attempt) || attempt <= this.#lastAttempt)
      throw new RangeError(`attempt ${attempt} has had its keys, or is none: count up by one`);
    this.#lastAttempt = attempt;
    const own = await this.#keyOf(this.#role, suffix);
    const other = await this.#keyOf(this.#role === "initiator" ? "responder" : "initiator", suffix);
    return { sealer: new Sealer(own), opener: new Opener(other) };
  }

  #keyOf(role: Role, suffix: string): Promise<Bytes> {
    return hkdf(this.#secret, this.#salt, toUtf8(`p2p-chat 06 ${role}${suffix}`));
  }
}
