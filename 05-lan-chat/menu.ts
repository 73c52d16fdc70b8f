// The menu, for who likes menus (P9.12). Pure: an entry, the questions it asks, and the command that the answers make.

import { type Command, parseCommand } from "./mesh-commands.ts";

/** One entry of the menu. */
export interface MenuEntry {
  number: number;
  title: string;
  /** The questions, in order, with the answers so far; undefined when all are asked. */
  question: (answers: readonly string[]) => string | undefined;
  /** The command that the answers make. */
  command: (answers: readonly string[]) => Command;
}

export const MENU: readonly MenuEntry[] = [
  entry(1, "messaging session", ["with whom? "], ([name = ""]) => byWords("to", name)),
  entry(2, "active peers", [], () => ({ kind: "peers" })),
  entry(3, "connect", ["to whom (NAME or HOST:PORT)? "], ([name = ""]) => byWords("connect", name)),
  entry(4, "broadcast", ["text: "], ([text = ""]) => ({ kind: "all", text })),
  entry(5, "direct message", ["to whom? ", "text: "], ([name = "", text = ""]) => ({
    kind: "msg",
    name: name.trim(),
    text,
  })),
  entry(6, "remove a peer", ["whom? "], ([name = ""]) => byWords("remove", name)),
  entry(7, "history", ["with whom? "], ([name = ""]) => byWords("history", name)),
  {
    number: 8,
    title: "send a file",
    question: ([name, ...more]) => {
      if (name === undefined) return "to whom (nothing: take one that is offered)? ";
      if (more.length === 0) return name.trim() === "" ? "its number? " : "which file? ";
      return undefined;
    },
    command: ([name = "", path = ""]) =>
      name.trim() === "" ? byWords("take", path) : parseCommand(`/send ${oneWord(name)} ${path}`, false),
  },
  {
    number: 9,
    title: "rooms",
    question: (answers) => {
      const [, members] = answers;
      if (answers.length === 0) return "which room? ";
      if (answers.length === 1) return "its members (nothing: write to it): ";
      return members?.trim() === "" && answers.length === 2 ? "text: " : undefined;
    },
    command: ([room = "", members = "", text = ""]) =>
      members.trim() === ""
        ? { kind: "in", room: room.trim(), text }
        : byWords("room", `${oneWord(room)} ${members}`),
  },
  entry(0, "quit", [], () => ({ kind: "quit" })),
];

/** The lines that /menu shows. */
export function menuLines(): string[] {
  const cells = MENU.map(({ number, title }) => `${number} ${title}`);
  const rows = Math.ceil(cells.length / 2);
  const width = Math.max(...cells.slice(0, rows).map((cell) => cell.length)) + 4;
  const lines = Array.from({ length: rows }, (_, row) =>
    `${(cells[row] ?? "").padEnd(width)}${cells[row + rows] ?? ""}`.trimEnd(),
  );
  return [...lines, "A number chooses. /help lists the commands: letters, keys, files, and more."];
}

/** The entry with this number; undefined if there is none. */
export function menuEntry(number: number): MenuEntry | undefined {
  return MENU.find((one) => one.number === number);
}

/** Whether an answer calls the entry off: nothing was said, where something is needed. */
export function callsOff(chosen: MenuEntry, answers: readonly string[], answer: string): boolean {
  const mayBeEmpty =
    (chosen.number === 8 && answers.length === 0) || (chosen.number === 9 && answers.length === 1);
  return answer.trim() === "" && !mayBeEmpty;
}

/** An entry whose questions are always the same. */
function entry(
  number: number,
  title: string,
  questions: readonly string[],
  command: (answers: readonly string[]) => Command,
): MenuEntry {
  return { number, title, question: (answers) => questions[answers.length], command };
}

/** The command that somebody would type, with its checks. */
function byWords(word: string, behind: string): Command {
  return parseCommand(`/${word} ${behind.trim()}`, false);
}

/** A name as one word: with blanks in it, it is nobody's, and an error says so. */
function oneWord(name: string): string {
  return name.trim().replaceAll(/\s/g, "_");
}
