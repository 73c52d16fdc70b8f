// Words that people take for a passphrase, the likeliest first: the beginning of what an attacker has. Ours are few, so
// that the attack takes seconds. Real lists have millions of lines.

const TEXT = `
  password 123456 qwerty letmein welcome dragon monkey sunshine princess football baseball master shadow
  hello iloveyou abc123 superman batman trustno1 whatever freedom starwars summer winter spring autumn
  cookie coffee banana orange cheese chocolate pepper ginger pizza pancake summer2026 winter2026
  rocket team secret topsecret changeme admin guest office coffee123 kitchen friday monday holiday
`;

export const COMMON_PASSPHRASES: readonly string[] = [...new Set(TEXT.trim().split(/\s+/))];
