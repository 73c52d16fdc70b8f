// Starts a program in a terminal: in a pseudo-terminal of the system, or, where there is none, with pipes and a line
// discipline of ours. Both look alike from outside.

import { killGroup } from "../../programs/process-tree.ts";
import { startOnPipes } from "./on-pipes.ts";
import { loadPseudoTerminals } from "./pseudo-terminal.ts";
import type { TerminalProgram, TerminalStarter } from "./terminal-program.ts";

/** The programs that still run: they have to end with us. */
const running = new Set<TerminalProgram>();
process.on("exit", () => {
  for (const program of running) program.end();
});

/** Finds out what this machine has. @returns what starts a program in a terminal */
export async function loadTerminals(): Promise<TerminalStarter> {
  const start = (await loadPseudoTerminals()) ?? startOnPipes;
  return (words, options) => {
    const program = start(words, options);
    running.add(program);
    void program.ended.then(() => {
      running.delete(program);
      // What it has left behind.
      if (program.pid > 0) killGroup(program.pid);
    });
    return program;
  };
}
