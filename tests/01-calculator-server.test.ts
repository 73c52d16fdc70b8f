// The calculator's server, asked over a real socket: what P1 of the contract says, literally.

import { expect } from "chai";
import fc from "fast-check";
import { type Program, startServer } from "../course/programs.ts";
import { type Wire, Wires } from "./support/wire.ts";

const FILE = "01-calculator/server.ts";

describe("01 calculator server", () => {
  let server: Program;
  let port: number;
  const wires = new Wires();

  before(async () => {
    ({ server, port } = await startServer(FILE));
  });
  after(() => server.kill());
  afterEach(() => wires.closeAll());

  async function ask(wire: Wire, request: string): Promise<string> {
    wire.send(`${request}\n`);
    return wire.line();
  }

  /** Makes a test of several requests and the replies they must have, all over one connection. */
  function answers(title: string, table: readonly (readonly [string, string])[]): void {
    it(title, async () => {
      const wire = await wires.open(port);
      const replies = [];
      for (const [request] of table) replies.push([request, await ask(wire, request)]);
      expect(replies).to.deep.equal(table);
    });
  }

  describe("requests and replies", () => {
    it("P1.1 greets nobody: the first line is the reply to the first request", async () => {
      const silent = await wires.open(port);
      const other = await wires.open(port);
      expect(await ask(other, "1 + 1")).to.equal("= 2");
      expect(await ask(silent, "2 + 2")).to.equal("= 4");
    });

    it("P1.2 replies in the order of the requests, also when they are sent without waiting", async () => {
      const wire = await wires.open(port);
      const requests = Array.from({ length: 500 }, (_, i) => (i % 3 === 2 ? `${i} / 0` : `${i} + 1`));
      wire.send(`${requests.join("\n")}\n`);
      const replies = [];
      for (const _ of requests) replies.push(await wire.line());
      expect(replies).to.deep.equal(
        requests.map((_, i) => (i % 3 === 2 ? "error: division by zero" : `= ${i + 1}`)),
      );
    });

    answers("P1.3 reads numbers with a fraction, an exponent and a sign, and blanks between tokens", [
      ["7", "= 7"],
      ["007", "= 7"],
      ["2.5", "= 2.5"],
      [".5", "= 0.5"],
      ["2.", "= 2"],
      ["1e3", "= 1000"],
      ["1E3", "= 1000"],
      ["1e+3", "= 1000"],
      ["1e-3", "= 0.001"],
      ["2.e3", "= 2000"],
      [".5e1", "= 5"],
      ["+5", "= 5"],
      ["-4 * 2", "= -8"],
      ["3 - -2", "= 5"],
      ["3--2", "= 5"],
      ["3++2", "= 5"],
      ["3-+2", "= 1"],
      ["3+-2", "= 1"],
      ["-.5*-2.", "= 1"],
      ["1e3-1e-3", "= 999.999"],
      ["1+2", "= 3"],
      ["\t 1\t+  2 \t", "= 3"],
    ]);

    answers("P1.3 P1.7 knows no parentheses, no other operators and no other numbers", [
      ["(1)", 'error: unexpected "(" at column 1'],
      ["2 * (3 + 4)", 'error: unexpected "(" at column 5'],
      ["1 ** 2", 'error: unexpected "*" at column 4'],
      ["2 ^ 3", 'error: unexpected "^" at column 3'],
      ["0x10", 'error: unexpected "x" at column 2'],
      ["1_000", 'error: unexpected "_" at column 2'],
      ["1,5", 'error: unexpected "," at column 2'],
      ["10n", 'error: unexpected "n" at column 3'],
      ["Infinity", 'error: unexpected "I" at column 1'],
      ["NaN", 'error: unexpected "N" at column 1'],
    ]);

    answers("P1.4 works from left to right, without precedence", [
      ["2 + 3 * 4", "= 20"],
      ["1 + 5 * 2 - 1 + 10", "= 21"],
      ["10 - 4 / 2", "= 3"],
      ["10 - 3 - 2", "= 5"],
      ["100 / 10 / 5", "= 2"],
      ["1 + 9 % 4", "= 2"],
    ]);

    answers("P1.5 rounds the result to 15 digits and writes it as JavaScript does", [
      ["0.1 + 0.2", "= 0.3"],
      ["10 / 4", "= 2.5"],
      ["1e20 * 10", "= 1e+21"],
      ["1e20", "= 100000000000000000000"],
      ["0.000001", "= 0.000001"],
      ["1e-7", "= 1e-7"],
      ["1 / 3", "= 0.333333333333333"],
      ["2 / 3", "= 0.666666666666667"],
      ["123456789012345678", "= 123456789012346000"],
      ["1.79769313486231e308", "= 1.79769313486231e+308"],
      ["1e-999", "= 0"],
    ]);

    answers("P1.5 writes negative zero as 0", [
      ["-0", "= 0"],
      ["0 * -1", "= 0"],
      ["-7 % 7", "= 0"],
      ["-1e-999", "= 0"],
    ]);

    answers("P1.5 rounds only the final result", [
      ["0.1 + 0.2 - 0.3", "= 5.55111512312578e-17"],
      ["1 / 3 * 3", "= 1"],
      ["1.7976931348623157e308 / 2", "= 8.98846567431158e+307"],
    ]);

    answers("P1.6 gives the remainder the sign of the left operand", [
      ["-7 % 3", "= -1"],
      ["7 % -3", "= 1"],
      ["-7 % -3", "= -1"],
      ["5.5 % 2", "= 1.5"],
      ["2 % 5", "= 2"],
    ]);
  });

  describe("errors", () => {
    answers("P1.7 says which reason", [
      ["", "error: empty expression"],
      [" \t ", "error: empty expression"],
      ["1 / 0", "error: division by zero"],
      ["1 % 0", "error: division by zero"],
      ["0 / 0", "error: division by zero"],
      ["1 / -0", "error: division by zero"],
      ["1 / 1e-999", "error: division by zero"],
      ["1e308 * 10", "error: out of range"],
      ["-1e308 - 1e308", "error: out of range"],
      ["1e308 * 10 / 10", "error: out of range"],
      ["1 / 1e-320", "error: out of range"],
      ["1 +", "error: unexpected end of expression"],
      ["1 + 2 *\t ", "error: unexpected end of expression"],
      ["1 2", 'error: unexpected "2" at column 3'],
      ["* 5", 'error: unexpected "*" at column 1'],
      ["   x", 'error: unexpected "x" at column 4'],
      ["\t\t1 a", 'error: unexpected "a" at column 5'],
    ]);

    answers("P1.7 reads a number as long as possible, and names where no token can begin", [
      ["1e", 'error: unexpected "e" at column 2'],
      ["1e+", 'error: unexpected "e" at column 2'],
      ["1e 3", 'error: unexpected "e" at column 2'],
      ["1e3e3", 'error: unexpected "e" at column 4'],
      ["1e3.5", 'error: unexpected "." at column 4'],
      ["1.2.3", 'error: unexpected "." at column 4'],
      [".", 'error: unexpected "." at column 1'],
      [".e3", 'error: unexpected "." at column 1'],
      ["1..", 'error: unexpected "." at column 3'],
      ["1 + e3", 'error: unexpected "e" at column 5'],
    ]);

    answers("P1.7 names a sign that has no number directly behind it", [
      ["5 - - 2", 'error: unexpected "-" at column 5'],
      ["- 4", 'error: unexpected "-" at column 1'],
      ["+", 'error: unexpected "+" at column 1'],
      ["--2", 'error: unexpected "-" at column 1'],
      ["5 ---2", 'error: unexpected "-" at column 4'],
      ["5 - -", 'error: unexpected "-" at column 5'],
      ["5 - -.", 'error: unexpected "-" at column 5'],
      ["5 - +x", 'error: unexpected "+" at column 5'],
    ]);

    answers("P1.7 names one code point, written as it is, and counts code points", [
      ["😀", 'error: unexpected "😀" at column 1'],
      ["1 + 😀😀", 'error: unexpected "😀" at column 5'],
      ["1 + 𝟚", 'error: unexpected "𝟚" at column 5'],
      ["1 × 2", 'error: unexpected "×" at column 3'],
      ["1 − 2", 'error: unexpected "−" at column 3'],
      ["٣", 'error: unexpected "٣" at column 1'],
      ["e\u0301", 'error: unexpected "e" at column 1'],
      ["1\u0301", 'error: unexpected "\u0301" at column 2'],
      ["🇩🇪", 'error: unexpected "🇩" at column 1'],
      ['"', 'error: unexpected """ at column 1'],
      ['1 + "2"', 'error: unexpected """ at column 5'],
      ["\\n", 'error: unexpected "\\" at column 1'],
      ["1\u00a0+ 2", 'error: unexpected "\u00a0" at column 2'],
      ["1 +\u30002", 'error: unexpected "\u3000" at column 4'],
      ["\ufeff1 + 1", 'error: unexpected "\ufeff" at column 1'],
      ["\ufffd", 'error: unexpected "\ufffd" at column 1'],
    ]);

    answers("P1.7 writes a control character as U+FFFD", [
      ["\0", 'error: unexpected "\ufffd" at column 1'],
      ["1 \u001b[31m", 'error: unexpected "\ufffd" at column 3'],
      ["1\v+ 2", 'error: unexpected "\ufffd" at column 2'],
      ["1\f+ 2", 'error: unexpected "\ufffd" at column 2'],
      ["1\r+ 2", 'error: unexpected "\ufffd" at column 2'],
      ["\u007f", 'error: unexpected "\ufffd" at column 1'],
      ["\u0085", 'error: unexpected "\ufffd" at column 1'],
      ["1 + \u009b", 'error: unexpected "\ufffd" at column 5'],
    ]);

    answers("P1.7 tells the syntax error before any arithmetic failure", [
      ["1 / 0 + x", 'error: unexpected "x" at column 9'],
      ["1 / 0 +", "error: unexpected end of expression"],
      ["1e308 * 10 )", 'error: unexpected ")" at column 12'],
      ["1e999 +", "error: unexpected end of expression"],
      ["1e999 $", 'error: unexpected "$" at column 7'],
    ]);

    answers("P1.7 tells the leftmost of several arithmetic failures", [
      ["1 / 0 + 1e308 * 10", "error: division by zero"],
      ["1e308 * 10 / 0", "error: out of range"],
      ["1 % 0 * 1e308 * 1e308", "error: division by zero"],
      ["1e999 / 0", "error: out of range"],
    ]);

    answers("P1.7 calls a literal too large for a double out of range, wherever it stands", [
      ["1e999", "error: out of range"],
      ["-1e999", "error: out of range"],
      ["0 * 1e999", "error: out of range"],
      ["1 / 1e999", "error: out of range"],
      ["5 % 1e999", "error: out of range"],
      ["1 + 1 - 1e309 * 0", "error: out of range"],
      ["9".repeat(400), "error: out of range"],
    ]);

    answers("P1.7 calls a result out of range that only the rounding makes infinite", [
      ["1.7976931348623157e308", "error: out of range"],
      ["-1.7976931348623157e308", "error: out of range"],
      ["0 + 1.7976931348623157e308", "error: out of range"],
    ]);

    it("P1.7 goes on after every error but line too long", async () => {
      const wire = await wires.open(port);
      for (const request of ["", "1 / 0", "1e999", "x", "1 +", [0xff]]) {
        wire.send(Buffer.from([...Buffer.from(request), 0x0a]));
        expect(await wire.line()).to.match(/^error: /);
        expect(await ask(wire, "1 + 1")).to.equal("= 2");
      }
      wire.send(`${"1".repeat(5000)}\n`);
      expect(await wire.end()).to.equal("error: line too long\n");
    });
  });

  describe("the end of a connection", () => {
    for (const line of ["END", "end", "EnD", " \tEND\t ", "END\r"])
      it(`P1.8 closes the connection at the line ${JSON.stringify(line)}, with no reply`, async () => {
        const wire = await wires.open(port);
        wire.send(`1 + 1\n${line}\n2 + 2\n`);
        expect(await wire.end()).to.equal("= 2\n");
      });

    answers("P1.8 takes nothing else for END", [
      ["END 1", 'error: unexpected "E" at column 1'],
      ["1 END", 'error: unexpected "E" at column 3'],
      ["ENDE", 'error: unexpected "E" at column 1'],
      ["ＥＮＤ", 'error: unexpected "Ｅ" at column 1'],
      ["\u00a0END", 'error: unexpected "\u00a0" at column 1'],
      ["END\u3000", 'error: unexpected "E" at column 1'],
      ["\vEND", 'error: unexpected "\ufffd" at column 1'],
    ]);

    it("P1.9 closes a connection that sends no complete line, and no other", async () => {
      const { server, port } = await startServer(FILE, ["--idle-timeout", "0.4"]);
      try {
        const busy = await wires.open(port);
        const silent = await wires.open(port);
        const unfinished = await wires.open(port);
        const dripping = setInterval(() => unfinished.send("1"), 20);
        let over = false;
        const ends = Promise.all([silent.end(), unfinished.end()]).finally(() => {
          over = true;
          clearInterval(dripping);
        });
        while (!over) expect(await ask(busy, "1 + 1")).to.equal("= 2");
        for (const received of await ends) expect(received).not.to.include("=");
        expect(await ask(busy, "2 + 2")).to.equal("= 4");
      } finally {
        await server.kill();
      }
    });
  });

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

    /** What the calculator must reply to these terms, of which the first one's operator is not used. */
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

    it("P1.3 P1.4 P1.5 P1.6 evaluates any expression, however it is spaced", async () => {
      const wire = await wires.open(port);
      await fc.assert(
        fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 8 }), async (terms) => {
          const text = terms
            .map(({ operator, literal, before, behind }, index) =>
              [before, index === 0 ? "" : operator, index === 0 ? "" : behind, literal, behind].join(""),
            )
            .join("");
          expect(await ask(wire, text)).to.equal(expected(terms));
        }),
        { numRuns: 500 },
      );
    });

    /** The syntax error of P1.7 that a line has, or undefined if it is an expression. */
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

    it("P1.7 finds the syntax error of any line, at its column", async () => {
      const wire = await wires.open(port);
      const soup = fc.string({
        unit: fc.constantFrom(...'01259..eE+-*/%  \t(x"\u0001é', "😀"),
        maxLength: 12,
      });
      await fc.assert(
        fc.asyncProperty(soup, async (line) => {
          const error = syntaxError(line);
          const reply = await ask(wire, line);
          if (error === undefined) expect(reply).to.match(/^(= |error: (division by zero|out of range)$)/);
          else expect(reply).to.equal(`error: ${error}`);
        }),
        { numRuns: 500 },
      );
    });
  });
});
