// What programs in a terminal of the page learn from their environment. Pure.

/** What our own terminal says of itself: it is another than theirs. */
const OF_OURS = ["TMUX", "TMUX_PANE", "STY", "WINDOW", "WINDOWID", "TERMCAP", "COLUMNS", "LINES"];

/** @param given what the program gets in addition */
export function terminalEnvironment(
  ours: NodeJS.ProcessEnv,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = Object.entries(ours).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !OF_OURS.includes(entry[0]),
  );
  return { ...Object.fromEntries(kept), TERM: "xterm-256color", ...given };
}
