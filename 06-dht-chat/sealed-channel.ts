// One direction of a sealed channel: a key, and a counter that only grows (P10.6).

import type { Bytes } from "./bytes.ts";
import { aesGcmKey, aesGcmOpen, aesGcmSeal, KEY_BYTES, NONCE_BYTES } from "./cryptography.ts";

const LAST_COUNTER = 2n ** 64n - 1n;

/** Four zero bytes, and the counter in eight, big-endian. */
function nonceOf(counter: bigint): Bytes {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(4, counter);
  return nonce;
}

/** A key with its counter. Two that have the same key would use a nonce twice, and that breaks AES-GCM. */
abstract class Direction {
  protected readonly key: Promise<CryptoKey>;
  #next: bigint;

  /**
   * @param key 32 bytes, for this direction of this stream alone
   * @param first the first counter; another than 0 is for known answers
   * @throws RangeError for a key of another length
   */
  constructor(key: Bytes, first = 0n) {
    if (key.length !== KEY_BYTES)
      throw new RangeError(`a key of ${key.length} bytes: it must have ${KEY_BYTES}`);
    this.key = aesGcmKey(key);
    this.#next = first;
  }

  /** The nonce that nobody has had yet. It is taken at once, so that two calls at a time get two. */
  protected takeNonce(): Bytes {
    if (this.#next > LAST_COUNTER) throw new RangeError("the counter is used up: open a new stream");
    const counter = this.#next;
    this.#next += 1n;
    return nonceOf(counter);
  }
}

/** Seals what one side sends. */
export class Sealer extends Direction {
  /** @returns the ciphertext and its tag: 16 bytes more than were given */
  async seal(bytes: Bytes): Promise<Bytes> {
    const nonce = this.takeNonce();
    return aesGcmSeal(await this.key, nonce, bytes);
  }
}

/** Opens what the other side sealed, in the order in which it was sealed. */
export class Opener extends Direction {
  #isBroken = false;

  /** @returns undefined if the bytes are not the next that were sealed; after that nothing is opened any more */
  async open(bytes: Bytes): Promise<Bytes | undefined> {
    if (this.#isBroken) return undefined;
    const nonce = this.takeNonce();
    const opened = await aesGcmOpen(await this.key, nonce, bytes);
    if (opened === undefined || this.#isBroken) {
      this.#isBroken = true;
      return undefined;
    }
    return opened;
  }
}

/** Both directions of a channel, as one side has them. */
export interface SealedPair {
  readonly sealer: Sealer;
  readonly opener: Opener;
}
