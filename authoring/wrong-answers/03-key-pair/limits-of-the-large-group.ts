// caught by: P4.3-key-pair
// says: between other limits than the group
  for (;;) {
    const privateKey = draw(2n, 2n ** 256n - 1n);
    const publicKey = modPow(group.generator, privateKey, group.prime);
    if (isAcceptable(publicKey, group)) return { privateKey, publicKey };
  }
