// Says what to do with a recording that was just made. Pure.

/** A recording, as paths to type. */
export interface Recorded {
  capture: string;
  /** The path of its key log; undefined if there is none. */
  keys: string | undefined;
}

/** Lines for the user. @param recorded at least one */
export function nextSteps(recorded: readonly Recorded[]): string[] {
  const [first] = recorded;
  if (first === undefined) return [];
  const capture = quoted(first.capture);
  const keys = first.keys === undefined ? "" : ` --keys ${quoted(first.keys)}`;
  return [
    recorded.length === 1
      ? "What was said, and every packet:"
      : "What was said in one of these files, and every packet, such as:",
    `  npm run show -- ${capture} --stream all${keys}`,
    `  npm run show -- ${capture} --packets`,
    `Or open ${capture} in Wireshark (File > Open).`,
  ];
}

/** A path that a shell takes as one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `"${path}"`;
}
