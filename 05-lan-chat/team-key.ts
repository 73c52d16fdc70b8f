// The key that all members of a team have from its passphrase (P8.3).

/** The team's Fernet key: 32 bytes. It takes about a tenth of a second, on purpose. */
export function deriveTeamKey(passphrase: string, team: string): Promise<Buffer> {
  throw new Error(`not yet: ${[passphrase, team]}`);
}
