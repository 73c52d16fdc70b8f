// Formats fenced blocks of a page for a terminal. Pure.

import type { Style } from "../../terminal/paint.ts";
import { cutLine, type Line, lineWidth, plainLine, textOf } from "../../terminal/styled-text.ts";
import { printableText } from "../../terminal/widths.ts";
import { DiagramError, drawSequence, parseSequence } from "./sequence-diagram.ts";

/** The beginning of every line of code. */
const MARGIN = "  ";
/** The beginning of a row that continues a line which was too long. */
const CONTINUED = "    ↪ ";

const PROMPT = /^(?:(?:\[[^\]]+\] )?you>|>|your name:) /;

/**
 * @param info the text after the backticks, e.g. "console terminal=alice"
 * @param width in columns
 */
export function codeLines(info: string, text: string, width: number): Line[] {
  const [language = ""] = info.split(" ");
  const rows = printableText(text).split("\n");
  if (language === "mermaid") {
    const drawing = diagramLines(rows, width);
    if (drawing !== undefined) return drawing;
  }
  const label = labelOf(info);
  const lines = rows.flatMap((row) => codeLine(row, styleOf(language, row), width));
  return label === undefined ? lines : [plainLine(`${MARGIN}${label}`, "dim"), ...lines];
}

function codeLine(row: string, style: Style | undefined, width: number): Line[] {
  const lines: Line[] = [];
  let rest: Line = [{ text: MARGIN }, ...plainLine(row, style)];
  while (lineWidth(rest) > width) {
    if (width <= CONTINUED.length + 1) break;
    const [first, behind] = cutLine(rest, breakAt(textOf(rest), width));
    lines.push(first);
    rest = [{ text: CONTINUED, style: "dim" }, ...behind];
  }
  return [...lines, rest];
}

/** Where to break a line: after the last blank that fits, unless that is much too early. */
function breakAt(text: string, width: number): number {
  const blank = text.slice(0, width).lastIndexOf(" ") + 1;
  return blank > width * 0.6 ? blank : width;
}

function diagramLines(rows: readonly string[], width: number): Line[] | undefined {
  try {
    const drawing = drawSequence(parseSequence(rows), width - MARGIN.length);
    return drawing.map((row) => plainLine(`${MARGIN}${row}`));
  } catch (error) {
    if (error instanceof DiagramError) return undefined;
    throw error;
  }
}

/** What the reader should know before the block. */
function labelOf(info: string): string | undefined {
  const [, reason] = /not-run: *(.+)$/.exec(info) ?? [];
  const [, terminal] = /terminal=(\S+)/.exec(info) ?? [];
  if (terminal !== undefined) return `[terminal ${terminal}]`;
  if (reason !== undefined) return `[${reason}]`;
  if (/^ts starter/.test(info)) return "[the starter]";
  if (/^mermaid/.test(info)) return "[a diagram, as mermaid's source]";
  return undefined;
}

function styleOf(language: string, row: string): Style | undefined {
  if (language === "console") {
    if (row.startsWith("$ ")) return "command";
    return PROMPT.test(row) || row === "^C" || row === "^D" ? "typed" : undefined;
  }
  if (language === "diff") {
    if (row.startsWith("@@")) return "changed";
    if (row.startsWith("+")) return "added";
    return row.startsWith("-") ? "removed" : undefined;
  }
  return undefined;
}
