// caught by: P5.1-long-line P5.1-xored-lines
  const result = Buffer.alloc(Math.min(data.length, key.length));
  for (let i = 0; i < result.length; i += 1) result[i] = (data[i] ?? 0) ^ (key[i] ?? 0);
  return result;
