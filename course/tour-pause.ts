// Lets the tour wait between two stages, until a key is pressed. Without a terminal it does not wait.

import { type Key, readKeys } from "../terminal/keys.ts";

/** Ctrl-C ends a program with this exit code, as a shell counts it. */
const INTERRUPTED = 130;

const QUESTION = "any key goes on, q ends ";

export interface Pauses {
  /** Waits for a key, and says so. @returns false if the user wants no more */
  wait(): Promise<boolean>;
  /** Gives the keyboard back. */
  end(): void;
}

/** Takes over the keyboard until the end, so that what is typed meanwhile neither appears nor counts. */
export function startPauses(): Pauses {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return { wait: async () => true, end: () => {} };
  let answer: ((goesOn: boolean) => void) | undefined;
  const onKey = ({ name }: Key): void => {
    if (name === "ctrl-c") process.exit(INTERRUPTED);
    if (name === "ctrl-z") return suspend();
    if (answer === undefined && name !== "q") return;
    if (answer === undefined) process.exit(0); // In the middle of a stage, q ends the tour at once.
    answer(name !== "q");
  };
  let stop = readKeys(stdin, onKey);
  const suspend = (): void => {
    if (process.platform === "win32") return;
    stop();
    process.kill(0, "SIGTSTP"); // The whole process group, as a shell does: also npm, which started us.
    // We are here again after fg; or at once, where no shell is there to stop us.
    setImmediate(() => {
      stop = readKeys(stdin, onKey);
    });
  };
  const onExit = (): void => stop();
  process.on("exit", onExit);
  // The window was closed.
  stdin.on("end", () => process.exit(INTERRUPTED));
  return {
    wait: async () => {
      stdout.write(QUESTION);
      const goesOn = await new Promise<boolean>((resolve) => {
        answer = resolve;
      });
      answer = undefined;
      stdout.write(`\r${" ".repeat(QUESTION.length)}\r`); // Terminals without escape sequences do this, too.
      return goesOn;
    },
    end: () => {
      process.off("exit", onExit);
      stop();
    },
  };
}
