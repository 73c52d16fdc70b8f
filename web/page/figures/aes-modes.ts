// AES-256 in ECB and CBC, without padding, made of the one thing that a browser has: WebCrypto's AES-CBC, with PKCS#7 padding
// (NIST SP 800-38A; RFC 5652, section 6.3). For looking at: programs of your own want a tag, too. Pure.

import { toHex, xor } from "../bytes.ts";

export const BLOCK_BYTES = 16;

/** PKCS#7's padding of a text of whole blocks: a block of its own. */
const WHOLE_PADDING = new Uint8Array(BLOCK_BYTES).fill(BLOCK_BYTES);

type Bytes = Uint8Array<ArrayBuffer>;

/** A key of 32 bytes, made of a text: everybody can read it, so that the pictures are the same every time. */
export async function demonstrationKey(text: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", await sha256(text), "AES-CBC", false, ["encrypt", "decrypt"]);
}

/** An IV that everybody can read, likewise. A real one is random, and new for each text. */
export async function demonstrationIv(text: string): Promise<Bytes> {
  return (await sha256(text)).subarray(0, BLOCK_BYTES);
}

async function sha256(text: string): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Encrypts whole blocks in a chain. */
export async function encryptCbc(key: CryptoKey, iv: Bytes, blocks: Bytes): Promise<Bytes> {
  const padded = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, blocks));
  return padded.subarray(0, blocks.length); // Without the block of padding that WebCrypto adds.
}

/** AES of one block: in CBC the first block is XORed with the IV, so an IV of zeros changes nothing. */
async function encryptBlock(key: CryptoKey, block: Bytes): Promise<Bytes> {
  return encryptCbc(key, new Uint8Array(BLOCK_BYTES), block);
}

/** Encrypts each block on its own. Equal blocks become equal blocks, so each different one is encrypted once. */
export async function encryptEcb(key: CryptoKey, blocks: Bytes): Promise<Bytes> {
  const book = new Map<string, Bytes>();
  const result = new Uint8Array(blocks.length);
  for (const [i, block] of split(blocks).entries()) {
    const name = toHex(block);
    const encrypted = book.get(name) ?? (await encryptBlock(key, block));
    book.set(name, encrypted);
    result.set(encrypted, i * BLOCK_BYTES);
  }
  return result;
}

/** Decrypts whole blocks, whatever stands in them: WebCrypto wants padding at the end, so we add a block of it. */
export async function decryptCbc(key: CryptoKey, iv: Bytes, blocks: Bytes): Promise<Bytes> {
  const last = blocks.subarray(-BLOCK_BYTES);
  const padding = await encryptBlock(key, xor(last, WHOLE_PADDING));
  const padded = new Uint8Array([...blocks, ...padding]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, padded));
}

/** The blocks, 16 bytes each. */
export function split(bytes: Bytes): Bytes[] {
  return Array.from({ length: bytes.length / BLOCK_BYTES }, (_, i) =>
    bytes.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES),
  );
}

export function countDifferent(bytes: Bytes): number {
  return new Set(split(bytes).map((block) => toHex(block))).size;
}

/** A copy with one bit flipped. @param bit 0, the lowest, to 7 */
export function withFlippedBit(bytes: Bytes, place: number, bit: number): Bytes {
  const changed = bytes.slice();
  changed[place] = (changed[place] ?? 0) ^ (1 << bit);
  return changed;
}

/** The places at which two texts of one length differ. */
export function differences(one: Uint8Array, other: Uint8Array): number[] {
  return Array.from(one.keys()).filter((i) => one[i] !== other[i]);
}
