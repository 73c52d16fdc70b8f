// Runs another program of the course in the same terminal, while we wait: lesson runs learn, and learn runs lesson.

import { spawn } from "node:child_process";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { nodeCommand } from "../programs/node-command.ts";

export interface Guest {
  /** Settles when the program has ended: a sentence to show if something was wrong with its end, or nothing. */
  ended: Promise<string>;
  /** Ends the program. It restores the terminal itself. */
  end(): void;
}

/**
 * @param file relative to the course's folder
 * @param name what users call the program
 */
export function runInThisTerminal(file: string, argv: readonly string[], name: string): Guest {
  const [command = "", ...words] = nodeCommand(file);
  const program = spawn(command, [...words, ...argv], { cwd: COURSE_FOLDER, stdio: "inherit" });
  return {
    ended: new Promise((resolve) => {
      program.on("error", (error) => resolve(`${name} could not be started: ${error.message}`));
      program.on("close", (code) =>
        resolve(code === 0 || code === 1 ? "" : `${name} ended with exit code ${code}`),
      );
    }),
    end: () => void program.kill("SIGTERM"),
  };
}
