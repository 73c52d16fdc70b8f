// caught by: P4.3-draws-again
// says: received:  { privateKey: 12n, publicKey: 18n }
  let privateKey = draw(group.smallestPrivateKey, group.largestPrivateKey);
  while (!isAcceptable(modPow(group.generator, privateKey, group.prime), group)) privateKey += 1n;
  return { privateKey, publicKey: modPow(group.generator, privateKey, group.prime) };
