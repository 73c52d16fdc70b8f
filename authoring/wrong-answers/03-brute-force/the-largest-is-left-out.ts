// caught by: P4.2-brute-force
// says: The smallest and the largest private key
  for (let candidate = group.smallestPrivateKey; candidate < group.largestPrivateKey; candidate += 1n) {
    if (modPow(group.generator, candidate, group.prime) === publicKey) return candidate;
  }
  return undefined;
