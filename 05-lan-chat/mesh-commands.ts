// What a user may type (P9.12). Pure: a line in, a command out.

import { accessLevel } from "./peer-options.ts";
import type { Access } from "./trust.ts";

/** How many messages /history shows without a number, and at most. */
const HISTORY = 20;
const MOST_HISTORY = 1000;

/** A room has 2 to 16 members, one of them its maker (P9.10). */
const MOST_OTHERS = 15;

/** What the user wants. Names are as they were typed: whose they are, others find out. */
export type Command =
  | { kind: "nothing" }
  /** A text for the one that the messaging session is with. */
  | { kind: "text"; text: string }
  /** A number, where no messaging session is open: an entry of the menu. */
  | { kind: "choice"; number: number }
  | { kind: "wrong"; problem: string }
  | { kind: "peers" | "leave" | "menu" | "stats" | "doctor" | "help" | "quit" }
  | { kind: "connect" | "to" | "remove" | "verify" | "verified" | "trust" | "block" | "allow"; name: string }
  | { kind: "msg" | "letter"; name: string; text: string }
  | { kind: "all"; text: string }
  | { kind: "in"; room: string; text: string }
  | { kind: "history"; name: string; count: number }
  | { kind: "send"; name: string; path: string }
  | { kind: "take" | "refuse"; number: number }
  | { kind: "room"; room: string; names: string[] }
  | { kind: "access"; level: Access };

/** How a command is called, what it does, and how what stands behind its word is read. */
interface Form {
  usage: string;
  help: string;
  /** Returns undefined if it cannot be read; a command of kind "wrong" if it can, and is not allowed. */
  read: (behind: string) => Command | undefined;
  /** Whether a name stands behind it, which Tab completes. */
  takesName?: boolean;
}

const FORMS: Readonly<Record<string, Form>> = {
  peers: alone("peers", "who is there"),
  connect: withName("connect", "open a session; also /connect HOST:PORT"),
  to: withName("to", "open a messaging session: every line goes to NAME"),
  leave: alone("leave", "end the messaging session (or a line exit)"),
  msg: withText("msg", "NAME TEXT", "send a message; it waits if NAME is away", (name, text) => ({
    kind: "msg",
    name,
    text,
  })),
  all: {
    usage: "TEXT",
    help: "send a message to each active peer",
    read: (behind) => (behind === "" ? undefined : { kind: "all", text: behind }),
  },
  letter: withText("letter", "NAME TEXT", "for one who is away: others carry it, sealed", (name, text) => ({
    kind: "letter",
    name,
    text,
  })),
  send: withText("send", "NAME FILE", "offer a file", (name, path) => ({
    kind: "send",
    name,
    path: barePath(path),
  })),
  take: withNumber("take", "accept the file offered under this number"),
  refuse: withNumber("refuse", "refuse it, or stop a file in either direction"),
  history: {
    usage: "NAME [N]",
    help: `the last ${HISTORY}, or N, messages from and to NAME`,
    read: readHistory,
    takesName: true,
  },
  room: {
    usage: "ROOM NAME...",
    help: "make a room, or give it other members",
    read: readRoom,
    takesName: true,
  },
  in: withText("in", "ROOM TEXT", "send a message to each member of a room", (room, text) => ({
    kind: "in",
    room,
    text,
  })),
  verify: withName("verify", "the safety number, to compare in person"),
  verified: withName("verified", "note that the numbers were the same"),
  trust: {
    usage: "NAME#...",
    help: "take the new key of NAME for the old one",
    read: readTrust,
    takesName: true,
  },
  block: withName("block", "no sessions with NAME"),
  allow: withName("allow", "sessions with NAME, whatever /access says"),
  access: { usage: "LEVEL", help: "who may have sessions: team, known, verified", read: readAccess },
  remove: withName("remove", "forget NAME and the key of NAME"),
  stats: alone("stats", "how many datagrams were dropped, and why"),
  doctor: alone("doctor", "what was sent and heard, and what to try"),
  menu: alone("menu", "the menu with its numbers"),
  help: alone("help", "this list"),
  quit: alone("quit", "say goodbye to all and end (or a line exit)"),
};

/**
 * Reads a line the user has entered.
 * @param inSession whether a messaging session is open. Then a line is a text unless it begins with `/` or is `exit`
 */
export function parseCommand(line: string, inSession: boolean): Command {
  if (line === "") return { kind: "nothing" };
  if (line.startsWith("/")) return parseSlashCommand(line.slice(1));
  const word = line.trim();
  if (word === "exit") return { kind: inSession ? "leave" : "quit" };
  if (inSession) return { kind: "text", text: line };
  if (/^[0-9]{1,3}$/.test(word)) return { kind: "choice", number: Number(word) };
  if (word === "") return { kind: "nothing" };
  return {
    kind: "wrong",
    problem: "no messaging session is open; /to NAME opens one, /help lists the commands",
  };
}

