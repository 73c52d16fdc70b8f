// What messages advise to do. The terminal has keys and commands for it, the page in the browser has buttons: each tells its own.

/** Each is a part of a sentence. */
export interface Advice {
  /** How to write a damaged file of the exercise's folder anew. */
  reset(id: string): string;
  /** How to answer a question that has no answer yet. */
  answer(id: string): string;
  /** How to check the code that was changed after it had passed. */
  check(id: string): string;
  /** When saved files are checked where the system does not report them. */
  lookedAt: string;
  /** How to go on with what is not on the short way. */
  wholeWay: string;
}

/** For `npm run learn`. */
export const IN_TERMINAL: Advice = {
  reset: (id) => `reset it with x, or with "npm run learn -- reset ${id}"`,
  answer: (id) => `press a, or npm run learn -- answer ${id} "…"`,
  check: (id) => `npm run learn -- check ${id}`,
  lookedAt: "learn looks twice a second, and r checks at once",
  wholeWay: "npm run learn, without --short, goes on with them",
};
