// caught by: P5.1-long-line
// says: XORed with byte 0 of the key
  const result = Buffer.alloc(data.length);
  for (let i = 0; i < data.length; i += 1) result[i] = (data[i] ?? 0) ^ (key[i] ?? 0);
  return result;
