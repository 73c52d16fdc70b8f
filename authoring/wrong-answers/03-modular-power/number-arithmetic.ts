// caught by: P4.5-power-large
// says: All must stay bigint
  let result = 1;
  const factor = Number(base % modulus);
  for (const bit of exponent.toString(2)) {
    result = (result * result) % Number(modulus);
    if (bit === "1") result = (result * factor) % Number(modulus);
  }
  return BigInt(Number.isFinite(result) ? result : 0);
