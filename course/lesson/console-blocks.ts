// Reads the `console` blocks of a lesson: what to type into which terminal, and what must be printed. Pure.

import { type Fence, fencesOf } from "./fences.ts";
import { PageError } from "./page-error.ts";

/** One line of a block. `line` is its number in the page, from 1. */
export type Entry =
  /** A command for bash. */
  | { kind: "command"; line: number; text: string }
  /** A line to type into the running program, at its prompt. */
  | { kind: "typed"; line: number; text: string }
  | { kind: "key"; line: number; key: "^C" | "^D" }
  /** A line that the program must print. `…` in it stands for any text, `…` alone for any lines. */
  | { kind: "output"; line: number; text: string };

export interface ConsoleBlock {
  /** The number of the fence's line in the page. */
  line: number;
  /** The name of the terminal. If undefined, the block gets its own, and its programs end by themselves. */
  terminal: string | undefined;
  /** Programs that the page needs. */
  needs: string[];
  entries: Entry[];
}

/** A block that no test runs. */
export interface NotRunBlock {
  line: number;
  reason: string;
}

export interface ConsoleBlocks {
  run: ConsoleBlock[];
  notRun: NotRunBlock[];
}

/** A line with a prompt: the chat client's, the calculator's, or the question for a name. */
const PROMPT = /^((?:\[[^\]]+\] )?you>|>|your name:)(?: (.*))?$/;

/**
 * @param file is named in messages
 * @throws PageError if a block breaks a rule
 */
export function consoleBlocks(file: string, page: string): ConsoleBlocks {
  const blocks: ConsoleBlocks = { run: [], notRun: [] };
  for (const { language, info, line, content } of fencesOf(page)) {
    const reason = /^not-run:(.*)$/.exec(info)?.[1]?.trim();
    if (reason === "") throw new PageError(file, line, "say why it is not run: not-run: REASON");
    if (reason !== undefined) blocks.notRun.push({ line, reason });
    else if (language === "console") blocks.run.push(parseBlock(file, { line, info, content }));
  }
  return blocks;
}

/**
 * Reads one block.
 * @param info the words behind `console` on its fence
 * @throws PageError if it breaks a rule
 */
export function parseBlock(
  file: string,
  { line, info, content }: Pick<Fence, "line" | "info" | "content">,
): ConsoleBlock {
  const block: ConsoleBlock = { line, terminal: undefined, needs: [], entries: [] };
  for (const word of info.split(/ +/).filter((word) => word !== "")) {
    const [, name, value = ""] = /^(terminal|needs)=([A-Za-z0-9-]+)$/.exec(word) ?? [];
    if (name === undefined) {
      throw new PageError(
        file,
        line,
        `"${word}" is not known: terminal=NAME, needs=TOOL, or not-run: REASON`,
      );
    }
    if (name === "terminal") block.terminal = value;
    else block.needs.push(value);
  }
  for (let i = 0; i < content.length; i += 1) {
    const entry = parseEntry(content[i] ?? "", line + 1 + i);
    while (entry.kind === "command" && goesOn(entry.text) && i + 1 < content.length) {
      i += 1;
      entry.text += `\n${content[i]}`;
    }
    if (entry.kind !== "typed" || entry.text !== "") block.entries.push(entry);
  }
  const [first] = block.entries;
  if (first === undefined) throw new PageError(file, line, "the block is empty");
  if (first.kind !== "command" && block.terminal === undefined)
    throw new PageError(file, line, "a block without terminal=NAME begins with a command: $ …");
  return block;
}

/** Whether a command goes on in the next line: behind a backslash, or in a text in single quotation marks. */
function goesOn(command: string): boolean {
  return command.endsWith("\\") || (command.match(/'/g) ?? []).length % 2 === 1;
}

function parseEntry(text: string, line: number): Entry {
  if (text.startsWith("$ ")) return { kind: "command", line, text: text.slice(2) };
  if (text === "^C" || text === "^D") return { kind: "key", line, key: text };
  const typed = PROMPT.exec(text);
  // An empty prompt only shows what the screen looks like while nobody types.
  if (typed !== null) return { kind: "typed", line, text: typed[2] ?? "" };
  return { kind: "output", line, text: text.trimEnd() };
}

/** Stands for any text within a line, or for any lines. */
export const ELLIPSIS = "…";

/** Whether a line is as the page says. */
export function matches(expected: string, received: string): boolean {
  const parts = expected.split(ELLIPSIS);
  if (parts.length === 1) return expected === received;
  const pattern = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`, "su").test(received);
}
