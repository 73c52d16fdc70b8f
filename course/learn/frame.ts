// Divides the screen: progress and the current exercise at the top, then a text that scrolls, keys at the bottom. Pure.

import type { Paint } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";
import { widthOf } from "../../terminal/widths.ts";

/** A key in the footer. */
export interface KeyLabel {
  key: string;
  label: string;
  /** Whether this key is the best one to press now. */
  isUrgent?: boolean;
}

export interface Frame {
  passed: number;
  total: number;
  /** Whether only exercises of the short way are counted. */
  isShort: boolean;
  /** The current exercise, in one line. */
  exercise: string;
  body: readonly string[];
  /** How many lines of the body have been scrolled out at the top. */
  scroll: number;
  /** A question, an answer that is being typed, or news. It replaces the rule. */
  message: string;
  keys: readonly KeyLabel[];
  /** The names of the keys that scroll down. */
  scrollKeys: string;
}

/** The smallest screen that we draw on. */
export const LEAST = { columns: 40, rows: 12 };

const TITLE = "From plaintext to ciphertext";
const ROWS_ABOVE = 3;
const GAP = "  ";

/** How many lines of a body are visible. */
export function bodyHeight(rows: number, columns: number, keys: readonly KeyLabel[]): number {
  return Math.max(1, rows - ROWS_ABOVE - 1 - footer(keys, columns, (_, text) => text).length);
}

/** How far a body can be scrolled. */
export function mostScroll(lines: number, height: number): number {
  return Math.max(0, lines - height);
}

/** All rows of the screen. */
export function renderFrame(frame: Frame, columns: number, rows: number, paint: Paint): string[] {
  if (columns < LEAST.columns || rows < LEAST.rows) {
    const advice = [
      `This window has ${columns} columns`,
      `and ${rows} rows. Make it larger:`,
      "80 columns and 24 rows",
      "are good. q quits.",
    ];
    return advice.slice(0, rows).map((line) => cut(line, columns));
  }
  const below = footer(frame.keys, columns, paint);
  const height = bodyHeight(rows, columns, frame.keys);
  const scroll = Math.min(frame.scroll, mostScroll(frame.body.length, height));
  const shown = frame.body.slice(scroll, scroll + height).map((line) => cut(line, columns));
  return [
    progressRow(frame, columns, paint),
    cut(frame.exercise, columns),
    paint("dim", "─".repeat(columns)),
    ...shown,
    ...Array.from({ length: height - shown.length }, () => ""),
    messageRow(frame, scroll, height, columns, paint),
    ...below,
  ];
}

function progressRow({ passed, total, isShort }: Frame, columns: number, paint: Paint): string {
  const count = `${passed} of ${total} passed${isShort ? ", short way" : ""}`;
  const title = columns >= 70 ? `${TITLE}  ` : "";
  const room = Math.max(4, columns - title.length - count.length - 1);
  const done = total === 0 ? 0 : Math.floor((room * passed) / total);
  // The bar is empty only if nothing is passed, and full only if everything is.
  const full = Math.min(passed === total ? room : room - 1, Math.max(passed > 0 ? 1 : 0, done));
  return `${paint("heading", title)}${paint("good", "█".repeat(full))}${paint("dim", "░".repeat(room - full))} ${count}`;
}

/** A rule with the message on its left, and on its right how many lines follow. */
function messageRow(
  { message, body, scrollKeys }: Frame,
  scroll: number,
  height: number,
  columns: number,
  paint: Paint,
): string {
  const left = message === "" ? "" : `${cut(message, columns - 2)} `;
  const hidden = body.length - scroll - height;
  const more =
    hidden > 0
      ? ` ${hidden} more ${hidden === 1 ? "line" : "lines"}: ${scrollKeys} `
      : scroll > 0
        ? " the end; ↑ goes back "
        : "";
  const room = columns - widthOf(left);
  const right = more.length + 2 <= room ? more : "";
  const rule = room - right.length;
  return `${left}${paint("dim", "─".repeat(Math.max(0, rule - 2)))}${paint("warning", right)}${paint("dim", "─".repeat(Math.min(2, Math.max(0, rule))))}`;
}

/** The keys, in as many rows as they need. */
function footer(keys: readonly KeyLabel[], columns: number, paint: Paint): string[] {
  const rows: string[] = [];
  let row = "";
  for (const { key, label, isUrgent } of keys) {
    const shown = `${paint("heading", key)} ${isUrgent ? paint("good", label) : label}`;
    const glue = row === "" ? "" : GAP;
    if (row !== "" && widthOf(row) + glue.length + widthOf(shown) > columns) {
      rows.push(row);
      row = shown;
    } else row += glue + shown;
  }
  return [...rows, row].map((line) => column(line, columns));
}
