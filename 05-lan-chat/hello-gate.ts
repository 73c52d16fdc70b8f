// Which hellos are answered (P9.2): each nonce once, not too many in a second, and none that is made of our own. Pure.

import type { Hello } from "./hello.ts";

/** So many nonces are remembered. */
const KEPT_NONCES = 4096;
/** So many of our own hellos are remembered: more than there can be handshakes at a time. */
const KEPT_OWN = 512;

/** How many hellos are answered within a second: to one address, and in all. Each costs some milliseconds of arithmetic. */
const FROM_ONE_ADDRESS = 8;
const IN_ALL = 32;
const SECOND = 1000;

export class HelloGate {
  readonly #answered = new Recent<string>(KEPT_NONCES);
  readonly #ownNonces = new Recent<string>(KEPT_OWN);
  readonly #ownKeys = new Recent<bigint>(KEPT_OWN);
  /** The hellos that were answered within the last second: from where, and when, in milliseconds. */
  #lately: { host: string; at: number }[] = [];

  /** We have sent this hello. */
  sent({ nonce, publicKey }: Hello): void {
    this.#ownNonces.add(nonce);
    this.#ownKeys.add(publicKey);
  }

  /** Somebody sends a hello with a nonce or a public key of our own. */
  isOwn({ nonce, publicKey }: Hello): boolean {
    return this.#ownNonces.has(nonce) || this.#ownKeys.has(publicKey);
  }

  /**
   * Says if the hello of an initiator is answered, and counts it if so. What is not right in itself must not come here:
   * strangers, who cannot make a hello, use up nobody's turn.
   * @param host the address that it comes from
   */
  mayAnswer({ nonce }: Hello, host: string, now: number): boolean {
    if (this.#answered.has(nonce)) return false;
    this.#lately = this.#lately.filter(({ at }) => now - at < SECOND);
    if (this.#lately.length >= IN_ALL) return false;
    if (this.#lately.filter((one) => one.host === host).length >= FROM_ONE_ADDRESS) return false;
    this.#lately.push({ host, at: now });
    this.#answered.add(nonce);
    return true;
  }
}

/** A set that keeps what was added last. */
class Recent<Value> {
  readonly #limit: number;
  readonly #values = new Set<Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(value: Value): boolean {
    return this.#values.has(value);
  }

  add(value: Value): void {
    this.#values.add(value);
    // A set gives its values in the order in which they were added.
    const [oldest] = this.#values;
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
  }
}
