// Makes random values from a seed, so that a failed check can be repeated exactly. Not suitable for keys.

import { createHash } from "node:crypto";

export class Random {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** @param count how many bytes */
  bytes(count: number): Buffer<ArrayBuffer> {
    const parts: Buffer[] = [];
    for (let have = 0; have < count; have += 32) {
      this.#count += 1;
      parts.push(createHash("sha256").update(`${this.#seed} ${this.#count}`).digest());
    }
    return Buffer.concat(parts).subarray(0, count);
  }

  /** An integer from `least` to `most`, both included. They must be at most 2^40 apart. */
  integer(least: number, most: number): number {
    return least + (this.bytes(6).readUIntBE(0, 6) % (most - least + 1));
  }

  /** One of the values. */
  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.integer(0, values.length - 1)] ?? values[0];
  }

  /** A word of lower-case letters. */
  word(length = 8): string {
    return Array.from({ length }, () => "abcdefghijklmnopqrstuvwxyz"[this.integer(0, 25)]).join("");
  }
}
