// Checks section P1, the calculator: its server over the wire, and its client as a program.

import { setTimeout as pause } from "node:timers/promises";
import { type CheckOfSeveral, defineChecks, type FittingCause } from "./engine/check.ts";
import type { Connection } from "./engine/connection.ts";
import { freePort } from "./engine/free-port.ts";
import { quote } from "./engine/readable-bytes.ts";
import type { CalculatorRun, Scene } from "./engine/scene.ts";
import { StepFailure } from "./engine/step-failure.ts";
import { within } from "./engine/transcript.ts";

const SERVER = { stages: ["01"], of: "server" } as const;
const CLIENT = { stages: ["01"], of: "client" } as const;

/** Requests and the replies that they must get, both without LF. */
type Table = readonly (readonly [request: string, reply: string])[];

/** Sends each request of a table when the one before has been answered. */
async function asks(client: Connection, table: Table): Promise<void> {
  for (const [request, reply] of table) {
    await client.sends(`${request}\n`);
    await client.receives(`${reply}\n`);
  }
}

/** Makes a check from a table of requests. */
function table(
  id: string,
  title: string,
  likely: string | readonly FittingCause[],
  rows: Table,
): CheckOfSeveral {
  return {
    id,
    title,
    ...(typeof likely === "string" ? { likelyCause: likely } : { causes: likely }),
    run: async (scene) => asks(await scene.connect(await scene.server()), rows),
  };
}

/** The reply to an unexpected character. */
const unexpected = (character: string, column: number): string =>
  `error: unexpected "${character}" at column ${column}`;

const END_OF_EXPRESSION = "error: unexpected end of expression";

