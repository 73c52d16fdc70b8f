// Diffie-Hellman with numbers of any size, and the safety number (P4). TEACHING CODE: how long it takes depends on the private
// key, and browsers have X25519 for real use. Pure.

/** A prime p, and a generator g (P4.2). */
export interface Group {
  name: "toy" | "modp2048";
  prime: bigint;
  generator: bigint;
  /** The length of p, in bytes: keys are encoded in as many. */
  bytes: number;
  /** The smallest and the largest private key (P4.3). */
  smallestPrivateKey: bigint;
  largestPrivateKey: bigint;
}

/** WEAK ON PURPOSE: a prime to do by hand. */
export const TOY: Group = {
  name: "toy",
  prime: 23n,
  generator: 5n,
  bytes: 1,
  smallestPrivateKey: 2n,
  largestPrivateKey: 21n,
};

/** Group 14 of RFC 3526, section 3. */
export const GROUP_14: Group = {
  name: "modp2048",
  prime: BigInt(
    `0x${[
      "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74",
      "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437",
      "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
      "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05",
      "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb",
      "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
      "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718",
      "3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff",
    ].join("")}`,
  ),
  generator: 2n,
  bytes: 256,
  smallestPrivateKey: 2n,
  largestPrivateKey: 2n ** 256n - 1n,
};

/** base^exponent mod modulus, by squaring and multiplying, as lesson 03-2 does it. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

/** An integer in exactly `bytes` bytes, the most significant first. */
export function encodeInteger(integer: bigint, bytes: number): Uint8Array<ArrayBuffer> {
  const digits = integer.toString(16).padStart(2 * bytes, "0");
  return Uint8Array.from({ length: bytes }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export interface KeyPair {
  privateKey: bigint;
  publicKey: bigint;
}

export function keyPair(privateKey: bigint, group: Group): KeyPair {
  return { privateKey, publicKey: modPow(group.generator, privateKey, group.prime) };
}

/** Draws a fresh key pair; again if the other side would refuse it (P4.3, P4.4). */
export function drawKeyPair(group: Group): KeyPair {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(group.name === "toy" ? 1 : 32));
    const drawn = bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
    const privateKey = group.name === "toy" ? drawn & 31n : drawn;
    if (privateKey < group.smallestPrivateKey || privateKey > group.largestPrivateKey) continue;
    const pair = keyPair(privateKey, group);
    if (pair.publicKey >= 2n && pair.publicKey <= group.prime - 2n) return pair;
  }
}

/**
 * The safety number of two public keys (P4.6): SHA-256 of a label and both, the bytewise smaller first; of the hash six groups of
 * five digits, each from five bytes.
 */
export async function safetyNumber(one: bigint, other: bigint, group: Group): Promise<string> {
  // Encoded in as many bytes, the smaller number is the bytewise smaller one.
  const keys = (one <= other ? [one, other] : [other, one]).map((key) => encodeInteger(key, group.bytes));
  const label = new TextEncoder().encode("p2p-chat safety number");
  const text = Uint8Array.from([label, ...keys].flatMap((bytes) => [...bytes]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const groups = Array.from({ length: 6 }, (_, i) => {
    const value = digest.subarray(5 * i, 5 * i + 5).reduce((number, byte) => 256 * number + byte, 0);
    return String(value % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
}
