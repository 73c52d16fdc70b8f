// Sealed lines: what P6.2 and P6.3 put on the wire for each line of the chat.
// A Sealer counts and seals what one side sends; an Opener, on the other side, refuses whatever is not exactly the next.

import { randomBytes } from "node:crypto";
import { decrypt, encrypt, IV_BYTES } from "./aes-cbc-hmac.ts";
import { decodeHex } from "./hexadecimal.ts";
import type { JsonObject } from "./messages.ts";

export class Sealer {
  // BEGIN SOLUTION 04-cbc
  readonly #key: Buffer;
  readonly #drawIv: () => Buffer;
  #sequenceNumber = 0;

  /** @param drawIv gives 16 bytes that nobody can foretell, other ones each time */
  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
    this.#drawIv = drawIv;
  }

  /** The line that stands on the wire for this line of the chat. */
  seal(line: string): string {
    const iv = this.#drawIv();
    const { ciphertext, tag } = encrypt(
      this.#key,
      iv,
      Buffer.from(line),
      encodeSequenceNumber(this.#sequenceNumber),
    );
    const sealed = {
      type: "sealed",
      seq: this.#sequenceNumber,
      iv: iv.toString("hex"),
      ciphertext: ciphertext.toString("hex"),
      tag: tag.toString("hex"),
    };
    this.#sequenceNumber += 1;
    return JSON.stringify(sealed);
  }
  // END SOLUTION 04-cbc
}

export class Opener {
  readonly #key: Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  // BEGIN SOLUTION 04-sequence
  /**
   * The bytes of the line that was sealed, or undefined if this is not the next line that the other side sealed:
   * changed, repeated, left out, out of order, sent back, or made by somebody without the key.
   */
  open(object: JsonObject): Buffer | undefined {
    if (object.type !== "sealed" || object.seq !== this.#sequenceNumber) return undefined;
    const iv = decodeHex(object.iv);
    const ciphertext = decodeHex(object.ciphertext);
    const tag = decodeHex(object.tag);
    if (iv?.length !== IV_BYTES || ciphertext === undefined || tag === undefined) return undefined;
    const line = decrypt(this.#key, iv, { ciphertext, tag }, encodeSequenceNumber(this.#sequenceNumber));
    if (line !== undefined) this.#sequenceNumber += 1;
    return line;
  }
  // END SOLUTION 04-sequence
}

/** The additional data: the sequence number as 8 bytes, big-endian. */
function encodeSequenceNumber(sequenceNumber: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(sequenceNumber));
  return bytes;
}
