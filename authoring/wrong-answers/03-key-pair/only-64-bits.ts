// caught by: P4.3-fresh-private-keys
// says: The private keys are too short
  const largest = group.largestPrivateKey < 2n ** 64n ? group.largestPrivateKey : 2n ** 64n - 1n;
  for (;;) {
    const privateKey = draw(group.smallestPrivateKey, largest);
    const publicKey = modPow(group.generator, privateKey, group.prime);
    if (isAcceptable(publicKey, group)) return { privateKey, publicKey };
  }
