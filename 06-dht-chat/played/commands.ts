// How the programs in this folder are told what to do: a JSON object in each line of their input.

import { createInterface } from "node:readline";

/** A command: its members may be anything. */
export type Command = Readonly<Record<string, unknown>>;

/**
 * Does what each line of the input says, one after the other. When the input ends, the program ends.
 * @param perform throws an Error if the command is not understood; the program prints its message and goes on
 */
export async function obey(
  perform: (command: Command) => Promise<void>,
  end: () => Promise<void>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const command: unknown = JSON.parse(line);
      if (typeof command !== "object" || command === null) throw new Error("a command is a JSON object");
      await perform(command as Command);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
    }
  }
  await end();
  process.exit();
}

/** A member that is text. @throws Error if it is not */
export function textOf(command: Command, name: string): string {
  const value = command[name];
  if (typeof value !== "string") throw new Error(`${name} is text`);
  return value;
}

/** A member that is a list of texts. @throws Error if it is not */
export function textsOf(command: Command, name: string): string[] {
  const value = command[name];
  if (!Array.isArray(value)) throw new Error(`${name} is a list of texts`);
  return value.map((one) => {
    if (typeof one !== "string") throw new Error(`${name} is a list of texts`);
    return one;
  });
}
