// caught by: P4.5-secret-with-leading-zeros
// says: as long as
  const digits = modPow(othersPublicKey, privateKey, group.prime).toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
