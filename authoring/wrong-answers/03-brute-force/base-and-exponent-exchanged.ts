// caught by: P4.2-brute-force
// says: g^x mod p
  for (let candidate = group.smallestPrivateKey; candidate <= group.largestPrivateKey; candidate += 1n) {
    if (modPow(candidate, group.generator, group.prime) === publicKey) return candidate;
  }
  return undefined;
