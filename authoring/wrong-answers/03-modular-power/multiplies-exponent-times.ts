// caught by: P4.5-power-large
// says: does far too much work
  let result = 1n % modulus;
  for (let i = 0n; i < exponent; i += 1n) result = (result * base) % modulus;
  return result;
