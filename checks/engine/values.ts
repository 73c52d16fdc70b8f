// Encodes values for the way between the checker and the process with a student's functions: as JSON, with special
// objects for values that JSON does not have. Pure.

/** A function that returns one of these values at each call, and in the end always the last one. */
export class GivesInTurn {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

/** Stands for a function as an argument. Its calls return these values in turn. */
export function givesInTurn(...values: unknown[]): GivesInTurn {
  return new GivesInTurn(values);
}

/** A function that returns one of its own arguments, which are counted from 0. */
export class GivesArgument {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/** What a function that stands in for another one does when it is called. */
export interface Stand {
  /** It calls the function that it is given, and returns its value. */
  runs?: boolean;
  /** It returns these values at its calls, in turn, and in the end always the last one. */
  gives?: readonly unknown[];
  /** It throws an error with this message. */
  throws?: string;
}

/** A function that notes each of its calls, with the arguments, so that the order of several can be seen. */
export class NotesCalls {
  readonly name: string;
  readonly stand: Stand;

  constructor(name: string, stand: Stand = {}) {
    this.name = name;
    this.stand = stand;
  }
}

/** An object that exists in the other process. */
export class Reference {
  readonly handle: number;

  constructor(handle: number) {
    this.handle = handle;
  }
}

/** An error that was thrown in the other process. */
export interface Thrown {
  name: string;
  message: string;
  code?: unknown;
}

/** @param refer is called with an object that must stay here, and returns a number for it */
export function encodeValue(value: unknown, refer?: (value: object) => number): unknown {
  const encode = (one: unknown): unknown => encodeValue(one, refer);
  if (value === undefined) return { $: "undefined" };
  if (typeof value === "bigint") return { $: "bigint", value: value.toString() };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $: "number", value: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value !== "object" || value === null)
    return typeof value === "function" ? { $: "undefined" } : value;
  if (value instanceof Uint8Array) return { $: "bytes", value: Buffer.from(value).toString("hex") };
  if (value instanceof GivesInTurn) return { $: "gives", value: value.values.map(encode) };
  if (value instanceof GivesArgument) return { $: "argument", value: value.index };
  if (value instanceof NotesCalls)
    return { $: "notes", value: { name: value.name, ...value.stand, gives: value.stand.gives?.map(encode) } };
  if (value instanceof Reference) return { $: "handle", value: value.handle };
  if (value instanceof Error) return { $: "error", value: encode(thrownOf(value)) };
  if (value instanceof Map) return { $: "map", value: [...value].map(encode) };
  if (value instanceof Set) return { $: "set", value: [...value].map(encode) };
  if (Array.isArray(value)) return value.map(encode);
  const plain = Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null;
  if (!plain && refer !== undefined) return { $: "handle", value: refer(value) };
  return { $: "object", value: Object.entries(value).map(([name, member]) => [name, encode(member)]) };
}

/**
 * @param resolve returns the object for a number; without it, references stay as they are
 * @param note is told each call of a function that notes its calls
 */
export function decodeValue(
  json: unknown,
  resolve?: (handle: number) => unknown,
  note: (call: string) => void = () => {},
): unknown {
  const decode = (one: unknown): unknown => decodeValue(one, resolve, note);
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(decode);
  const { $: kind, value } = json as { $?: unknown; value?: unknown };
  const list = Array.isArray(value) ? value : [];
  switch (kind) {
    case "undefined":
      return undefined;
    case "bigint":
      return BigInt(String(value));
    case "number":
      return Number(value);
    case "bytes":
      return Buffer.from(String(value), "hex");
    case "gives": {
      const values = list.map(decode);
      let next = 0;
      return () => values[Math.min(next++, values.length - 1)];
    }
    case "notes":
      return notingFunction(value as { name: string } & Stand, decode, note);
    case "argument":
      return (...argv: unknown[]) => argv[Number(value)];
    case "handle":
      return resolve === undefined ? new Reference(Number(value)) : resolve(Number(value));
    case "error": {
      const thrown = decode(value) as Thrown;
      return Object.assign(new Error(thrown.message), thrown);
    }
    case "map":
      return new Map(list.map((entry) => decode(entry) as [unknown, unknown]));
    case "set":
      return new Set(list.map(decode));
    case "object":
      return Object.fromEntries(list.map((entry) => decode(entry) as [string, unknown]));
    default:
      throw new Error("an unknown kind of value");
  }
}

function notingFunction(
  { name, runs, gives = [], throws }: { name: string } & Stand,
  decode: (one: unknown) => unknown,
  note: (call: string) => void,
): (...argv: unknown[]) => unknown {
  const values = gives.map(decode);
  let next = 0;
  return (...argv) => {
    const shown = argv.filter((one) => typeof one !== "function").map((one) => JSON.stringify(one));
    note([name, ...shown].join(" "));
    if (throws !== undefined) throw new Error(throws);
    const [action] = argv;
    if (runs === true && typeof action === "function") {
      const value: unknown = action();
      note(`end of ${name}`);
      return value;
    }
    return values[Math.min(next++, values.length - 1)];
  };
}

export function thrownOf(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: "thrown", message: String(error) };
  const code = "code" in error ? { code: error.code } : {};
  return { name: error.name, message: error.message, ...code };
}
