// Passphrases that people take, because they are easy to remember: the word list of weak-passphrase. Pure.

/** What people think of first, most frequent kinds first: words for a door, names, animals, places, keys in a row. */
const TEXT = `
  password password1 password123 passphrase secret topsecret letmein opensesame welcome welcome1 admin hello hello123
  chat ourchat ourteam team team1 teamwork class classroom school university network security crypto friends
  123456 12345678 123456789 1234567890 111111 000000 123123 abc123 abcdef qwerty qwertz azerty qwerty123 asdfgh
  sunshine summer winter spring autumn monday friday december summer2025 summer2026 winter2026 holiday weekend
  dragon monkey tiger lion panther eagle falcon dolphin rabbit kitten puppy unicorn penguin butterfly
  football soccer baseball basketball tennis hockey chelsea arsenal liverpool barcelona madrid
  london paris berlin vienna lisbon athens dublin warsaw boston chicago
  alice alice123 bob bob123 carol charlie daniel michael jessica ashley thomas andrea maria sofia
  chocolate coffee pizza banana cheese cookie pepper ginger sugar
  starwars superman batman pokemon matrix hobbit gandalf merlin phoenix
  iloveyou love forever princess angel flower freedom rainbow music guitar diamond silver golden
`;

const WORDS = TEXT.trim().split(/\s+/);

/** What is tried for a team, in order: first what its own name gives. */
export function passphrasesFor(team: string): string[] {
  const low = team.toLowerCase();
  const ofTeam = [team, low, `${low}1`, `${low}123`, `${low}2026`, `team${low}`, `${low}team`, `${low}!`];
  return [...new Set([...ofTeam, ...WORDS])];
}
