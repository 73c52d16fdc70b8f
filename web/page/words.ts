// Counts, and what went wrong, in the words of all places. Pure.

/** `1,234,567`. */
export function countWords(count: number): string {
  return count.toLocaleString("en");
}

/** `1 packet`, `5 packets`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countWords(count)} ${count === 1 ? one : many}`;
}

/** What went wrong, for the user. @param problem what was thrown */
export function problemWords(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
