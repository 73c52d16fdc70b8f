// What stands on the command line of the node (P10.5). Pure: arguments in, checked settings out.

import { isIP } from "node:net";
import { ArgumentError, type Option, readOptions } from "./arguments.ts";
import { peerIdOf } from "./identity.ts";
import { parseRelayAddress } from "./relay-addresses.ts";

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 8060;

/** How many --join may be given. */
const MAX_JOINS = 16;

export const OPTIONS = {
  host: {
    value: "HOST",
    help: "your address in the network; 0.0.0.0 for all (default 127.0.0.1: this machine only)",
    check: checkHost,
  },
  port: {
    value: "PORT",
    help: `for the page and the relay (default ${DEFAULT_PORT}, or one of the next nine; 0: any)`,
    check: checkPort,
  },
  join: {
    value: "ADDRESS",
    help: "another node, by the second line that it prints; may be given several times",
    check: checkJoin,
  },
  data: {
    value: "DIR",
    help: "keeps the node's key there, so that its address stays the same (default: a new one each time)",
    check: checkPath,
  },
  help: { help: "show this text" },
} satisfies Record<string, Option>;

/** What the command line asks for. */
export type NodeCall =
  | { kind: "help" }
  | { kind: "run"; host: string; port: number; joins: string[]; data: string | undefined };

/** Reads the command line. @throws ArgumentError with one sentence, for exit code 2 */
export function readNodeCall(argv: readonly string[]): NodeCall {
  const { joins, rest } = takeJoins(argv);
  const { options } = readOptions(rest, OPTIONS);
  if (options.has("help")) return { kind: "help" };
  const port = Number(options.get("port") ?? DEFAULT_PORT);
  return { kind: "run", host: options.get("host") ?? DEFAULT_HOST, port, joins, data: options.get("data") };
}

/** --join may stand there several times, which the other options may not: they are taken out first. */
function takeJoins(argv: readonly string[]): { joins: string[]; rest: string[] } {
  const joins: string[] = [];
  const rest: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const isJoin = word === "--join" || word.startsWith("--join=");
    const value = word.includes("=") ? word.slice("--join=".length) : words[0];
    if (!isJoin || value === undefined) {
      rest.push(word);
      // The value of another option is no option, whatever it looks like.
      if (takesValue(word) && words[0] !== undefined) rest.push(words.shift() ?? "");
      continue;
    }
    if (!word.includes("=")) words.shift();
    readOptions([`--join=${value}`], OPTIONS); // Its check complains as usual.
    if (!joins.includes(value)) joins.push(value);
  }
  if (joins.length > MAX_JOINS) throw new ArgumentError(`--join may be given ${MAX_JOINS} times at most`);
  return { joins, rest };
}

function takesValue(word: string): boolean {
  return Object.entries(OPTIONS).some(([name, option]) => word === `--${name}` && "value" in option);
}

function checkHost(value: string): string | undefined {
  const host = value.replace(/^\[(.*)\]$/, "$1");
  return isIP(host) !== 0 && !host.includes("%")
    ? undefined
    : "a host is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all";
}

function checkPort(value: string): string | undefined {
  const isFine = /^[0-9]{1,5}$/.test(value) && Number(value) <= 65_535;
  return isFine ? undefined : "a port is a number from 0 to 65535";
}

/** Any peer id that is nobody's will do for the form of an address. */
function checkJoin(value: string): string | undefined {
  return parseRelayAddress(value, peerIdOf(new Uint8Array(32))) === undefined
    ? "an address to join by is /ip4/HOST/tcp/PORT/ws/p2p/ID: the second line that a node prints"
    : undefined;
}

function checkPath(value: string): string | undefined {
  return value === "" || value.includes("\0") ? "a path is not empty" : undefined;
}
