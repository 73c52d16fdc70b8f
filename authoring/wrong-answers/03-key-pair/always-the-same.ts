// caught by: P4.3-fresh-private-keys
// says: The private key is always the same
  const privateKey = 6n;
  const publicKey = modPow(group.generator, privateKey, group.prime);
  return { privateKey, publicKey };
