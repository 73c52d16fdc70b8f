// caught by: P4.5-shared-secret P4.5-secret-with-leading-zeros
  const secret = modPow(othersPublicKey, privateKey, group.prime);
  return Buffer.from(secret.toString(16), "hex");
