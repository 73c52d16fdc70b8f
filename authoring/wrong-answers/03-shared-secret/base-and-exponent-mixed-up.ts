// caught by: P4.5-shared-secret
// says: Base and exponent are mixed up
  const secret = modPow(privateKey, othersPublicKey, group.prime);
  return encodeInteger(secret, group.bytes);
