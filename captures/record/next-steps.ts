// Says what to do with a recording that was just made. Pure.

/** A recording, as paths to type. */
export interface Recorded {
  capture: string;
  /** The path of its key log; undefined if there is none. */
  keys: string | undefined;
  /** What opens a recording of stage 05, beside it; undefined for other stages, and for what somebody did live. */
  lan?: { passphrase: string; team: string; letter: string; identity: string } | undefined;
}

/** Lines for the user. @param recorded at least one */
export function nextSteps(recorded: readonly Recorded[]): string[] {
  const [first] = recorded;
  if (first === undefined) return [];
  const { lan } = first;
  const capture = quoted(first.capture);
  const team = lan === undefined ? "" : ` --passphrase-file ${quoted(lan.passphrase)} --team ${lan.team}`;
  const forLan =
    lan === undefined
      ? []
      : [
          `  npm run show -- ${capture} --udp all${team}`,
          `  npm run show -- --letter ${quoted(lan.letter)} --identity ${quoted(lan.identity)}`,
        ];
  const keys = first.keys === undefined ? "" : ` --keys ${quoted(first.keys)}`;
  return [
    recorded.length === 1
      ? "What was said, and every packet:"
      : "What was said in one of these files, and every packet, such as:",
    `  npm run show -- ${capture} --stream all${keys}${team}`,
    ...forLan,
    `  npm run show -- ${capture} --packets`,
    `Or open ${capture} in Wireshark (File > Open).`,
  ];
}

/** A path that a shell takes as one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `"${path}"`;
}
