// The terminals of all pages. A place of the server opens one for a page; the page shows it, and types into it.

import { randomInt } from "node:crypto";
import type { Page, Place } from "../serve/place.ts";
import { CallError, type Fields } from "../shared/fields.ts";
import { MOST_COLUMNS, MOST_ROWS, MOST_TERMINALS, MOST_TYPED, MOST_UNSHOWN } from "../shared/terminals.ts";
import { loadTerminals } from "./start-in-terminal.ts";
import type { TerminalOptions, TerminalProgram } from "./terminal-program.ts";

/** A terminal as it was opened. */
export interface OpenTerminal {
  /** By this number, its page speaks of it. */
  number: number;
  program: TerminalProgram;
}

interface Shown {
  page: Page;
  program: TerminalProgram;
  /** How many characters of output the page was sent and has not shown yet. */
  unshown: number;
}

/** A terminal that nobody has fitted into a page yet has the size that all programs can use. */
const USUAL_SIZE = { columns: 80, rows: 24 };

export class Terminals implements Place {
  readonly #open = new Map<number, Shown>();
  /** Another run of the server has other numbers: a page that comes back does not take new terminals for its old ones. */
  #next = randomInt(2 ** 40);

  readonly calls: Place["calls"] = {
    "terminals/type": (fields, page) => {
      this.#terminal(fields, page).program.write(fields.text("text", MOST_TYPED));
      return null;
    },
    "terminals/resize": (fields, page) => {
      const { program } = this.#terminal(fields, page);
      program.resize(fields.whole("columns", 1, MOST_COLUMNS), fields.whole("rows", 1, MOST_ROWS));
      return null;
    },
    "terminals/shown": (fields, page) => {
      const shown = this.#terminal(fields, page);
      shown.unshown -= fields.whole("characters", 1, shown.unshown);
      if (shown.unshown <= MOST_UNSHOWN / 2) shown.program.resume();
      return null;
    },
    "terminals/end": (fields, page) => {
      this.#terminal(fields, page).program.end();
      return null;
    },
  };

  /**
   * Starts a program in a terminal of a page. It ends when the page has gone.
   * @param words the command, followed by its arguments: never from a page
   * @throws CallError if the page has as many terminals as it may have
   */
  async open(
    page: Page,
    words: readonly string[],
    options: Omit<TerminalOptions, "columns" | "rows"> & Partial<TerminalOptions>,
  ): Promise<OpenTerminal> {
    const start = await loadTerminals();
    const count = [...this.#open.values()].filter((one) => one.page === page).length;
    if (count >= MOST_TERMINALS)
      throw new CallError(`${MOST_TERMINALS} programs run in this page: end one of them`);
    const program = start(words, { ...USUAL_SIZE, ...options });
    const number = this.#next;
    this.#next += 1;
    const shown: Shown = { page, program, unshown: 0 };
    this.#open.set(number, shown);
    program.onOutput((text) => {
      page.tell("terminals/output", { terminal: number, text });
      shown.unshown += text.length;
      // A program may print faster than a page can show it.
      if (shown.unshown > MOST_UNSHOWN) program.pause();
    });
    void program.ended.then(({ code, signal, problem = null }) => {
      this.#open.delete(number);
      page.tell("terminals/ended", { terminal: number, code, signal, problem });
    });
    page.onGone(() => program.end());
    return { number, program };
  }

  close(): void {
    for (const { program } of this.#open.values()) program.end();
  }

  /** @throws CallError also for a terminal of another page: a page learns nothing of those */
  #terminal(fields: Fields, page: Page): Shown {
    const shown = this.#open.get(fields.whole("terminal", 0, Number.MAX_SAFE_INTEGER));
    if (shown?.page !== page) throw new CallError("the program in this terminal has ended");
    return shown;
  }
}
