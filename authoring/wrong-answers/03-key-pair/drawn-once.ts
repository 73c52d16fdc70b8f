// caught by: P4.3-draws-again
// says: draw again if it says no
  const privateKey = draw(group.smallestPrivateKey, group.largestPrivateKey);
  const publicKey = modPow(group.generator, privateKey, group.prime);
  return { privateKey, publicKey };
