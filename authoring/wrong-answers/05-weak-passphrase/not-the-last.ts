// caught by: P8.3-weak-passphrase
// says: The last word of the list has to be tried, too
  for (const word of words.slice(0, -1)) {
    const key = await deriveTeamKey(word, team);
    tried();
    if (decryptToken(key, token) !== undefined) return word;
  }
  return undefined;
