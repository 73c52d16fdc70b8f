// Stage 03's channel: keys are agreed on by Diffie-Hellman, and a line travels XORed with one of them (P4, P5).
// The key exchange is real. The cipher is a toy, weak on purpose: see toy-cipher.ts.

import { isUtf8 } from "node:buffer";
import type { Group } from "./groups.ts";
import { decodeHex } from "./hexadecimal.ts";
import { KeyExchange } from "./key-exchange.ts";
import { type ErrorCode, type JsonObject, ProtocolError, parseObject } from "./messages.ts";
import type { Channel } from "./stage-interface.ts";
import { toyKey, xorWithKey } from "./toy-cipher.ts";

export class XoredChannel implements Channel {
  readonly opening: readonly string[];
  safetyNumber: string | undefined;
  readonly #exchange: KeyExchange;
  #key: Buffer | undefined;

  constructor(group: Group) {
    this.#exchange = new KeyExchange(group);
    this.opening = [this.#exchange.line];
  }

  get ready(): boolean {
    return this.#key !== undefined;
  }

  agree(object: JsonObject): void {
    const { secret, safetyNumber } = this.#exchange.agree(object);
    this.#key = toyKey(secret);
    this.safetyNumber = safetyNumber;
  }

  wrap(line: string): string {
    return JSON.stringify({ type: "xored", ciphertext: this.#xor(Buffer.from(line)).toString("hex") });
  }

  unwrap(object: JsonObject): JsonObject {
    if (object.type !== "xored") throw new ProtocolError("bad-request", "after the keys every line is xored");
    const ciphertext = decodeHex(object.ciphertext);
    if (ciphertext === undefined)
      throw new ProtocolError("bad-request", "a ciphertext is lower-case hexadecimal");
    const line = this.#xor(ciphertext);
    if (!isUtf8(line)) throw new ProtocolError("bad-encoding", "a line must be UTF-8");
    return parseObject(line.toString());
  }

  errorCode(code: ErrorCode): ErrorCode {
    return code;
  }

  #xor(data: Buffer): Buffer {
    if (this.#key === undefined) throw new Error("the channel is not ready");
    return xorWithKey(data, this.#key);
  }
}
