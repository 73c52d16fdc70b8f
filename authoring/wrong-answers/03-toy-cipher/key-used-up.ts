// caught by: P5.1-short-line P5.1-xored-lines
// says: The key does not start anew in every line
  const result = Buffer.alloc(data.length);
  for (let i = 0; i < data.length; i += 1) result[i] = (data[i] ?? 0) ^ (key[i % key.length] ?? 0);
  key.set(Buffer.concat([key.subarray(data.length % key.length), key.subarray(0, data.length % key.length)]));
  return result;
