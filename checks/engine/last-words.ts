// Finds in what a program has printed the line that tells why it has ended, and the lines that tell where. Pure.

/** How many lines beside the telling one are shown. */
const MOST_LINES = 4;

/** How many characters of a line are shown. */
const LONGEST = 200;

/** Lines of a stack trace, and what Node.js prints around one. */
const NOISE =
  /^\s+at |^\s*[\^~]+\s*$|^\s*triggerUncaughtException\($|^node:internal\/|^Node\.js v\d|^Traceback \(most recent|^\s*throw \w+;|^\s+(?:code|requireStack|errno|syscall|url): |^\s*[{}\]]+,?\s*$/;

/** An error with its name, as Node.js, Python, Java, Go and Rust print it. */
const NAMED_ERROR =
  /^(?:Uncaught |Exception in thread "[^"]*" |panic: |thread '[^']*' panicked)|^\s*[\w.$]*(?:Error|Exception)\b(?: \[\w+\])?(?::|$)/;

const ANY_ERROR = /\b(?:error|fatal|panic|exception|usage|failed)\b/i;

/** A stack trace of Node.js or Python. */
const TRACE = /^\s+at .+:\d+:\d+\)?$|^Traceback \(most recent call last\)|^\s+File ".+", line \d+/;

/**
 * @param errors the lines of standard error; what else was printed counts only if there are none
 * @returns the telling line first; an empty list if nothing was printed
 */
export function tellingLines(errors: readonly string[], output: readonly string[] = []): string[] {
  const isWorth = (line: string): boolean => line.trim() !== "" && !NOISE.test(line);
  const worth = (errors.some(isWorth) ? errors : output).filter(isWorth);
  const telling =
    worth.findLast((line) => NAMED_ERROR.test(line)) ??
    worth.findLast((line) => ANY_ERROR.test(line)) ??
    worth.at(-1);
  if (telling === undefined) return [];
  const index = worth.lastIndexOf(telling);
  // What stands before an error tells where it happened. Behind it stands less.
  const others = [...worth.slice(0, index).slice(-MOST_LINES), ...worth.slice(index + 1)];
  return [telling.trim(), ...others.slice(0, MOST_LINES)].map(short);
}

function short(line: string): string {
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

/** Whether the lines hold a stack trace: nobody has caught an error. */
export function hasTrace(lines: readonly string[]): boolean {
  return lines.some((line) => TRACE.test(line));
}
