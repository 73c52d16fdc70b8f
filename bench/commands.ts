// Commands whose output is looked at as it comes, also before a line ends: a screen's, say.

import { ChildProgram } from "../programs/child-program.ts";
import { patientTimeout } from "../programs/patience.ts";

/** How long to wait for an output, in milliseconds. */
const PATIENCE = 20_000;

export class Command {
  readonly #program: ChildProgram;
  #output = "";
  #whenMore: () => void = () => {};

  /** @param decode makes of each piece of its standard output what shows() looks at */
  constructor(words: readonly string[], decode = (piece: string): string => piece) {
    this.#program = new ChildProgram(words.join(" "), words, {
      onOutput: (piece, source) => {
        if (source === "stdout") this.#output += decode(piece);
        this.#whenMore();
      },
    });
  }

  write(text: string): void {
    this.#program.write(text);
  }

  /**
   * Waits until the output holds this text; the output up to its end is passed over the next time.
   * @throws Error if it does not come
   */
  async shows(text: string): Promise<void> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
      this.#whenMore();
    };
    const cancel = patientTimeout(end, PATIENCE);
    void this.#program.ended.then(end);
    try {
      for (;;) {
        const found = this.#output.indexOf(text);
        if (found !== -1) {
          this.#output = this.#output.slice(found + text.length);
          return;
        }
        if (isOver) throw new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(this.#output)}`);
        await new Promise<void>((resolve) => {
          this.#whenMore = resolve;
        });
      }
    } finally {
      cancel();
    }
  }

  /** Ends it and all it has started, at once. */
  end(): void {
    this.#program.endAtOnce();
  }
}
