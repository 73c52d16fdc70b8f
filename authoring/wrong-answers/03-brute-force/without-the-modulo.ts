// caught by: P4.2-brute-force
// says: g^x mod p
  for (let candidate = group.smallestPrivateKey; candidate <= group.largestPrivateKey; candidate += 1n) {
    if (group.generator ** candidate === publicKey) return candidate;
  }
  return undefined;
