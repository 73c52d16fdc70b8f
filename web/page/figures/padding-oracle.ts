// Reading AES-CBC without the key, byte by byte, from somebody who says whether the padding was right (lesson 04-5; Vaudenay,
// "Security Flaws Induced by CBC Padding", EUROCRYPT 2002).

import { xor } from "../bytes.ts";
import { BLOCK_BYTES } from "./aes-modes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Says whether the padding is right when this block is decrypted with this IV. */
export type Oracle = (iv: Bytes, block: Bytes) => Promise<boolean>;

/** Bob of the lab. WebCrypto fails if the padding is wrong (PKCS#7, RFC 5652, section 6.3), and that is all an oracle needs. */
export function browserOracle(key: CryptoKey): Oracle {
  return async (iv, block) => {
    try {
      const text = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, block);
      // A right padding takes a byte at least. WebKitGTK lets 00 pass for one, which takes none.
      return text.byteLength < block.length;
    } catch {
      return false;
    }
  };
}

/**
 * What came of a question: `by-chance` is a right padding that is none of ours: 02 02 instead of 01, say.
 */
export type Answer = "wrong" | "right" | "by-chance";

/** A block of ciphertext that is being opened. The IV is sent with it, and is ours to choose. */
export class BlockOpener {
  readonly block: Bytes;
  /** What really stands before it on the wire: the block before, or the IV. */
  readonly before: Bytes;
  readonly #oracle: Oracle;
  /** What AES backwards makes of the block, as far as it is known. */
  readonly opened: (number | undefined)[] = Array.from({ length: BLOCK_BYTES }, () => undefined);
  /** The byte that is being looked for: from the last, 15, to 0. */
  position = BLOCK_BYTES - 1;
  /** What this byte of the IV is set to. */
  value = 0;
  /** What has been asked for this byte: the answer to each value. */
  answers = new Map<number, Answer>();
  /** How many questions this byte, and the whole block, have taken. */
  questionsHere = 0;
  questions = 0;

  constructor(block: Bytes, before: Bytes, oracle: Oracle) {
    this.block = block;
    this.before = before;
    this.#oracle = oracle;
  }

  /** The number that the last bytes shall come out as: 01, then 02 02, and so on. */
  get padding(): number {
    return BLOCK_BYTES - this.position;
  }

  /** The IV that is sent: known bytes come out as the padding, this byte is tried, and those before are zero. */
  get iv(): Bytes {
    const iv = new Uint8Array(BLOCK_BYTES);
    for (let i = this.position + 1; i < BLOCK_BYTES; i += 1) iv[i] = (this.opened[i] ?? 0) ^ this.padding;
    iv[this.position] = this.value;
    return iv;
  }

  /** Whether this byte is known. */
  get isFound(): boolean {
    return this.opened[this.position] !== undefined;
  }

  /** Whether all 16 are. */
  get isDone(): boolean {
    return this.position === 0 && this.isFound;
  }

  /** The bytes of the text, as far as they are known: opened XOR what really stands before. */
  get text(): (number | undefined)[] {
    return this.opened.map((byte, i) => (byte === undefined ? undefined : byte ^ (this.before[i] ?? 0)));
  }

  /** Asks with the IV as it is. */
  async ask(): Promise<Answer> {
    const value = this.value;
    const answer = await this.#answerTo(this.iv);
    this.answers.set(value, answer);
    if (answer === "right") this.opened[this.position] = value ^ this.padding;
    return answer;
  }

  async #answerTo(iv: Bytes): Promise<Answer> {
    if (!(await this.#question(iv))) return "wrong";
    if (this.position < BLOCK_BYTES - 1) return "right"; // The last byte is set to the padding, so it can be no other one.
    // The byte before may happen to come out as 02, and then 02 is right as well as 01. With another byte there, only 01 is.
    const changed = iv.slice();
    changed[this.position - 1] = 0xff;
    return (await this.#question(changed)) ? "right" : "by-chance";
  }

  async #question(iv: Bytes): Promise<boolean> {
    this.questions += 1;
    this.questionsHere += 1;
    return this.#oracle(iv, this.block);
  }

  /** Sets the next value that has not been asked, and asks. */
  async askNext(): Promise<Answer> {
    while (this.answers.has(this.value) && this.answers.size < 256) this.value = (this.value + 1) % 256;
    return this.ask();
  }

  /** Goes on to the byte before, once this one is known. */
  goOn(): void {
    if (!this.isFound || this.position === 0) return;
    this.position -= 1;
    this.value = 0;
    this.answers = new Map();
    this.questionsHere = 0;
  }
}

/** The blocks of a line, each with what stands before it. @param iv the real one */
export function openersOf(iv: Bytes, ciphertext: Bytes, oracle: Oracle): BlockOpener[] {
  const count = ciphertext.length / BLOCK_BYTES;
  const blockAt = (i: number) => (i < 0 ? iv : ciphertext.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
  return Array.from({ length: count }, (_, i) => new BlockOpener(blockAt(i), blockAt(i - 1), oracle));
}

/** What the last bytes of a block come out as at Bob's, as far as we know. */
export function comesOutAs({ opened, iv }: BlockOpener): (number | undefined)[] {
  const known = xor(
    Uint8Array.from(opened, (byte) => byte ?? 0),
    iv,
  );
  return opened.map((byte, i) => (byte === undefined ? undefined : known[i]));
}
