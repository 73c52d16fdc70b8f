// Sealed tokens: the objects of one direction of a session, each under the direction's key, and numbered (P9.4).

import { isUtf8 } from "node:buffer";
import { decryptToken, encryptToken } from "./fernet.ts";
import { type JsonObject, parseObject } from "./messages.ts";

/** Seals what one side sends. */
export class TokenSealer {
  readonly #key: Buffer;
  readonly #seconds: () => number;
  readonly #drawIv: () => Buffer | undefined;
  #seq = 0;

  /**
   * @param seconds the time that stands in the tokens, in seconds since 1970; in a session nobody looks at it
   * @param drawIv gives 16 bytes that nobody can foretell, other ones each time; undefined lets Fernet draw them
   */
  constructor(key: Buffer, seconds: () => number, drawIv: () => Buffer | undefined = () => undefined) {
    this.#key = key;
    this.#seconds = seconds;
    this.#drawIv = drawIv;
  }

  /** The token that stands on the wire for this object. */
  seal(object: Readonly<Record<string, unknown>>): string {
    const text = JSON.stringify({ seq: this.#seq, ...object });
    this.#seq += 1;
    return encryptToken(this.#key, Buffer.from(text), this.#seconds(), this.#drawIv());
  }
}

/** Opens what the other side sends. */
export class TokenOpener {
  readonly #key: Buffer;
  #seq = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * The object that was sealed; undefined if this is not the next one that the other side sealed: changed, repeated,
   * left out, out of order, sent back, or made by somebody without the key.
   */
  open(token: string): JsonObject | undefined {
    const opened = decryptToken(this.#key, token);
    const object = opened === undefined ? undefined : parseText(opened.plaintext);
    if (object?.seq !== this.#seq) return undefined;
    this.#seq += 1;
    return object;
  }
}

/** The JSON object in a token; undefined if it is not UTF-8, not JSON, no object, or has no string `type`. */
export function parseText(plaintext: Buffer): JsonObject | undefined {
  if (!isUtf8(plaintext)) return undefined;
  try {
    return parseObject(plaintext.toString());
  } catch {
    return undefined;
  }
}
