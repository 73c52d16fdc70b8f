// caught by: P4.5-power-small
// says: Go through the binary digits from the left
  let result = 1n % modulus;
  for (const bit of [...exponent.toString(2)].reverse()) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
