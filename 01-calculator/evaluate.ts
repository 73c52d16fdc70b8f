// The calculator itself: an expression in, a value or a reason out (P1.3 to P1.7). Pure.
// Two steps: parse the whole line, so that a syntax error is found first; then compute from left to right.

/** The longest line, in bytes, the LF included (P0.3). */
export const MAX_LINE_BYTES = 4096;

export type Result = { value: number } | { error: string };

/** What is done to the value so far. A parsed expression is a list of steps; the first adds the first number to 0. */
interface Step {
  operator: string;
  operand: number;
}

// The `y` flag makes a pattern match exactly at lastIndex and nowhere later.
// BEGIN SOLUTION 01-numbers
const BLANKS = /[ \t]*/y;
const NUMBER = /[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
// END SOLUTION 01-numbers
const OPERATOR = /[-+*/%]/y;

/** Evaluates one line, strictly from left to right: 2 + 3 * 4 is 20. */
export function evaluate(line: string): Result {
  const steps = parse(line);
  return "error" in steps ? steps : compute(steps);
}

/** The reply to one line, as it stands on the wire without its LF (P1.2). */
export function reply(line: string): string {
  const result = evaluate(line);
  return "value" in result ? `= ${result.value}` : `error: ${result.error}`;
}

/** Whether a line asks for the end of the connection: END in any case, blanks around it (P1.8). */
export function isEnd(line: string): boolean {
  // BEGIN SOLUTION 01-hello
  return /^[ \t]*END[ \t]*$/i.test(line);
  // END SOLUTION 01-hello
}

/** Reads `number (operator number)*`, blanks between them. A sign directly before a number belongs to it. */
function parse(line: string): Step[] | { error: string } {
  const steps: Step[] = [];
  let operator = "+";
  let position = endOf(BLANKS, line, 0);
  if (position === line.length) return { error: "empty expression" };
  for (;;) {
    let end = endOf(NUMBER, line, position);
    if (end === position) return unexpected(line, position);
    steps.push({ operator, operand: Number(line.slice(position, end)) });

    position = endOf(BLANKS, line, end);
    if (position === line.length) return steps;

    end = endOf(OPERATOR, line, position);
    if (end === position) return unexpected(line, position);
    operator = line.slice(position, end);
    position = endOf(BLANKS, line, end);
  }
}

/** Where the text ends that `pattern` matches at `position`; `position` itself, if it does not match there. */
function endOf(pattern: RegExp, line: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(line) ? pattern.lastIndex : position;
}

/** Names the code point at which no allowed token begins; columns count code points from 1 (P1.7). */
function unexpected(line: string, position: number): { error: string } {
  // BEGIN SOLUTION 01-errors
  const codePoint = line.codePointAt(position);
  if (codePoint === undefined) return { error: "unexpected end of expression" };
  const column = [...line.slice(0, position)].length + 1;
  // A control character could move the cursor or colour the terminal of whoever reads the error.
  const shown = String.fromCodePoint(codePoint).replace(/\p{Cc}/u, "\uFFFD");
  return { error: `unexpected "${shown}" at column ${column}` };
  // END SOLUTION 01-errors
}

/** Applies the steps one after the other, without precedence. The leftmost failure is the one reported. */
function compute(steps: readonly Step[]): Result {
  let value = 0;
  // BEGIN SOLUTION 01-left-to-right
  for (const { operator, operand } of steps) {
    if (!Number.isFinite(operand)) return { error: "out of range" };
    if (operand === 0 && (operator === "/" || operator === "%")) return { error: "division by zero" };
    value = apply(value, operator, operand);
    if (!Number.isFinite(value)) return { error: "out of range" };
  }
  // END SOLUTION 01-left-to-right
  return round(value);
}

function apply(left: number, operator: string, right: number): number {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (operator === "/") return left / right;
  return left % right; // JavaScript's remainder has the sign of the left operand (P1.6).
}

/** Rounds to 15 significant digits, which hides that 0.1 + 0.2 is 0.30000000000000004 (P1.5). */
function round(value: number): Result {
  const rounded = Number(value.toPrecision(15));
  if (!Number.isFinite(rounded)) return { error: "out of range" };
  return { value: rounded === 0 ? 0 : rounded }; // Negative zero is written as 0.
}
