// A file as a page may show it: without the solutions of exercises. Pure.

const BEGIN = /^([ \t]*)\/\/ BEGIN SOLUTION (\S+)[ \t]*$/;
const END = /^[ \t]*\/\/ END SOLUTION (\S+)[ \t]*$/;

/** What stands in the place of a solution, behind its indentation. */
export const PLACEHOLDER = "// … exercise ";

/** The lines of a file, with one line in the place of each solution. What a solution declares is gone with it. */
export function withoutSolutions(text: string): string[] {
  const shown: string[] = [];
  let hiding: string | undefined;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (hiding !== undefined) {
      if (END.exec(line)?.[1] === hiding) hiding = undefined;
      continue;
    }
    const begin = BEGIN.exec(line);
    if (begin === null) {
      shown.push(line);
      continue;
    }
    hiding = begin[2];
    shown.push(`${begin[1]}${PLACEHOLDER}${hiding}: your part`);
  }
  return shown;
}
