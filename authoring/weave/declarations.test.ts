import { expect } from "chai";
import { withoutSolutions } from "../../course/lesson/hidden-solutions.ts";
import { dedent, findDeclaration } from "./declarations.ts";

const FILE = `// The subject.

import { x } from "./x.ts";

/** How many. */
const COUNT = 3;
const USAGE = \`one
two;
}
three\`;

export type Line =
  | { kind: "text" }
  /** Too long. */
  | { kind: "too-long" };

// Read it.
export class Reader {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  /** The next one. */
  async *push(
    chunk: Buffer,
  ): AsyncGenerator<Line> {
    // BEGIN SOLUTION 01-framing
    const found = 1;

    yield found;
    // END SOLUTION 01-framing
  }

  get size(): number {
    return this.#count;
  }
}

// BEGIN SOLUTION 01-numbers
function hidden(): void {}
// END SOLUTION 01-numbers

export function read(
  text: string,
): string {
  return text;
}
`;

function declared(name: string): string {
  const lines = withoutSolutions(FILE);
  const { start, end } = findDeclaration(lines, name);
  return dedent(lines.slice(start, end)).join("\n");
}

describe("declarations by name", () => {
  it("are found with their comments, from their first line to their last", () => {
    expect(declared("COUNT")).to.equal("/** How many. */\nconst COUNT = 3;");
    expect(declared("USAGE")).to.equal("const USAGE = `one\ntwo;\n}\nthree`;");
    expect(declared("Line")).to.match(/^export type Line =\n[\s\S]*\{ kind: "too-long" \};$/);
    expect(declared("Reader")).to.match(
      /^\/\/ Read it\.\nexport class Reader \{[\s\S]*this\.#count;\n {2}\}\n\}$/,
    );
    expect(declared("read")).to.equal(
      "export function read(\n  text: string,\n): string {\n  return text;\n}",
    );
  });

  it("are found in classes, too", () => {
    expect(declared("Reader.constructor")).to.equal(
      "constructor(count: number) {\n  this.#count = count;\n}",
    );
    expect(declared("Reader.#count")).to.equal("readonly #count: number;");
    expect(declared("Reader.size")).to.equal("get size(): number {\n  return this.#count;\n}");
  });

  it("show no solution, but where it belongs", () => {
    expect(declared("Reader.push")).to.equal(
      "/** The next one. */\nasync *push(\n  chunk: Buffer,\n): AsyncGenerator<Line> {\n  // … exercise 01-framing: your part\n}",
    );
    expect(() => declared("hidden")).to.throw("there is no declaration of hidden outside of solutions");
    expect(withoutSolutions(FILE).join("\n")).to.not.include("yield found");
  });
});