function parseSlashCommand(text: string): Command {
  // One blank ends the word. All that stands behind it is left as it is: it may be a message.
  const [, word = "", behind = ""] = /^(\S*)(?:\s(.*))?$/s.exec(text) ?? [];
  const form = Object.hasOwn(FORMS, word) ? FORMS[word] : undefined;
  if (form === undefined)
    return { kind: "wrong", problem: `unknown command /${word.slice(0, 40)}; /help lists the commands` };
  const called = `/${word} ${form.usage}`.trimEnd();
  return form.read(behind) ?? { kind: "wrong", problem: `it is ${called} (${form.help})` };
}

/** The lines that /help shows. */
export function helpLines(): string[] {
  const rows = Object.entries(FORMS).map(
    ([word, { usage, help }]) => `${`/${word} ${usage}`.padEnd(19)} ${help}`,
  );
  return [...rows, "In a messaging session every other line is a message."];
}

/** What the beginning of a line can be completed to: a command, or a name behind one that takes names. */
export function completions(line: string, names: readonly string[]): string[] {
  const parts = /^\/(\S+)\s+(?:\S+\s+)*?(\S*)$/.exec(line);
  if (parts === null) {
    const words = Object.entries(FORMS).map(([word, { usage }]) => (usage === "" ? `/${word}` : `/${word} `));
    return line.startsWith("/") ? words.filter((word) => word.startsWith(line)) : [];
  }
  const [, word = "", beginning = ""] = parts;
  const before = line.slice(0, line.length - beginning.length);
  // Only /room takes more than one name.
  const isFirst = /^\/\S+\s+$/.test(before);
  if (!FORMS[word]?.takesName || !(isFirst || word === "room")) return [];
  return names
    .filter((name) => name.toLowerCase().startsWith(beginning.toLowerCase()))
    .map((name) => before + name);
}

/** A command that stands alone. */
function alone(kind: "peers" | "leave" | "menu" | "stats" | "doctor" | "help" | "quit", help: string): Form {
  return { usage: "", help, read: (behind) => (behind.trim() === "" ? { kind } : undefined) };
}

/** A command that takes one name. */
function withName(
  kind: "connect" | "to" | "remove" | "verify" | "verified" | "block" | "allow",
  help: string,
): Form {
  const read = (behind: string): Command | undefined => {
    const [name, ...more] = wordsIn(behind);
    return name === undefined || more.length > 0 ? undefined : { kind, name };
  };
  return { usage: "NAME", help, read, takesName: true };
}

/** A command that takes a name, and a text or a path behind one blank. */
function withText(
  kind: "msg" | "letter" | "send" | "in",
  usage: string,
  help: string,
  make: (name: string, text: string) => Command,
): Form {
  const read = (behind: string): Command | undefined => {
    const [, name, text = ""] = /^\s*(\S+)(?:\s(.*))?$/s.exec(behind) ?? [];
    return name === undefined || text === "" ? undefined : make(name, text);
  };
  return { usage, help, read, takesName: kind !== "in" };
}

/** A command that takes the number of an offered file. */
function withNumber(kind: "take" | "refuse", help: string): Form {
  const read = (behind: string): Command | undefined =>
    /^\s*[0-9]{1,9}\s*$/.test(behind) ? { kind, number: Number(behind) } : undefined;
  return { usage: "N", help, read };
}

function readHistory(behind: string): Command | undefined {
  const [name, number, ...more] = wordsIn(behind);
  if (name === undefined || more.length > 0) return undefined;
  if (number === undefined) return { kind: "history", name, count: HISTORY };
  const isCount = /^[0-9]{1,4}$/.test(number) && Number(number) >= 1 && Number(number) <= MOST_HISTORY;
  if (isCount) return { kind: "history", name, count: Number(number) };
  return { kind: "wrong", problem: `/history shows 1 to ${MOST_HISTORY} messages` };
}

function readRoom(behind: string): Command | undefined {
  const [room, ...names] = wordsIn(behind);
  if (room === undefined || names.length === 0) return undefined;
  if (names.length <= MOST_OTHERS) return { kind: "room", room, names };
  return { kind: "wrong", problem: `a room has ${MOST_OTHERS} members beside you at most` };
}

/** The plain name is that of the old key, so the new one has to be named with `#` (P9.5). */
function readTrust(behind: string): Command | undefined {
  const [name, ...more] = wordsIn(behind);
  if (name === undefined || more.length > 0) return undefined;
  if (name.includes("#")) return { kind: "trust", name };
  return {
    kind: "wrong",
    problem: `/trust takes a name with # and the beginning of the new key, such as ${name.slice(0, 32)}#F3kQ; the error about the key shows it`,
  };
}

function readAccess(behind: string): Command | undefined {
  const level = accessLevel(behind.trim());
  return level === undefined ? undefined : { kind: "access", level };
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** A path without the quotes that a shell or a file manager has put around it. */
function barePath(text: string): string {
  const path = text.trim();
  return /^(["']).+\1$/.test(path) ? path.slice(1, -1) : path;
}
