// Tests the calculator's server with hundreds of random lines over a real socket. The checks of P1 use only a few.

import { expect } from "chai";
import fc from "fast-check";
import type { Connection } from "../checks/engine/connection.ts";
import { testsOf } from "./support/on-the-wire.ts";

describe("01 calculator server", () => {
  const it = testsOf("01");

  async function ask(client: Connection, request: string): Promise<string> {
    await client.sends(`${request}\n`);
    return client.receivesLine();
  }

  describe("any expression", () => {
    interface Term {
      operator: string;
      literal: string;
      before: string;
      behind: string;
    }
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 7 });
    const mantissa = fc.oneof(
      digits,
      fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
      digits.map((whole) => `${whole}.`),
      digits.map((fraction) => `.${fraction}`),
    );
    const exponent = fc
      .tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.integer({ min: 0, max: 250 }))
      .map((parts) => parts.join(""));
    const blanks = fc.string({ unit: fc.constantFrom(" ", "\t"), maxLength: 2 });
    const term: fc.Arbitrary<Term> = fc.record({
      operator: fc.constantFrom("+", "-", "*", "/", "%"),
      literal: fc
        .tuple(
          fc.constantFrom("", "", "+", "-"),
          mantissa,
          fc.oneof({ weight: 2, arbitrary: fc.constant("") }, exponent),
        )
        .map((parts) => parts.join("")),
      before: blanks,
      behind: blanks,
    });

    /** The reply that the calculator must give to these terms. The operator of the first term is ignored. */
    function expected(terms: readonly Term[]): string {
      let value = 0;
      for (const [index, { operator, literal }] of terms.entries()) {
        const right = Number(literal);
        if (index === 0) value = right;
        else if (operator === "+") value += right;
        else if (operator === "-") value -= right;
        else if (operator === "*") value *= right;
        else if (right === 0) return "error: division by zero";
        else if (operator === "/") value /= right;
        else value %= right;
        if (!Number.isFinite(value)) return "error: out of range";
      }
      const rounded = Number(value.toPrecision(15));
      return Number.isFinite(rounded) ? `= ${rounded + 0}` : "error: out of range";
    }

    it("P1.3 P1.4 P1.5 P1.6 evaluates any expression, however it is spaced", async (scene) => {
      const client = await scene.connect(await scene.server());
      await fc.assert(
        fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 8 }), async (terms) => {
          const text = terms
            .map(({ operator, literal, before, behind }, index) =>
              [before, index === 0 ? "" : operator, index === 0 ? "" : behind, literal, behind].join(""),
            )
            .join("");
          expect(await ask(client, text)).to.equal(expected(terms));
        }),
        { numRuns: 500 },
      );
    });

    /** The syntax error of P1.7 in a line; undefined if the line is an expression. */
    function syntaxError(line: string): string | undefined {
      if (/^[ \t]*$/.test(line)) return "empty expression";
      const number = "[ \t]*[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][+-]?[0-9]+)?[ \t]*";
      const read = new RegExp(`^(?:${number}[-+*/%])*`).exec(line)?.[0] ?? "";
      const unread = line.slice(read.length);
      const last = new RegExp(`^${number}`).exec(unread)?.[0] ?? unread.match(/^[ \t]*/)?.[0] ?? "";
      const [found] = unread.slice(last.length);
      if (found === undefined) return /[0-9.]/.test(last) ? undefined : "unexpected end of expression";
      const column = [...read, ...last].length + 1;
      return `unexpected "${found < " " ? "\ufffd" : found}" at column ${column}`;
    }

    it("P1.7 finds the syntax error of any line, at its column", async (scene) => {
      const client = await scene.connect(await scene.server());
      const soup = fc.string({
        unit: fc.constantFrom(...'01259..eE+-*/%  \t(x"\u0001é', "😀"),
        maxLength: 12,
      });
      await fc.assert(
        fc.asyncProperty(soup, async (line) => {
          const error = syntaxError(line);
          const reply = await ask(client, line);
          if (error === undefined) expect(reply).to.match(/^(= |error: (division by zero|out of range)$)/);
          else expect(reply).to.equal(`error: ${error}`);
        }),
        { numRuns: 500 },
      );
    });
  });
});
