// The errors in pages. Each says to the author where it is.

/** A page cannot be generated, or breaks a rule. The message begins with the file and the line. */
export class PageError extends Error {
  /**
   * @param file relative to the course's folder
   * @param line from 1
   * @param problem what is wrong, and what to do
   */
  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`);
  }
}

/** A marker asks for something that does not exist. A caller that knows the place makes a PageError of it. */
export class MarkerError extends Error {}
