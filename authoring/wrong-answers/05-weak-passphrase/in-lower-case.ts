// caught by: P8.3-weak-passphrase
  for (const word of words) {
    const key = await deriveTeamKey(word.toLowerCase(), team);
    tried();
    if (decryptToken(key, token) !== undefined) return word;
  }
  return undefined;
