// The command line of npm run web. Pure.

import { parseArgs } from "node:util";

/** The command line is wrong. The message is one line. */
export class UsageError extends Error {}

export interface WebOptions {
  /** Undefined: one that the system chooses. */
  port: number | undefined;
  /** The place that is opened first, such as /lessons/01-1; empty for the beginning. */
  at: string;
  opens: boolean;
}

/** What may follow --at: the names of places are letters, digits and few others. */
const PLACE = /^\/[\w/.=-]{0,4096}$/;

/** @throws UsageError */
export function readOptions(argv: readonly string[]): WebOptions | "help" {
  const { values, positionals } = parse(argv);
  if (values.help) return "help";
  if (positionals.length > 0)
    throw new UsageError(`"${positionals[0]}" is no option; --help shows the usage`);
  const { port, at = "" } = values;
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && Number(port) <= 65_535))
    throw new UsageError(`--port takes a number from 0 to 65535, and not "${port}"`);
  if (at !== "" && !PLACE.test(at)) throw new UsageError("--at takes a place such as /lessons/01-1");
  return { port: port === undefined ? undefined : Number(port), at, opens: !values["no-open"] };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        port: { type: "string" },
        at: { type: "string" },
        "no-open": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message.split(/\.?(?:\n| )(?=[A-Z])/)[0] : error}; --help shows the usage`,
    );
  }
}
