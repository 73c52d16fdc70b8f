// Tables of keys: what each key does, and where. The programs obey these tables, and page 00-3 shows them. Pure.

import type { Key } from "../terminal/keys.ts";

/** A row of a table of keys. */
export interface KeyRow<Action extends string> {
  /** What is on the screen when the keys work, in words. */
  where: string;
  /** The keys' names, as terminal/keys.ts gives them; a capital letter stands for itself. */
  keys: readonly string[];
  action: Action;
  /** What the keys do, in words. */
  does: string;
}

/** @returns what a key does there; undefined if it does nothing */
export function actionOf<Action extends string>(
  table: readonly KeyRow<Action>[],
  where: string,
  { name, text }: Key,
): Action | undefined {
  const has = (wanted: string) => (row: KeyRow<Action>) => row.where === where && row.keys.includes(wanted);
  return (table.find(has(text)) ?? table.find(has(name)))?.action;
}

/** The names of keys as they stand on a keyboard. */
const ON_THE_KEYBOARD: Readonly<Record<string, string>> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  return: "Enter",
  enter: "Enter",
  escape: "Esc",
  backspace: "Backspace",
  pageup: "Page Up",
  pagedown: "Page Down",
  home: "Home",
  end: "End",
  "ctrl-c": "Ctrl-C",
  "ctrl-u": "Ctrl-U",
  "ctrl-z": "Ctrl-Z",
};

/** A row for each row of the table that works there: its keys, and what they do. */
export function keyRows<Action extends string>(table: readonly KeyRow<Action>[], where: string): string[] {
  const rows = table.filter((row) => row.where === where);
  const names = rows.map(({ keys }) => shownKeys(keys).replaceAll("`", ""));
  const width = Math.max(...names.map((name) => name.length));
  return rows.map(({ does }, i) => `${names[i]?.padEnd(width)}  ${does.replaceAll("`", "")}`);
}

/** The keys of a row, for people, in Markdown: each once. */
export function shownKeys(keys: readonly string[]): string {
  return [...new Set(keys.map((key) => `\`${ON_THE_KEYBOARD[key] ?? key}\``))].join(", ");
}
