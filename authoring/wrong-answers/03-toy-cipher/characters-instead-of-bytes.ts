// caught by: P5.1-long-line P5.1-xored-lines
  const text = data.toString();
  let result = "";
  for (let i = 0; i < text.length; i += 1)
    result += String.fromCharCode(text.charCodeAt(i) ^ (key[i % key.length] ?? 0));
  return Buffer.from(result, "latin1");
