// caught by: P4.2-brute-force
// says: Return undefined then
  let candidate = group.smallestPrivateKey;
  while (candidate < group.largestPrivateKey && modPow(group.generator, candidate, group.prime) !== publicKey)
    candidate += 1n;
  return candidate;
