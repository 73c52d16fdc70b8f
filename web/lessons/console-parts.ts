// The console blocks of a page, as the browser shows them: which of their lines can be done, and where the page has the same
// if a command makes no sense in it. Pure.

import { type ConsoleBlock, type Entry, parseBlock } from "../../course/lesson/console-blocks.ts";
import { type Fence, fencesOf } from "../../course/lesson/fences.ts";
import type { ConsoleLine } from "../shared/lessons.ts";

/** A line as the page has it. */
export interface ShownLine extends ConsoleLine {
  /** What is to be done; undefined for what is only printed. */
  entry: Entry | undefined;
}

export interface ShownBlock {
  /** The name of its terminal; empty if it has one of its own. */
  terminal: string;
  lines: ShownLine[];
  /** Why it cannot be run in the page; empty if it can. */
  reason: string;
  /** The place of the page that has the same; empty if none has. */
  instead: string;
  /** The numbers of blocks that run what this one waits for: they stand behind all blocks of the page's own. */
  beside: number[];
}

/** Commands that make no sense in the page, and what is there in their place. */
const ELSEWHERE: readonly { command: RegExp; reason: string; instead: string }[] = [
  {
    command: /^npm ci\b/,
    reason: "That is done: without these packages, this page would not be here.",
    instead: "",
  },
  {
    command: /^npm run lesson$/,
    reason: "It fills a terminal with these pages. You are reading them here.",
    instead: "#/lessons",
  },
  {
    command: /^npm run learn( -- --short)?$/,
    reason: "It fills a terminal with the exercises. Here, each stands in its page.",
    instead: "#/lessons",
  },
  {
    command: /^npm run web\b/,
    reason: "That is what you are looking at.",
    instead: "",
  },
  {
    command: /^wireshark\b/,
    reason: "Wireshark is a program of its own. The recordings can be looked at here, too.",
    instead: "#/captures",
  },
  {
    command: /^npm run (06\b|06:setup)/,
    reason: "It needs the packages of stage 06, and opens pages of its own: run it in a terminal.",
    instead: "",
  },
  {
    command: /my\/server\.py/,
    reason: "The program in this command is yours: run it in a terminal, with its name.",
    instead: "",
  },
];

/** A command that waits for programs in other terminals, which the page it stands in does not have. */
const WAITS = /^npm run capture -- 01 --live$/;
const AWAITED = ["npm run 01:server", "npm run 01:client"];

/** How a page says how the student's own program of its exercise is started. */
const OWN_PROGRAM = /^To run yours by hand: `([^`]+)`\.$/m;

/** @returns the command that starts it; undefined if the text names none */
export function ownProgram(text: string): string | undefined {
  return OWN_PROGRAM.exec(text)?.[1];
}

/**
 * The blocks of a page with the language `console`, in order; behind them those that a block waits for and that the page does
 * not have; last the one that starts the student's own program, if the page names a command for it.
 * @param file is named in messages
 */
export function shownBlocks(file: string, text: string): ShownBlock[] {
  const own = fencesOf(text)
    .filter(({ language }) => language === "console")
    .map((fence) => {
      const reason = /^not-run:\s*(.*)$/.exec(fence.info)?.[1];
      if (reason === undefined) return shownBlock(fence, parseBlock(file, fence));
      // What no test runs can be run here all the same, if it is a command.
      if (fence.content[0]?.startsWith("$ "))
        return shownBlock(fence, parseBlock(file, { ...fence, info: "" }));
      const lines = fence.content.map((text): ShownLine => ({ kind: "output", text, entry: undefined }));
      return { terminal: "", lines, reason: "", instead: "", beside: [] };
    });
  const command = ownProgram(text);
  return [...withCompanions(own), ...(command === undefined ? [] : [companion(command)])];
}

function withCompanions(own: readonly ShownBlock[]): ShownBlock[] {
  const companions: ShownBlock[] = [];
  const blocks = own.map((block) => {
    const commands = block.lines.flatMap(({ entry }) => (entry?.kind === "command" ? [entry.text] : []));
    const isAtOnce = block.terminal === "" && commands.length > 1 && /:server$/.test(commands[0] ?? "");
    const awaited = commands.some((one) => WAITS.test(one)) ? AWAITED : [];
    const beside = isAtOnce ? commands : awaited;
    const first = own.length + companions.length;
    companions.push(...beside.map(companion));
    const reason = isAtOnce
      ? "Each of these commands takes a terminal of its own. Run them here:"
      : block.reason;
    return { ...block, reason, beside: beside.map((_, i) => first + i) };
  });
  return [...blocks, ...companions];
}

/** A server and a client run in terminals with their names, or those of their users; other commands end by themselves. */
function companion(command: string): ShownBlock {
  const [, program, user] =
    /^(?:\w+=\S+ )?npm run 0[1-4]:(server|client)\b(?:.* --name (\w+))?/.exec(command) ?? [];
  const terminal = user ?? program ?? "";
  const entry: Entry = { kind: "command", line: 0, text: command };
  const lines: ShownLine[] = [{ kind: "command", text: `$ ${command}`, entry }];
  return { terminal, lines, reason: "", instead: "", beside: [] };
}

function shownBlock(fence: Fence, block: ConsoleBlock): ShownBlock {
  const commands = block.entries.flatMap((entry) => (entry.kind === "command" ? [entry.text] : []));
  const elsewhere = ELSEWHERE.find(({ command }) => commands.some((one) => command.test(one)));
  return {
    terminal: block.terminal ?? "",
    lines: shownLines(fence, block),
    reason: elsewhere?.reason ?? "",
    instead: elsewhere?.instead ?? "",
    beside: [],
  };
}

/** All lines of the block. A command may have several. */
function shownLines({ line, content }: Fence, { entries }: ConsoleBlock): ShownLine[] {
  const byLine = new Map(entries.map((entry) => [entry.line, entry]));
  const shown: ShownLine[] = [];
  for (let i = 0; i < content.length; i += 1) {
    const entry = byLine.get(line + 1 + i);
    if (entry === undefined || entry.kind === "output") {
      shown.push({ kind: "output", text: content[i] ?? "", entry: undefined });
      continue;
    }
    const rows = entry.kind === "command" ? entry.text.split("\n").length : 1;
    shown.push({ kind: entry.kind, text: content.slice(i, i + rows).join("\n"), entry });
    i += rows - 1;
  }
  return shown;
}
