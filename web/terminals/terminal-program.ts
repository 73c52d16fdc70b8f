// What a program in a terminal is, whether a pseudo-terminal of the system or pipes carry it.

import type { Ended } from "../../programs/child-program.ts";

export interface TerminalOptions {
  columns: number;
  rows: number;
  /** The program's working folder. */
  folder: string;
  /** Environment variables that the program gets in addition to ours. */
  environment?: Readonly<Record<string, string>>;
}

/** A program that runs in a terminal. */
export interface TerminalProgram {
  /** Its process id; 0 if it could not be started. */
  readonly pid: number;
  /** Calls the handler with all that is to be shown from now on, with the escapes that a terminal obeys. */
  onOutput(handler: (text: string) => void): void;
  /** Types key presses, as a terminal sends them. */
  write(text: string): void;
  resize(columns: number, rows: number): void;
  /** The program has to wait with its output, until `resume`. */
  pause(): void;
  resume(): void;
  /** Resolves when it has ended and all its output has been told. */
  readonly ended: Promise<Ended>;
  /** Kills it at once, and all that it has started. Does nothing if it has ended. */
  end(): void;
}

/** Starts a program. If it cannot be started, `ended` says so. @param words the command, followed by its arguments */
export type TerminalStarter = (words: readonly string[], options: TerminalOptions) => TerminalProgram;
