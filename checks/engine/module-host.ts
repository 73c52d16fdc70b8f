// A process that loads functions from a stage's files, and calls them for the checker. Started as a program:
//
// node --import tsx checks/engine/module-host.ts FOLDER
//
// It reads a request from each line of standard input, and answers each with a line on standard output. What a
// student's code prints goes to standard error, so that it cannot be mistaken for an answer.
// The checker ends an endless loop.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { watchBytes } from "./touched-bytes.ts";
import { decodeValue, encodeValue, thrownOf } from "./values.ts";
import { takeCalls } from "./watched-crypto.ts";

interface Request {
  id: number;
  /**
   * Call a function of a file, make an object of a class, call a method of such an object, list the functions of
   * node:crypto that have been called since the last request, or the noted calls of functions that were handed in.
   */
  kind: "call" | "create" | "method" | "crypto-calls" | "noted-calls";
  file: string;
  name: string;
  handle: number;
  arguments: unknown;
}

/** How many values we take from an iterator at most. */
const MOST_VALUES = 100_000;

const folder = process.argv[2] ?? ".";
const objects: object[] = [];
/** The calls of functions that note their calls, since they were asked for. */
const notedCalls: string[] = [];
/** A file is being loaded. Then a SyntaxError comes from the file, and not from a function's code. */
let loading = false;
const output = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

function refer(object: object): number {
  objects.push(object);
  return objects.length - 1;
}

async function perform({ kind, file, name, handle }: Request, argv: unknown[]): Promise<unknown> {
  if (kind === "crypto-calls") return takeCalls();
  if (kind === "noted-calls") return notedCalls.splice(0);
  if (kind === "method") return member(objects[handle], name, `an object of ${file}`)(...argv);
  loading = true;
  const module: object = await import(pathToFileURL(join(folder, file)).href);
  loading = false;
  if (kind === "call") return member(module, name, file)(...argv);
  const Class = (module as Record<string, unknown>)[name];
  if (typeof Class !== "function") throw new Error(`${file} exports no class ${name}`);
  return Reflect.construct(Class, argv);
}

/** A function of an object. For any other member, a function that returns its value. */
function member(object: unknown, name: string, where: string): (...argv: unknown[]) => unknown {
  if (typeof object !== "object" || object === null || !(name in object))
    throw new Error(`${where} has no ${name}`);
  const value = (object as Record<string, unknown>)[name];
  return typeof value === "function" ? value.bind(object) : () => value;
}

/** Collects the values of an iterator into an array. */
function collect(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("next" in value) || !(Symbol.iterator in value))
    return value;
  const values: unknown[] = [];
  for (const one of value as Iterable<unknown>) {
    values.push(one);
    if (values.length > MOST_VALUES) throw new Error("there is no end of values");
  }
  return values;
}

output('{"id":0}\n'); // The process has started. The time after this line is spent in the functions.
for await (const line of createInterface({ input: process.stdin })) {
  const request: Request = JSON.parse(line);
  let answer: object;
  try {
    const argv = decodeValue(
      request.arguments,
      (number) => objects[number],
      (call) => notedCalls.push(call),
    ) as unknown[];
    const touchedBytes = watchBytes(argv);
    const value = collect(await perform(request, argv));
    const encoded =
      request.kind === "create" ? { $: "handle", value: refer(value as object) } : encodeValue(value, refer);
    answer = { id: request.id, value: encoded, touched: touchedBytes(value) };
  } catch (error) {
    answer = {
      id: request.id,
      thrown: encodeValue(thrownOf(error)),
      compiled: !(loading && isSyntaxError(error)),
    };
    loading = false;
  }
  output(`${JSON.stringify(answer)}\n`);
}
process.exit(0); // Timers in a student's code must not keep the process running.

/** Whether a file is no valid TypeScript, or imports a file or name that does not exist. */
function isSyntaxError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return error instanceof SyntaxError || error.name === "TransformError" || code === "ERR_MODULE_NOT_FOUND";
}
