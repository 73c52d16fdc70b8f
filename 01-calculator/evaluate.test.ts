import { expect } from "chai";
import fc from "fast-check";
import { isEnd, reply } from "./evaluate.ts";

/** Requests and their replies. The numbers were worked out by hand, not by the program. */
function expectReplies(rows: Record<string, string>): void {
  for (const [request, expected] of Object.entries(rows)) expect(reply(request), request).to.equal(expected);
}

describe("the calculator's replies", () => {
  it("P1.2 P1.4 work from left to right, without precedence", () => {
    expectReplies({
      "2 + 3 * 4": "= 20",
      "1 + 5 * 2 - 1 + 10": "= 21",
      "100 / 10 / 2": "= 5",
      "7": "= 7",
    });
  });

  it("P1.3 read numbers, signs and blanks", () => {
    expectReplies({
      ".5+2.": "= 2.5",
      "1e3": "= 1000",
      "1E-2*1e+2": "= 1",
      "-4 * 2": "= -8",
      "3 - -2": "= 5",
      "3--2": "= 5",
      "3+-2": "= 1",
      "+3++2": "= 5",
      "\t 1\t+ 1 ": "= 2",
      "007": "= 7",
    });
  });

  it("P1.5 round to 15 digits and write numbers as JavaScript does", () => {
    expectReplies({
      "0.1 + 0.2": "= 0.3",
      "10 / 4": "= 2.5",
      "1e20 * 10": "= 1e+21",
      "-0": "= 0",
      "0 * -1": "= 0",
      "1 / 3": "= 0.333333333333333",
      "1 / 3 * 3": "= 1",
      "1e-7": "= 1e-7",
      "123456789012345678": "= 123456789012346000",
    });
  });

  it("P1.6 give remainders the sign of the left operand", () => {
    expectReplies({ "-7 % 3": "= -1", "7 % -3": "= 1", "5.5 % 2": "= 1.5" });
  });

  it("P1.7 name what is wrong, and where", () => {
    expectReplies({
      "": "error: empty expression",
      " \t ": "error: empty expression",
      "1 / 0": "error: division by zero",
      "1 % -0": "error: division by zero",
      "1e308 * 10": "error: out of range",
      "1e309": "error: out of range",
      "1.7976931348623157e308": "error: out of range", // Only rounding makes it infinite.
      "1 +": "error: unexpected end of expression",
      "1 + -": 'error: unexpected "-" at column 5',
      "5 - - 2": 'error: unexpected "-" at column 5',
      "1e": 'error: unexpected "e" at column 2',
      "1e+": 'error: unexpected "e" at column 2',
      "3 4": 'error: unexpected "4" at column 3',
      "(1)": 'error: unexpected "(" at column 1',
      ".": 'error: unexpected "." at column 1',
      "2..5": 'error: unexpected "." at column 3',
      "\u{1F600}1": 'error: unexpected "\u{1F600}" at column 1',
      "1 \u{1F600}": 'error: unexpected "\u{1F600}" at column 3',
      '1 "': 'error: unexpected """ at column 3',
      "1\u{10FFFF}\u0007": 'error: unexpected "\u{10FFFF}" at column 2',
      "1\u0007": 'error: unexpected "\uFFFD" at column 2',
      "1\u0085": 'error: unexpected "\uFFFD" at column 2',
      "\u0661": 'error: unexpected "\u0661" at column 1', // A digit, but not one of 0 to 9.
    });
  });

  it("P1.7 prefer the syntax error, then the leftmost failure", () => {
    expectReplies({
      "1 / 0 x": 'error: unexpected "x" at column 7',
      "1e999 +": "error: unexpected end of expression",
      "1 / 0 + 1e999": "error: division by zero",
      "1e999 / 0": "error: out of range",
      "0 * 1e999": "error: out of range",
    });
  });

  it("P1.3 to P1.6 agree with an oracle on any expression", () => {
    const number = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true }),
    );
    const step = fc.tuple(fc.constantFrom("+", "-", "*", "/", "%"), number, fc.constantFrom("", " ", "\t"));
    fc.assert(
      fc.property(number, fc.array(step, { maxLength: 20 }), (first, steps) => {
        const request = steps.reduce(
          (line, [sign, operand, blank]) => `${line}${blank}${sign}${blank}${operand}`,
          `${first}`,
        );
        expect(reply(request), request).to.equal(oracle(first, steps));
      }),
    );
  });

  it("P1.7 answer any line with one value or one reason", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.eE+-*/% \t()x") }), (request) => {
        expect(reply(request)).to.match(/^(?:= -?[0-9]|error: [a-z])/);
      }),
    );
  });

  it("P1.8 take END in any case for the end, blanks around it", () => {
    for (const line of ["END", "end", " \tEnd\t "]) expect(isEnd(line), line).to.equal(true);
    for (const line of ["", "END.", "THE END", "E ND"]) expect(isEnd(line), line).to.equal(false);
  });
});

/** Left to right over the parts, not over the text; JavaScript's own operators decide each step. */
function oracle(first: number, steps: [string, number, string][]): string {
  const operations: Record<string, (left: number, right: number) => number> = {
    "+": (left, right) => left + right,
    "-": (left, right) => left - right,
    "*": (left, right) => left * right,
    "/": (left, right) => left / right,
    "%": (left, right) => left % right,
  };
  let value = first;
  for (const [sign, operand] of steps) {
    if ("/%".includes(sign) && operand === 0) return "error: division by zero";
    value = operations[sign]?.(value, operand) ?? Number.NaN;
    if (!Number.isFinite(value)) return "error: out of range";
  }
  const rounded = Number(value.toPrecision(15));
  return Number.isFinite(rounded) ? `= ${rounded + 0}` : "error: out of range";
}
