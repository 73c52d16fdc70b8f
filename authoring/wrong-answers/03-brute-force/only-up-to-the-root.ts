// caught by: P4.2-brute-force
// says: Every private key of the group has to be tried
  for (let candidate = 2n; candidate * candidate <= group.prime; candidate += 1n) {
    if (modPow(group.generator, candidate, group.prime) === publicKey) return candidate;
  }
  return undefined;
