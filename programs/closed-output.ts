// What a program does when the reader of its output has had enough, as in `npm run show -- FILE | head`.

/**
 * Ends the program when its output can no longer be written. Without this, Node.js would end it with a stack trace.
 * @param exitCode 0 where the rest of the output is only text; another where it would have been a verdict
 */
export function endWhenOutputCloses(exitCode = 0): void {
  process.stdout.on("error", () => process.exit(exitCode));
}