const expressions = defineChecks(SERVER, [
  {
    id: "P1.1-client-first",
    title: "the server greets nobody: its first line is the reply to the first request",
    likelyCause: "The server sends something when a client connects. The client speaks first.",
    async run(scene) {
      const server = await scene.server();
      const silent = await scene.connect(server, "a silent client");
      const other = await scene.connect(server);
      await asks(other, [["1 + 1", "= 2"]]);
      await asks(silent, [["2 + 2", "= 4"]]);
    },
  },

  {
    id: "P1.2-order",
    title: "replies come in the order of the requests, also when nobody waits for them",
    likelyCause: "Each request must be answered once, and before the next one of the same client.",
    async run(scene) {
      const client = await scene.connect(await scene.server());
      const rows: Table = Array.from({ length: 300 }, (_, index) =>
        index % 3 === 2 ? [`${index} / 0`, "error: division by zero"] : [`${index} + 1`, `= ${index + 1}`],
      );
      await client.sends(rows.map(([request]) => `${request}\n`).join(""));
      await client.receives(rows.map(([, reply]) => `${reply}\n`).join(""));
    },
  },

  {
    id: "P1.2-bursts",
    title: "requests that come in bursts, while others are answered, are each answered once, in order",
    likelyCause:
      "What arrives is worked on before the piece that came earlier is done. One piece at a time: go on with reading when all before is answered.",
    async run(scene) {
      const client = await scene.connect(await scene.server());
      // A long burst keeps the server busy. Short and long ones arrive meanwhile, each in a piece of its own.
      const bursts = [20_000, 1, 8000, 8000, 1, 8000, 8000];
      let asked = 0;
      await scene.step("the client sends 1, 2, 3 and so on, a line each, in bursts", async () => {
        for (const count of bursts) {
          const lines = Array.from({ length: count }, (_, index) => `${asked + index + 1}\n`);
          asked += count;
          client.write(lines.join(""));
          await pause(2); // Each burst is to arrive on its own. No reply depends on it.
        }
      });
      await scene.step(`it receives = 1, = 2, = 3 and so on, up to = ${asked}`, async () => {
        const replies = client.lines();
        const late = (): StepFailure => new StepFailure({ expected: "a reply", received: "nothing in time" });
        for (let number = 1; number <= asked; number += 1) {
          const { value } = await within(scene.timeout, replies.next(), late);
          if (value !== `= ${number}`)
            scene.fails({ expected: `= ${number}`, received: String(value), port: client.port });
        }
        scene.observe();
      });
    },
  },

  table(
    "P1.3-numbers",
    "numbers may have a fraction and an exponent",
    [
      {
        received: /unexpected \\"7\\"/,
        cause:
          "Not even a whole number is read. A pattern is asked whether it matches just at this place: it needs the flag y, without which it looks anywhere.",
      },
      { received: /^"/, cause: "Some spelling of P1.3 is missing: .5 and 2. are numbers, and so is 1e3." },
    ],
    [
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
      [".5 + 2.", "= 2.5"],
    ],
  ),

  table(
    "P1.3-signs",
    "a sign belongs to the number directly behind it",
    "Where a number is expected, a + or - with a digit or point directly behind it is its sign; any other is unexpected.",
    [
      ["-4 * 2", "= -8"],
      ["+5", "= 5"],
      ["3 - -2", "= 5"],
      ["3--2", "= 5"],
      ["3++2", "= 5"],
      ["3-2", "= 1"],
      ["-.5*-2.", "= 1"],
      ["5 - - 2", unexpected("-", 5)],
      ["- 4", unexpected("-", 1)],
      ["--2", unexpected("-", 1)],
      ["5 ---2", unexpected("-", 4)],
      ["+", unexpected("+", 1)],
    ],
  ),

  table(
    "P1.3-blanks",
    "spaces and tabs may stand between tokens, and nothing else",
    "A pattern such as \\s, or trim(), takes more than spaces and tabs.",
    [
      ["1+2", "= 3"],
      ["\t 1\t+  2 \t", "= 3"],
      ["1\u00a0+ 2", unexpected("\u00a0", 2)],
      ["1 +\u30002", unexpected("\u3000", 4)],
      ["\ufeff1 + 1", unexpected("\ufeff", 1)],
    ],
  ),

  table(
    "P1.3-nothing-else",
    "there are no parentheses, no other operators and no other numbers",
    "Something is understood that P1.3 does not have. A program that evaluates the line as code of its own language does that.",
    [
      ["(1)", unexpected("(", 1)],
      ["1 ** 2", unexpected("*", 4)],
      ["2 ^ 3", unexpected("^", 3)],
      ["0x10", unexpected("x", 2)],
      ["1_000", unexpected("_", 2)],
      ["1,5", unexpected(",", 2)],
      ["Infinity", unexpected("I", 1)],
      ["٣", unexpected("٣", 1)],
    ],
  ),

  table(
    "P1.4-left-to-right",
    "operators are applied from left to right",
    "Multiplication is done first. Apply each operator as soon as its operand is read.",
    [
      ["2 + 3 * 4", "= 20"],
      ["1 + 5 * 2 - 1 + 10", "= 21"],
      ["10 - 4 / 2", "= 3"],
      ["10 - 3 - 2", "= 5"],
      ["100 / 10 / 5", "= 2"],
      ["1 + 9 % 4", "= 2"],
    ],
  ),

  table(
    "P1.5-rounding",
    "the result is rounded to 15 digits, and written as JavaScript writes it",
    "Round with toPrecision(15), make a number of that, and write it as it is.",
    [
      ["0.1 + 0.2", "= 0.3"],
      ["10 / 4", "= 2.5"],
      ["1 / 3", "= 0.333333333333333"],
      ["2 / 3", "= 0.666666666666667"],
      ["100000000000000000000", "= 100000000000000000000"],
      ["100000000000000000000 * 10", "= 1e+21"],
      ["1 / 10000000", "= 1e-7"],
      ["123456789012345678", "= 123456789012346000"],
    ],
  ),

  table(
    "P1.5-only-the-result",
    "only the final result is rounded, and negative zero is 0",
    "What is computed on the way must keep all of its digits.",
    [
      ["0.1 + 0.2 - 0.3", "= 5.55111512312578e-17"],
      ["1 / 3 * 3", "= 1"],
      ["0 - 7 % 7", "= 0"],
      ["0 / 5 - 0 * 3", "= 0"],
    ],
  ),

  table(
    "P1.6-remainder",
    "the remainder has the sign of the left operand",
    "In some languages the remainder has the sign of the right operand.",
    [
      ["0 - 7 % 3", "= -1"],
      ["0 - 6 % 4", "= -2"],
      ["5.5 % 2", "= 1.5"],
      ["2 % 5", "= 2"],
      ["7 % 3", "= 1"],
    ],
  ),

  {
    id: "P1.3-any-expression",
    title: "any expression is evaluated, however it is spelt and spaced",
    likelyCause: "Some combination of spellings goes wrong: look at the expression that was sent.",
    async run(scene) {
      const client = await scene.connect(await scene.server());
      for (let count = 0; count < 40; count += 1) {
        const terms = Array.from({ length: scene.random.integer(1, 6) }, () => randomTerm(scene));
        const written = terms.map(({ operator, literal, blanks: [before, behind] }, index) =>
          index === 0 ? literal : `${before}${operator}${behind}${literal}`,
        );
        await asks(client, [[written.join(""), replyTo(terms)]]);
      }
    },
  },
]);

interface Term {
  operator: string;
  literal: string;
  blanks: [string, string];
}

function randomTerm(scene: Scene): Term {
  const { random } = scene;
  const digits = (): string => String(random.integer(0, random.pick([9, 999, 99_999])));
  const mantissa = random.pick([digits(), `${digits()}.${digits()}`, `${digits()}.`, `.${digits()}`]);
  const exponent = random.pick(["", "", "", `e${random.integer(0, 99)}`, `E-${random.integer(0, 99)}`]);
  return {
    operator: random.pick(["+", "-", "*", "/", "%"]),
    literal: random.pick(["", "", "+", "-"]) + mantissa + exponent,
    blanks: [random.pick(["", " ", "\t "]), random.pick(["", " ", " \t"])],
  };
}

/** The reply that the calculator must give to these terms. The operator of the first term is ignored. */
function replyTo(terms: readonly Term[]): string {
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
  return `= ${Number(value.toPrecision(15)) + 0}`;
}

const errors = defineChecks(SERVER, [
  table(
    "P1.7-reasons",
    "each kind of failure has its reason",
    "The reasons are given word for word in P1.7.",
    [
      ["", "error: empty expression"],
      [" \t ", "error: empty expression"],
      ["1 / 0", "error: division by zero"],
      ["1 % 0", "error: division by zero"],
      ["0 / 0", "error: division by zero"],
      ["1 +", END_OF_EXPRESSION],
    ],
  ),

  table(
    "P1.7-column",
    "a syntax error names the character, and its column from 1",
    "The character is written as it is, a quote too. Columns count from 1, in the line as received, blanks included.",
    [
      ["1 2", unexpected("2", 3)],
      ["* 5", unexpected("*", 1)],
      ["   x", unexpected("x", 4)],
      ["\t\t1 a", unexpected("a", 5)],
      ["1 + é", unexpected("é", 5)],
      ['1 + "2"', unexpected('"', 5)],
      ["\\n", unexpected("\\", 1)],
      ["1 +", END_OF_EXPRESSION],
      ["1 + 2 *\t ", END_OF_EXPRESSION],
    ],
  ),

  table(
    "P1.7-code-points",
    "the unexpected character is a whole code point",
    "A string's units are not its characters: outside of the basic plane a code point has two of them.",
    [
      ["1 + 😀😀", unexpected("😀", 5)],
      ["𝟚", unexpected("𝟚", 1)],
      ["1 × 2", unexpected("×", 3)],
      ["1\u0301", unexpected("\u0301", 2)],
      ["🇩🇪", unexpected("🇩", 1)],
    ],
  ),

  table(
    "P1.7-control-characters",
    "a control character in an error is written as U+FFFD",
    "Whoever shows the error would send the control character to their terminal. Replace it by U+FFFD.",
    [
      ["1 \u001b[31m", unexpected("\ufffd", 3)],
      ["\0", unexpected("\ufffd", 1)],
      ["1\r+ 2", unexpected("\ufffd", 2)],
      ["1\v+ 2", unexpected("\ufffd", 2)],
      ["\u007f", unexpected("\ufffd", 1)],
      ["1 + \u009b", unexpected("\ufffd", 5)],
      // These are seen as little, and are no control characters (C0 and C1): they are written as they are.
      ["1 \u200b", unexpected("\u200b", 3)],
      ["1 \u00ad", unexpected("\u00ad", 3)],
    ],
  ),

  table(
    "P1.7-longest-number",
    "a number is read as long as possible, and not longer",
    "An e without digits behind it is no exponent, and a point without any digit is no number.",
    [
      ["1e", unexpected("e", 2)],
      ["1e+", unexpected("e", 2)],
      ["1e 3", unexpected("e", 2)],
      ["1e3.5", unexpected(".", 4)],
      ["1.2.3", unexpected(".", 4)],
      [".", unexpected(".", 1)],
      ["1 + e3", unexpected("e", 5)],
    ],
  ),

  table(
    "P1.7-syntax-first",
    "a line that is no expression gets the syntax error, whatever it would compute",
    "Read the whole line before anything is computed.",
    [
      ["1 / 0 + x", unexpected("x", 9)],
      ["1 / 0 +", END_OF_EXPRESSION],
      ["1 % 0 )", unexpected(")", 7)],
    ],
  ),

  table(
    "P1.7-leftmost",
    "of several arithmetic failures the leftmost is reported",
    "Check each operand and each result in its turn: do not compute everything first, nor look for zeros first.",
    [
      ["1 / 0 + 1e308 * 10", "error: division by zero"],
      ["1 / -0 * 1e999", "error: division by zero"],
      ["5 % -0.0", "error: division by zero"],
      ["1e308 * 10 / 0", "error: out of range"],
      ["1e308 * 10 / 10", "error: out of range"],
      ["1 % 0 * 1e999", "error: division by zero"],
    ],
  ),

  table(
    "P1.7-out-of-range",
    "what is too large for a double is out of range, wherever it stands",
    "Infinity must neither be a result nor an operand. The rounding can make one, too.",
    [
      ["1e999", "error: out of range"],
      ["-1e999", "error: out of range"],
      ["0 * 1e999", "error: out of range"],
      ["5 % 1e999", "error: out of range"],
      ["-1e308 - 1e308", "error: out of range"],
      ["1.7976931348623157e308", "error: out of range"],
    ],
  ),

  {
    id: "P1.7-goes-on",
    title: "after an error the connection goes on",
    likelyCause: "An error is a reply like any other. Only a line that is too long ends the connection.",
    async run(scene) {
      const client = await scene.connect(await scene.server());
      for (const request of ["", "1 / 0", "x", "1 +"]) {
        await client.sends(`${request}\n`);
        await client.receivesLine();
        await asks(client, [["1 + 1", "= 2"]]);
      }
    },
  },
]);

/** The idle timeout of a check, in seconds. It is a fraction, and a server that cuts it off is too early. */
const IDLE_TIMEOUT = 1.5;

/** For how many of the 300 seconds a client is silent. */
const DEFAULT_IDLE = 31;

const endings = defineChecks(SERVER, [
  {
    id: "P1.8-end",
    title: "END in any case, blanks around it, closes the connection without a reply",
    likelyCause: "END counts in any case, and spaces and tabs around it are ignored.",
    async run(scene) {
      const server = await scene.server();
      for (const line of ["END", "end", "End", " \tEND\t "]) {
        const client = await scene.connect(server);
        await asks(client, [["1 + 1", "= 2"]]);
        await client.sends(`${line}\n`);
        await client.isClosed();
      }
    },
  },

  table(
    "P1.8-nothing-else",
    "no other line closes the connection",
    [{ received: /^the end of the connection/, cause: "More than END is taken for it." }],
    [
      ["ENDE", unexpected("E", 1)],
      ["END 1", unexpected("E", 1)],
      ["1 END", unexpected("E", 3)],
      ["1 + 1", "= 2"],
    ],
  ),

  table(
    "P1.8-other-blanks",
    "an END between other blanks than spaces and tabs does not close the connection",
    [
      {
        received: /^the end of the connection/,
        cause: "trim() removes other blanks than spaces and tabs, too.",
      },
    ],
    [
      ["\u00a0END", unexpected("\u00a0", 1)],
      ["END\u3000", unexpected("E", 1)],
      ["1 + 1", "= 2"],
    ],
  ),

  {
    id: "P1.8-nothing-after",
    title: "what was asked before END is answered, what comes after it is not",
    likelyCause: "END ends the connection, but not before the lines in front of it have their replies.",
    async run(scene) {
      const client = await scene.connect(await scene.server());
      await client.sends("1 + 1\n2 + 2\nEND\n3 + 3\n");
      await client.receives("= 2\n= 4\n");
      await client.isClosed();
    },
  },

  {
    id: "P1.9-idle",
    title: "a connection that sends no complete line in time is closed, and no other",
    likelyCause: "The time runs anew with every complete line; bytes without LF do not count.",
    async run(scene) {
      const server = await scene.startServer(["--idle-timeout", String(IDLE_TIMEOUT)]);
      const busy = await scene.connect(server, "a busy client");
      const since = performance.now();
      const silent = await scene.connect(server, "a silent client");
      const unfinished = await scene.connect(server, "a client without LF");
      const patient = Promise.allSettled(
        [silent, unfinished].map((client) => client.isClosedAfterSeconds(IDLE_TIMEOUT, since)),
      );
      let over = false;
      void patient.then(() => {
        over = true;
      });
      while (!over) {
        await asks(busy, [["1 + 1", "= 2"]]);
        if (!unfinished.socket.destroyed) unfinished.write("1");
        await pause(50);
      }
      for (const outcome of await patient) {
        if (outcome.status === "rejected") throw outcome.reason;
        if (outcome.value !== "") scene.fails({ expected: "no reply", received: quote(outcome.value) });
      }
      await asks(busy, [["2 + 2", "= 4"]]);
    },
  },

  {
    id: "P1.9-fractions",
    title: "a number of seconds may be a fraction",
    likelyCause: "The option's value is read as an integer: 0.5 is refused, or becomes 0.",
    async run(scene) {
      const program = scene.runServer({ port: "0" }, ["--idle-timeout", "0.5"]);
      const line = await program.showsNext(/^listening on .*:[1-9][0-9]*$/);
      const since = performance.now();
      const silent = await scene.connect({ port: Number(line.slice(line.lastIndexOf(":") + 1)) });
      await silent.isClosedAfterSeconds(0.5, since);
    },
  },

  {
    id: "P1.9-default-time",
    title: "without --idle-timeout, a client may be silent for minutes",
    likelyCause: "The default is 5 minutes, that is 300 seconds or 300,000 milliseconds.",
    waits: DEFAULT_IDLE,
    async run(scene) {
      const client = await scene.connect(await scene.startServer(), "a silent client");
      await asks(client, [["1 + 1", "= 2"]]);
      await scene.step(`${DEFAULT_IDLE} s pass`, () => pause(1000 * DEFAULT_IDLE));
      await asks(client, [["2 + 2", "= 4"]]);
    },
  },
]);

/** Runs the client against the server, and expects exactly this output. */
async function prints(
  scene: Scene,
  expected: CalculatorRun,
  expression: readonly string[],
  input?: string,
): Promise<void> {
  const run = await scene.calculator(await scene.server(), expression, input);
  const [wanted, got] = [describe(expected), describe(run)];
  if (wanted !== got) scene.fails({ expected: wanted, received: got, exact: true });
}

function describe({ stdout, stderr, code }: CalculatorRun): string {
  return `output ${quote(stdout)}, errors ${quote(stderr)}, exit code ${code}`;
}

const clients = defineChecks(CLIENT, [
  {
    id: "P1.10-value",
    title: "the client sends its arguments as one expression, and prints the value alone",
    likelyCause: "Join the arguments by blanks, and print what stands behind the = of the reply.",
    async run(scene) {
      await prints(scene, { stdout: "5\n", stderr: "", code: 0 }, ["2", "+", "3"]);
      await prints(scene, { stdout: "5\n", stderr: "", code: 0 }, ["2 + 3"]);
    },
  },

  {
    id: "P1.10-failure",
    title: "a failure goes to standard error, and ends the client with exit code 1",
    likelyCause: "A program that reads the output must not take an error for a value.",
    async run(scene) {
      await prints(scene, { stdout: "", stderr: "error: division by zero\n", code: 1 }, ["1 / 0"]);
      await prints(scene, { stdout: "", stderr: "error: empty expression\n", code: 1 }, [""]);
    },
  },

  {
    id: "P1.10-options-first",
    title: "options are read only before the expression, which may begin with a sign",
    likelyCause: "A reader of options takes -4, or what follows the expression, for an option.",
    async run(scene) {
      await prints(scene, { stdout: "-8\n", stderr: "", code: 0 }, ["-4", "*", "2"]);
      const stderr = 'error: unexpected "-" at column 4\n';
      await prints(scene, { stdout: "", stderr, code: 1 }, ["1", "--help"]);
    },
  },

  {
    id: "P1.10-pipe",
    title: "from a pipe the client prints each reply as it came, and nothing else",
    likelyCause: "The client must send all of its input, and wait for all replies before it ends.",
    async run(scene) {
      const stdout = "= 3\nerror: division by zero\nerror: empty expression\n= 7\n";
      await prints(scene, { stdout, stderr: "", code: 0 }, [], "1 + 2\n1 / 0\n\n10 - 3\n");
      await prints(scene, { stdout: "= 2\n", stderr: "", code: 0 }, [], "1 + 1\nEND\n");
    },
  },

  {
    id: "P1.10-no-server",
    title: "without a server the client says in one line how to start one, and ends with exit code 1",
    likelyCause: "The error of connecting is not handled, is told in more than a line, or does not help.",
    async run(scene) {
      const { stdout, stderr, code } = await scene.calculator({ port: await freePort() }, ["1 + 1"]);
      if (!/^[^\n]*\bstart\b[^\n]*\n$/.test(stdout + stderr) || code !== 1)
        scene.fails({
          expected: "one line with the word start, and exit code 1",
          received: describe({ stdout, stderr, code }),
        });
    },
  },

  {
    id: "P1.10-help",
    title: "--help names the client's options --host and --port, and ends with exit code 0",
    likelyCause: "--help is not known, or does not name --host and --port.",
    async run(scene) {
      const { stdout, stderr, code } = await scene.calculator(await scene.server(), ["--help"]);
      const missing = ["--host", "--port"].filter((option) => !(stdout + stderr).includes(option));
      if (missing.length > 0 || code !== 0)
        scene.fails({
          expected: `${missing.length > 0 ? `${missing.join(", ")} in the output, and ` : ""}exit code 0`,
          received: describe({ stdout, stderr, code }),
        });
    },
  },
]);

export const checks = [...expressions, ...errors, ...endings, ...clients];
