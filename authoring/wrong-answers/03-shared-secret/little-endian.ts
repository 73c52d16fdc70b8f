// caught by: P4.5-shared-secret
// says: the most significant first
  const secret = modPow(othersPublicKey, privateKey, group.prime);
  return encodeInteger(secret, group.bytes).reverse();
