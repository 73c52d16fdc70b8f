// caught by: P4.5-power-large
// says: Maximum BigInt size exceeded
  return base ** exponent % modulus;
