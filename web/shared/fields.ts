// Reads what a page has sent, field by field: nothing of it is taken unchecked. Pure.

/** What a page asked for cannot be done. The message is one sentence for the user. */
export class CallError extends Error {}

/** The fields of one call. Each method throws a CallError if the field is not what it should be. */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(given: unknown) {
    if (typeof given !== "object" || given === null || Array.isArray(given))
      throw new CallError("what was sent is no object");
    this.#fields = given as Readonly<Record<string, unknown>>;
  }

  /** @param most how many UTF-16 units it may have */
  text(name: string, most: number): string {
    const value = this.#fields[name];
    if (typeof value !== "string") throw new CallError(`${name} is no text`);
    if (value.length > most) throw new CallError(`${name} is longer than ${most} characters`);
    return value;
  }

  /** A whole number from `least` to `most`. */
  whole(name: string, least: number, most: number): number {
    const value = this.#fields[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most)
      throw new CallError(`${name} is no whole number from ${least} to ${most}`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#fields[name];
    if (typeof value !== "boolean") throw new CallError(`${name} is neither true nor false`);
    return value;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.#fields[name];
    const found = values.find((one) => one === value);
    if (found === undefined) throw new CallError(`${name} is none of ${values.join(", ")}`);
    return found;
  }

  /** Whether the field was sent at all. */
  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== undefined;
  }
}
