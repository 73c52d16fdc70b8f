// A program with pipes in place of a pseudo-terminal. The program sees that no terminal reads its output; the user sees what
// they would see in one.

import { spawn } from "node:child_process";
import type { Ended } from "../../programs/child-program.ts";
import { killTree } from "../../programs/process-tree.ts";
import { terminalEnvironment } from "./environment.ts";
import { LineDiscipline, type Step, shownOutput } from "./line-discipline.ts";
import type { TerminalOptions, TerminalProgram } from "./terminal-program.ts";

const ON_WINDOWS = process.platform === "win32";

/** What a program does not read is kept for it up to so many bytes; then key presses are dropped, as a terminal does it. */
const MOST_UNREAD = 1_048_576;

/** Starts a program in a process group of its own: Ctrl-C goes to all of it. */
export function startOnPipes(
  [command = "", ...argv]: readonly string[],
  { folder, environment }: TerminalOptions,
): TerminalProgram {
  const child = spawn(command, argv, {
    cwd: folder,
    env: terminalEnvironment(process.env, environment),
    stdio: ["pipe", "pipe", "pipe"],
    // On Windows, a program with a group of its own would open a window.
    detached: !ON_WINDOWS,
    windowsHide: true,
  });
  const line = new LineDiscipline();
  const outputs = [child.stdout, child.stderr];
  const handlers: ((text: string) => void)[] = [];
  const show = (text: string): void => {
    for (const handler of handlers) handler(text);
  };
  for (const output of outputs)
    output.setEncoding("utf8").on("data", (text: string) => show(shownOutput(text)));
  child.stdin.on("error", () => {}); // The program may end before it has read its input.

  const take = (step: Step): void => {
    if ("show" in step) show(step.show);
    else if ("interrupts" in step) interrupt(child.pid);
    else if ("endsInput" in step) child.stdin.end();
    else if (child.stdin.writable && child.stdin.writableLength < MOST_UNREAD) child.stdin.write(step.send);
  };
  let isOver = false;
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      isOver = true;
      resolve({ code, signal });
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return; // It runs; something else failed, such as a signal.
      const problem = error.code === "ENOENT" ? "not installed" : error.message;
      resolve({ code: null, signal: null, problem });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    onOutput: (handler) => handlers.push(handler),
    write: (text) => line.typed(text).forEach(take),
    resize: () => {}, // A pipe has no columns.
    pause: () => {
      for (const output of outputs) output.pause();
    },
    resume: () => {
      for (const output of outputs) output.resume();
    },
    end: () => {
      if (child.pid !== undefined && !isOver) killTree(child.pid);
    },
  };
}

function interrupt(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    // Windows knows no signals: there, this ends the program.
    process.kill(ON_WINDOWS ? pid : -pid, "SIGINT");
  } catch {
    // It has ended in the meantime.
  }
}
