// caught by: P5.1-short-line
// says: first difference
  const result = Buffer.alloc(Math.ceil(data.length / key.length) * key.length);
  for (let i = 0; i < result.length; i += 1) result[i] = (data[i] ?? 0) ^ (key[i % key.length] ?? 0);
  return result;
