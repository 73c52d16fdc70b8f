// Ctrl-Z in a real terminal: readline reads it as a key, so the program has to suspend itself, and come back.

import type { Interface } from "node:readline";

/**
 * Suspends the program at Ctrl-Z as the shell expects it, with all of its process group (npm, say, that started it), and
 * takes the terminal back at `fg`. On Windows there is no such thing, and this never happens.
 */
export function suspendOnCtrlZ(readline: Interface): void {
  readline.on("SIGTSTP", () => {
    process.stdin.setRawMode(false); // Whoever uses the terminal meanwhile finds it as it was.
    process.once("SIGCONT", () => {
      process.stdin.setRawMode(true);
      readline.prompt(true);
    });
    process.kill(0, "SIGTSTP");
  });
}
