// caught by: P4.3-key-pair
// says: between other limits than the group
  for (;;) {
    const privateKey = draw(1n, group.largestPrivateKey);
    const publicKey = modPow(group.generator, privateKey, group.prime);
    if (isAcceptable(publicKey, group)) return { privateKey, publicKey };
  }
