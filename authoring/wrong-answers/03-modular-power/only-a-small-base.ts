// caught by: P4.5-power-small
// says: the base is larger than the modulus
  if (base >= modulus) return 0n;
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
