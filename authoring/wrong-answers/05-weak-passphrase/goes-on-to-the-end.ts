// caught by: P8.3-weak-passphrase
  let found: string | undefined;
  for (const word of words) {
    const key = await deriveTeamKey(word, team);
    tried();
    if (decryptToken(key, token) !== undefined) found ??= word;
  }
  return found;
