// caught by: P4.3-key-pair P4.3-fresh-private-keys P4.3-draws-again
// says: The private key is always the same
  const privateKey = 6n;
  const publicKey = modPow(group.generator, privateKey, group.prime);
  return { privateKey, publicKey };
