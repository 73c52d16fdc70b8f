// caught by: P4.2-brute-force
// says: if g^x mod p is the public key
  for (let candidate = group.smallestPrivateKey; candidate <= group.largestPrivateKey; candidate += 1n) {
    if ((group.generator * candidate) % group.prime === publicKey) return candidate;
  }
  return undefined;
