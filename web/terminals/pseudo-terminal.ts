// A program in a pseudo-terminal. Node.js cannot make one; the optional package @lydell/node-pty does.

import { constants } from "node:os";
import type { IPty } from "@lydell/node-pty";
import type { Ended } from "../../programs/child-program.ts";
import { killTree } from "../../programs/process-tree.ts";
import { terminalEnvironment } from "./environment.ts";
import { PseudoTerminalInput } from "./pseudo-terminal-input.ts";
import type { TerminalOptions, TerminalProgram, TerminalStarter } from "./terminal-program.ts";

let loaded: Promise<TerminalStarter | undefined> | undefined;

/** Undefined where the package is missing, or where COURSE_PTY=no forbids it. */
export function loadPseudoTerminals(): Promise<TerminalStarter | undefined> {
  if (process.env.COURSE_PTY === "no") return Promise.resolve(undefined);
  loaded ??= load();
  return loaded;
}

async function load(): Promise<TerminalStarter | undefined> {
  try {
    const { spawn } = await import("@lydell/node-pty");
    return (words, options) => startInPseudoTerminal(spawn, words, options);
  } catch {
    return undefined; // It is optional: there is no build of it for every system.
  }
}

function startInPseudoTerminal(
  spawn: typeof import("@lydell/node-pty").spawn,
  [command = "", ...argv]: readonly string[],
  { columns, rows, folder, environment }: TerminalOptions,
): TerminalProgram {
  let pty: IPty;
  try {
    const env = terminalEnvironment(process.env, environment);
    pty = spawn(command, argv, { name: env.TERM ?? "xterm", cols: columns, rows, cwd: folder, env });
  } catch (error) {
    return notStarted(error instanceof Error ? error.message : String(error));
  }
  const handlers: ((text: string) => void)[] = [];
  let isOver = false;
  const type = typist(pty);
  pty.onData((text) => {
    for (const handler of handlers) handler(text);
  });
  const ended = new Promise<Ended>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isOver = true;
      const name = signalName(signal);
      resolve(name === null ? { code: exitCode, signal: null } : { code: null, signal: name });
    });
  });
  return {
    pid: pty.pid,
    ended,
    onOutput: (handler) => handlers.push(handler),
    write: (text) => {
      if (!isOver) type(text);
    },
    resize: (width, height) => {
      if (isOver) return;
      try {
        pty.resize(width, height);
      } catch {
        // It has just ended, and nobody has told us yet.
      }
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    end: () => {
      if (!isOver) killTree(pty.pid);
    },
  };
}

/** What its types leave out. */
type WithDescriptor = IPty & { fd?: number; on(event: "close", listener: () => void): void };

/** How to type into it. Windows has no descriptor of it, and needs none: there, writing never waits. */
function typist(pty: IPty): (text: string) => void {
  const { fd } = pty as WithDescriptor;
  if (process.platform === "win32" || fd === undefined) return (text) => pty.write(text);
  const input = new PseudoTerminalInput(fd);
  (pty as WithDescriptor).on("close", () => input.close());
  return (text) => input.write(text);
}

/** There are no more processes, or no more terminals. */
function notStarted(problem: string): TerminalProgram {
  const nothing = (): void => {};
  return {
    pid: 0,
    ended: Promise.resolve({ code: null, signal: null, problem }),
    onOutput: nothing,
    write: nothing,
    resize: nothing,
    pause: nothing,
    resume: nothing,
    end: nothing,
  };
}

/** 0 stands for none. */
function signalName(number: number | undefined): NodeJS.Signals | null {
  const named = Object.entries(constants.signals).find(([, one]) => one === number);
  return named === undefined ? null : (named[0] as NodeJS.Signals);
}
