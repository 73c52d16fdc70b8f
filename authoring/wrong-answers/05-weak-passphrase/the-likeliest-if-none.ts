// caught by: P8.3-weak-passphrase
  for (const word of words) {
    const key = await deriveTeamKey(word, team);
    tried();
    if (decryptToken(key, token) !== undefined) return word;
  }
  return words[0];
