// The keys of npm run lesson.

import type { KeyRow } from "../key-table.ts";

export const ANYWHERE = "anywhere";
export const ON_PAGE = "a page";
export const IN_LIST = "contents, or what was found";
export const TYPING = "a search";
export const GUESSING = "a guess";

export type LessonAction =
  | "quit"
  | "suspend"
  | "next"
  | "next-short"
  | "previous"
  | "page-down"
  | "page-up"
  | "line-down"
  | "line-up"
  | "top"
  | "bottom"
  | "guess"
  | "hint"
  | "exercise"
  | "contents"
  | "search"
  | "keys"
  | "open"
  | "back"
  | "erase"
  | "erase-all"
  | "done";

export const LESSON_KEYS: readonly KeyRow<LessonAction>[] = [
  { where: ON_PAGE, keys: ["n", "right"], action: "next", does: "the next page" },
  { where: ON_PAGE, keys: ["p", "left"], action: "previous", does: "the page before" },
  { where: ON_PAGE, keys: ["s"], action: "next-short", does: "the next page of the short way" },
  {
    where: ON_PAGE,
    keys: ["space", "pagedown"],
    action: "page-down",
    does: "scrolls down by a screen",
  },
  { where: ON_PAGE, keys: ["b", "pageup"], action: "page-up", does: "scrolls up by a screen" },
  { where: ON_PAGE, keys: ["j", "down", "return"], action: "line-down", does: "scrolls down by a line" },
  { where: ON_PAGE, keys: ["k", "up"], action: "line-up", does: "scrolls up by a line" },
  { where: ON_PAGE, keys: ["G", "end"], action: "bottom", does: "the end of the page" },
  { where: ON_PAGE, keys: ["g", "home"], action: "top", does: "the beginning of the page" },
  {
    where: ON_PAGE,
    keys: ["a"],
    action: "guess",
    does: "asks what you think, then shows what happens",
  },
  { where: ON_PAGE, keys: ["h"], action: "hint", does: "opens the next hint" },
  {
    where: ON_PAGE,
    keys: ["e"],
    action: "exercise",
    does: "twice: starts `npm run learn`, and comes back when you quit it",
  },
  { where: ON_PAGE, keys: ["c"], action: "contents", does: "the list of all pages" },
  { where: ON_PAGE, keys: ["/"], action: "search", does: "searches a text in all pages" },
  { where: ON_PAGE, keys: ["?"], action: "keys", does: "the list of these keys" },
  { where: ON_PAGE, keys: ["q"], action: "quit", does: "ends; next time you are on this page again" },
  { where: IN_LIST, keys: ["down", "j", "n"], action: "line-down", does: "the next row" },
  { where: IN_LIST, keys: ["up", "k", "p"], action: "line-up", does: "the row before" },
  { where: IN_LIST, keys: ["space", "pagedown"], action: "page-down", does: "down by a screen" },
  { where: IN_LIST, keys: ["b", "pageup"], action: "page-up", does: "up by a screen" },
  { where: IN_LIST, keys: ["home"], action: "top", does: "the first row" },
  { where: IN_LIST, keys: ["end"], action: "bottom", does: "the last row" },
  { where: IN_LIST, keys: ["return"], action: "open", does: "opens the page" },
  { where: IN_LIST, keys: ["/"], action: "search", does: "searches a text in all pages" },
  { where: IN_LIST, keys: ["q", "c", "escape"], action: "back", does: "back to the page" },
  { where: TYPING, keys: ["return", "enter"], action: "done", does: "searches" },
  { where: TYPING, keys: ["backspace"], action: "erase", does: "takes a letter back" },
  { where: TYPING, keys: ["ctrl-u"], action: "erase-all", does: "takes all back" },
  { where: TYPING, keys: ["escape"], action: "back", does: "back to the page" },
  {
    where: GUESSING,
    keys: ["return", "enter"],
    action: "done",
    does: "shows what happens, with your guess above it",
  },
  { where: GUESSING, keys: ["backspace"], action: "erase", does: "takes a letter back" },
  { where: GUESSING, keys: ["ctrl-u"], action: "erase-all", does: "takes all back" },
  { where: GUESSING, keys: ["escape"], action: "back", does: "back to the page" },
  { where: ANYWHERE, keys: ["ctrl-c"], action: "quit", does: "ends" },
  { where: ANYWHERE, keys: ["ctrl-z"], action: "suspend", does: "stops; `fg` goes on" },
];
