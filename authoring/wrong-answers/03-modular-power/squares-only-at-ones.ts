// caught by: P4.5-power-small
// says: square for each of them
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    if (bit === "1") result = (result * result * base) % modulus;
  }
  return result;
