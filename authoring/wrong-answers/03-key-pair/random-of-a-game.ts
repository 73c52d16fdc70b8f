// caught by: P4.3-key-pair
// says: The private key must come from draw(smallest, largest)
  for (;;) {
    const privateKey = group.smallestPrivateKey + BigInt(Math.floor(Math.random() * 20));
    const publicKey = modPow(group.generator, privateKey, group.prime);
    if (isAcceptable(publicKey, group)) return { privateKey, publicKey };
  }
