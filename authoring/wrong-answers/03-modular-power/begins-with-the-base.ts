// caught by: P4.5-power-small
// says: modPow(5n, 6n, 23n)
  let result = base % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
