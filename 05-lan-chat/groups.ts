// The groups that Diffie-Hellman runs in: a prime p and a generator g (P4.2).

export type GroupName = "modp2048" | "toy";

export interface Group {
  name: GroupName;
  /** The prime p. All arithmetic is modulo p. */
  prime: bigint;
  /** The generator g: public keys are powers of it. */
  generator: bigint;
  /** The length of p, in bytes. Keys and secrets are encoded in as many. */
  bytes: number;
  /** The smallest and the largest private key to draw. */
  smallestPrivateKey: bigint;
  largestPrivateKey: bigint;
}

/**
 * Group 14 of RFC 3526, section 3: a safe prime of 2,048 bits, 2^2048 - 2^1984 - 1 + 2^64 * ([2^1918 pi] + 124476).
 * Its digits come from pi, so nobody has chosen them for a weakness that only they know.
 * NIST rates groups of this size at 112 bits of strength (SP 800-57 part 1, table 2). To find a private key of
 * 256 bits without using the structure of the group takes about 2^128 steps, so a longer one would add nothing.
 */
export const modp2048: Group = {
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

/** WEAK ON PURPOSE: 23 is a prime to do by hand. There are hardly twenty private keys to try. For lessons only. */
export const toyGroup: Group = {
  name: "toy",
  prime: 23n,
  generator: 5n,
  bytes: 1,
  smallestPrivateKey: 2n,
  largestPrivateKey: 21n,
};

export const GROUPS: Readonly<Record<GroupName, Group>> = { modp2048, toy: toyGroup };
