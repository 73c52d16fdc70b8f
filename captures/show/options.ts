// Reads the command line of `npm run show`, and refuses an option that would do nothing. Pure.

import { parseArgs } from "node:util";

/** The arguments are wrong. The message is one line. */
export class UsageError extends Error {}

const OPTIONS = {
  stream: { type: "string" },
  udp: { type: "string" },
  hex: { type: "boolean" },
  stats: { type: "boolean" },
  keys: { type: "string" },
  "passphrase-file": { type: "string" },
  team: { type: "string" },
  letter: { type: "boolean" },
  identity: { type: "string" },
  packets: { type: "boolean" },
  packet: { type: "string" },
  find: { type: "string" },
  compare: { type: "boolean" },
  json: { type: "boolean" },
  partial: { type: "boolean" },
  help: { type: "boolean" },
} as const;

type Name = keyof typeof OPTIONS;

/** What each view takes beside its own option. All that show a capture take --partial. */
const TEAM_KEY = ["passphrase-file", "team"] as const;
const TAKES = {
  summary: TEAM_KEY,
  stream: ["hex", "stats", "keys", ...TEAM_KEY],
  udp: ["hex", ...TEAM_KEY],
  packets: ["stream", ...TEAM_KEY],
  packet: TEAM_KEY,
  find: ["stream", "keys", ...TEAM_KEY],
  compare: ["stats", "keys"],
  json: ["stream", "keys"],
  letter: ["identity"],
} as const satisfies Record<string, readonly Name[]>;

export type ViewName = keyof typeof TAKES;

/** These say what to show. So does --stream, if none of them is there. */
const VIEWS = ["udp", "packets", "packet", "find", "compare", "json", "letter"] as const;

export interface ShowOptions {
  /** What to show. */
  view: ViewName;
  /** One; with the view "compare" two. With the view "letter" it is no capture, but a letter. */
  files: readonly string[];
  /** The number of the only stream to show; undefined for all. */
  stream: number | undefined;
  /** The number of the only conversation in UDP to show, with the view "udp"; undefined for all. */
  udp: number | undefined;
  /** The number of the packet to show, from 1. It is given with the view "packet". */
  packet: number;
  /** The text to find. It is given with the view "find". */
  find: string;
  hex: boolean;
  stats: boolean;
  /** The path of a key log. */
  keys: string | undefined;
  /** What the key of a team of stage 05 is made of: the path of a file with the passphrase, and the team's name. */
  team: { passphraseFile: string; name: string } | undefined;
  /** The path of the identity that opens a letter. */
  identity: string | undefined;
  partial: boolean;
}

/**
 * @param argv the words after the program's name
 * @returns undefined if the user asks for the usage
 * @throws UsageError
 */
export function readOptions(argv: readonly string[]): ShowOptions | undefined {
  const { values, positionals, tokens } = parse(argv);
  if (values.help) return undefined;
  const given = tokens.flatMap((token) => (token.kind === "option" ? [token.name as Name] : []));
  const twice = given.find((name, i) => given.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
  const view = viewOf(given);
  refuseIdle(view, given);
  const count = view === "compare" ? 2 : 1;
  if (positionals.length !== count) {
    const wanted = count === 2 ? "--compare takes two files" : "give one file";
    throw new UsageError(`${wanted}, not ${positionals.length}`);
  }
  if (values.stream !== undefined && !/^(?:[0-9]{1,9}|all)$/.test(values.stream))
    throw new UsageError("--stream takes a number, or all");
  if (values.stream === "all" && view !== "stream")
    throw new UsageError(`--stream all does nothing with --${view}: without it, all streams are meant`);
  if (values.udp !== undefined && !/^(?:[0-9]{1,9}|all)$/.test(values.udp))
    throw new UsageError("--udp takes the number of a conversation, or all");
  if (values.packet !== undefined && !/^[1-9][0-9]{0,8}$/.test(values.packet))
    throw new UsageError("--packet takes the number of a packet, from 1");
  if (values.find === "") throw new UsageError("--find takes a text");
  return {
    view,
    files: positionals,
    stream: values.stream === undefined || values.stream === "all" ? undefined : Number(values.stream),
    udp: values.udp === undefined || values.udp === "all" ? undefined : Number(values.udp),
    packet: Number(values.packet ?? 0),
    find: values.find ?? "",
    hex: values.hex ?? false,
    stats: values.stats ?? false,
    keys: values.keys,
    team: teamOf(view, values),
    identity: values.identity,
    partial: values.partial ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error));
  }
}

function viewOf(given: readonly Name[]): ViewName {
  const [view, second] = VIEWS.filter((name) => given.includes(name));
  if (second !== undefined) throw new UsageError(`--${view} and --${second} do not go together`);
  return view ?? (given.includes("stream") ? "stream" : "summary");
}

/** The key of a team is made of both, so one without the other does nothing. */
function teamOf(
  view: ViewName,
  values: { "passphrase-file"?: string; team?: string; stream?: string },
): ShowOptions["team"] {
  const { "passphrase-file": passphraseFile, team: name } = values;
  if (passphraseFile === undefined && name === undefined) return undefined;
  if (name === undefined) throw new UsageError("--passphrase-file does nothing without --team");
  if (passphraseFile === undefined) throw new UsageError("--team does nothing without --passphrase-file");
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(name)) throw new UsageError("a team is 1 to 32 of A-Z a-z 0-9 _ -");
  if (view === "packets" && values.stream !== undefined)
    throw new UsageError(
      "--passphrase-file does nothing with --packets of one stream: it opens datagrams there",
    );
  return { passphraseFile, name };
}

/** Refuses what the view does not take. */
function refuseIdle(view: ViewName, given: readonly Name[]): void {
  const always = view === "letter" ? [] : ["partial"];
  const taken: readonly string[] = [view, ...always, ...TAKES[view]];
  const idle = given.find((name) => !taken.includes(name));
  if (idle === undefined) return;
  if (view !== "summary") throw new UsageError(`--${idle} does nothing with --${view}`);
  const others = Object.entries(TAKES).filter(([, names]: [string, readonly Name[]]) => names.includes(idle));
  throw new UsageError(`--${idle} does nothing without ${listed(others.map(([name]) => `--${name}`))}`);
}

/** `a, b or c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}
