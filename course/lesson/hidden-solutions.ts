// Makes the text of a file without the solutions of exercises, so that a page may show it. Pure.

const BEGIN = /^([ \t]*)\/\/ BEGIN SOLUTION (\S+)[ \t]*$/;
const END = /^[ \t]*\/\/ END SOLUTION (\S+)[ \t]*$/;

/** The beginning of the line that replaces a solution, after the indentation. */
export const PLACEHOLDER = "// … exercise ";

/** The lines of a file, with one line in place of each solution. The declarations in a solution are gone, too. */
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
