// caught by: P5.1-short-line
// says: writes into data itself
  const result = data.subarray();
  for (let i = 0; i < data.length; i += 1) result[i] = (data[i] ?? 0) ^ (key[i % key.length] ?? 0);
  return result;
