// What stands on the command line of the peer (P8.1). Pure: arguments in, checked settings out.

import { isIP } from "node:net";
import { join } from "node:path";
import { parseDestination, usualSpelling } from "./addresses.ts";
import {
  ArgumentError,
  type Arguments,
  milliseconds,
  type Option,
  readOptions,
  secondsOption,
} from "./arguments.ts";
import { isPeerName, isTeam } from "./beacons.ts";
import { ACCESS_LEVELS, type Access } from "./trust.ts";

/** How many --peer may be given: each gets every beacon. */
const MAX_PEERS = 64;

export const OPTIONS = {
  name: { value: "NAME", help: "your name in the team", check: checkName },
  team: { value: "TEAM", help: "the team; only peers of the same team find each other", check: checkTeam },
  "passphrase-file": {
    value: "FILE",
    help: "a file whose first line is the team's passphrase (without it you are asked)",
    check: checkPath,
  },
  port: {
    value: "PORT",
    help: "TCP and UDP (default 5000, or one of the next nine; 0: any)",
    check: checkPort,
  },
  host: {
    value: "HOST",
    help: "your address in the network; 0.0.0.0 for all (default 127.0.0.1: this machine only)",
    check: checkHost,
  },
  peer: {
    value: "HOST:PORT",
    help: "send beacons there, too; may be given several times",
    check: checkPeer,
  },
  data: {
    value: "DIR",
    help: "your key and history (default data/NAME-TEAM beside this program)",
    check: checkPath,
  },
  beacon: secondsOption("the pause between two beacons (default 5)"),
  inactive: secondsOption("how long a silent peer is remembered (default 600)"),
  access: {
    value: "LEVEL",
    help: "who may have a session: team (default), known or verified",
    check: checkAccess,
  },
  "no-discovery": { help: "neither send nor hear beacons; /connect HOST:PORT still works" },
  "new-team": { help: "print six words, a good passphrase for a new team, and end" },
  help: { help: "show this text" },
} satisfies Record<string, Option>;

/** What the command line asks for. Times are in milliseconds. */
export type PeerCall = { kind: "help" } | { kind: "new-team" } | { kind: "run"; options: PeerOptions };

export interface PeerOptions {
  name: string;
  team: string;
  passphraseFile: string | undefined;
  host: string;
  port: number;
  /** HOST:PORT of each --peer, as given. */
  peers: string[];
  data: string;
  beacon: number;
  inactive: number;
  access: Access;
  discovers: boolean;
}

/**
 * Reads the command line.
 * @param stageFolder where the data folders are unless --data says otherwise
 * @throws ArgumentError with one sentence, for exit code 2
 */
export function readPeerCall(argv: readonly string[], stageFolder: string): PeerCall {
  const { peers, rest } = takePeers(argv);
  const given = readOptions(rest, OPTIONS);
  if (given.options.has("help")) return { kind: "help" };
  if (given.options.has("new-team")) return { kind: "new-team" };
  const name = required(given, "name");
  const team = required(given, "team");
  return {
    kind: "run",
    options: {
      name,
      team,
      passphraseFile: given.options.get("passphrase-file"),
      host: usualSpelling(given.options.get("host") ?? "127.0.0.1"),
      port: Number(given.options.get("port") ?? 5000),
      peers,
      data: given.options.get("data") ?? join(stageFolder, "data", `${name}-${team}`),
      beacon: milliseconds(given, "beacon", 5),
      inactive: milliseconds(given, "inactive", 600),
      access: accessLevel(given.options.get("access")) ?? "team",
      discovers: !given.options.has("no-discovery"),
    },
  };
}

/** A level of access by its name; undefined if there is none of that name. */
export function accessLevel(text: string | undefined): Access | undefined {
  return ACCESS_LEVELS.find((level) => level === text);
}

/** --peer may stand there several times, which the other options may not: they are taken out first. */
function takePeers(argv: readonly string[]): { peers: string[]; rest: string[] } {
  const peers: string[] = [];
  const rest: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const isPeer = word === "--peer" || word.startsWith("--peer=");
    const value = isPeer && word.includes("=") ? word.slice("--peer=".length) : words[0];
    if (isPeer && value !== undefined) {
      if (!word.includes("=")) words.shift();
      readOptions([`--peer=${value}`], OPTIONS); // Its check complains as usual.
      if (!peers.includes(value)) peers.push(value);
      continue;
    }
    rest.push(word);
    // The value of another option is no option, whatever it looks like.
    if (takesValue(word) && words[0] !== undefined) rest.push(words.shift() ?? "");
  }
  if (peers.length > MAX_PEERS) throw new ArgumentError(`--peer may be given ${MAX_PEERS} times at most`);
  return { peers, rest };
}

function takesValue(word: string): boolean {
  return Object.entries(OPTIONS).some(([name, option]) => word === `--${name}` && "value" in option);
}

function required({ options }: Arguments, name: "name" | "team"): string {
  const value = options.get(name);
  if (value === undefined) throw new ArgumentError(`--${name} is missing: peer --name NAME --team TEAM`);
  return value;
}

function checkName(value: string): string | undefined {
  return isPeerName(value)
    ? undefined
    : "a name is 1 to 32 of A-Z a-z 0-9 _ -, but not `you` or `all`, which commands use";
}

function checkTeam(value: string): string | undefined {
  return isTeam(value) ? undefined : "a team is 1 to 32 of A-Z a-z 0-9 _ -";
}

function checkPath(value: string): string | undefined {
  return value === "" || value.includes("\0") ? "a path is not empty" : undefined;
}

function checkPort(value: string): string | undefined {
  const isNumber = /^[0-9]{1,5}$/.test(value);
  const isFine = isNumber && (Number(value) === 0 || (Number(value) >= 1024 && Number(value) <= 65535));
  return isFine ? undefined : "a port is a number from 1024 to 65535, or 0 for any that is free";
}

function checkHost(value: string): string | undefined {
  // The wire knows no zones (fe80::1%eth0): each machine has names of its own for them.
  return isIP(value.replace(/^\[(.*)\]$/, "$1")) !== 0 && !value.includes("%")
    ? undefined
    : "a host is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all";
}

function checkPeer(value: string): string | undefined {
  return parseDestination(value) === undefined
    ? "a peer is HOST:PORT, such as 192.168.1.20:5000 or [::1]:5000"
    : undefined;
}

function checkAccess(value: string): string | undefined {
  return accessLevel(value) === undefined ? `a level is ${ACCESS_LEVELS.join(", ")}` : undefined;
}
