// caught by: P5.1-short-line
// says: writes into data itself
  for (let i = 0; i < data.length; i += 1) data[i] = (data[i] ?? 0) ^ (key[i % key.length] ?? 0);
  return data;
