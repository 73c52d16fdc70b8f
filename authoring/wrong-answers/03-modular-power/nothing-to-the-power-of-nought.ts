// caught by: P4.5-power-small
// says: The exponent may be 0
  let result = base % modulus;
  const factor = base % modulus;
  for (const bit of exponent.toString(2).slice(1)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * factor) % modulus;
  }
  return result;
