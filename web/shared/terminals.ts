// What a page and its server say to each other about terminals: each has a program in it, and a number.

/** How large a terminal may be, in columns and rows. */
export const MOST_COLUMNS = 500;
export const MOST_ROWS = 200;

/** How many terminals a page may have in which a program runs. */
export const MOST_TERMINALS = 16;

/** How many characters of key presses, or of what is pasted, a page sends at once. */
export const MOST_TYPED = 65_536;

/** A program waits when its page was sent so many characters of output that it has not shown yet. */
export const MOST_UNSHOWN = 262_144;

export interface TerminalCalls {
  /** Key presses, as a terminal sends them. */
  "terminals/type": { given: { terminal: number; text: string }; result: null };
  "terminals/resize": { given: { terminal: number; columns: number; rows: number }; result: null };
  /** The page has shown so many more characters of the output: the program may go on. */
  "terminals/shown": { given: { terminal: number; characters: number }; result: null };
  /** Ends the program in it. */
  "terminals/end": { given: { terminal: number }; result: null };
}

export interface TerminalEvents {
  /** What the program has printed, with the escapes that a terminal obeys. */
  "terminals/output": { terminal: number; text: string };
  /** The program has ended, by itself, by a signal, or because it could not be started. */
  "terminals/ended": { terminal: number; code: number | null; signal: string | null; problem: string | null };
}
