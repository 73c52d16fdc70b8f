// A program of a scene, in its terminal: we read its lines as its user does, and type as they do.

import { DEADLINE } from "../../programs/child-program.ts";
import { patientTimeout } from "../../programs/patience.ts";
import type { Party } from "../shared/wire.ts";
import type { TerminalProgram } from "../terminals/terminal-program.ts";
import { PrintedLines } from "./printed-lines.ts";

/** A scene does not go on as it should. The message is one line for the user. */
export class SceneError extends Error {}

/** So many lines are remembered, the last ones. */
const MOST_REMEMBERED = 500;

export class Actor {
  readonly party: Party;
  readonly title: string;
  readonly terminal: number;
  readonly program: TerminalProgram;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<(line: string) => void>();

  /** @param printed is told each line that is printed */
  constructor(
    who: { party: Party; title: string },
    { number, program }: { number: number; program: TerminalProgram },
    printed: (line: string) => void,
  ) {
    this.party = who.party;
    this.title = who.title;
    this.terminal = number;
    this.program = program;
    const lines = new PrintedLines();
    program.onOutput((text) => {
      for (const line of lines.take(text)) {
        this.#lines.push(line);
        if (this.#lines.length > MOST_REMEMBERED) this.#lines.shift();
        for (const look of this.#waiting) look(line);
        printed(line);
      }
    });
  }

  /** Types a line, and Enter. */
  type(line: string): void {
    this.program.write(`${line}\r`);
  }

  /** The first line so far that matches, or the next one that does. @throws SceneError if none comes in time */
  async seen(pattern: RegExp): Promise<string> {
    return this.#lines.find((line) => pattern.test(line)) ?? this.next(pattern);
  }

  /** The next line from now on that matches. @throws SceneError if none comes in time */
  next(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        this.#waiting.delete(look);
      };
      const look = (line: string): void => {
        if (!pattern.test(line)) return;
        end();
        resolve(line);
      };
      const fail = (why: string): void => {
        if (!this.#waiting.has(look)) return;
        end();
        const last =
          this.#lines.findLast((line) => /error/i.test(line)) ?? this.#lines.findLast((line) => line !== "");
        reject(new SceneError(`${this.title} ${why}${last === undefined ? "" : `: ${last}`}`));
      };
      const cancel = patientTimeout(() => fail(`did not print ${pattern} in time`), DEADLINE);
      this.#waiting.add(look);
      void this.program.ended.then(({ problem }) => fail(problem ?? "has ended"));
    });
  }
}
