// caught by: P4.5-secret-with-leading-zeros
  const secret = modPow(othersPublicKey, privateKey, group.prime);
  return Buffer.from(secret.toString(16).padEnd(2 * group.bytes, "0"), "hex");
