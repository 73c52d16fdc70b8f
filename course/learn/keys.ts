// The keys of npm run learn.

import type { KeyRow } from "../key-table.ts";

export const ANYWHERE = "anywhere";
export const ON_EXERCISE = "the exercise, or a text about it";
export const IN_LIST = "the list";
export const IN_PROMPT = "an answer";
export const IN_QUESTION = "a question with `y/n`";

export type LearnAction =
  | "quit"
  | "suspend"
  | "next"
  | "hint"
  | "answer"
  | "list"
  | "check-all"
  | "run"
  | "diff"
  | "solution"
  | "packets"
  | "reset"
  | "page"
  | "keys"
  | "back"
  | "search"
  | "line-down"
  | "line-up"
  | "page-down"
  | "page-up"
  | "top"
  | "bottom"
  | "open"
  | "erase"
  | "erase-all"
  | "done"
  | "yes";

export const LEARN_KEYS: readonly KeyRow<LearnAction>[] = [
  { where: ON_EXERCISE, keys: ["n"], action: "next", does: "the next exercise, when this one is passed" },
  { where: ON_EXERCISE, keys: ["h"], action: "hint", does: "the hints, one more each time" },
  { where: ON_EXERCISE, keys: ["a"], action: "answer", does: "asks for your guess or your answer" },
  { where: ON_EXERCISE, keys: ["o"], action: "page", does: "the exercise's page; `q` there comes back" },
  { where: ON_EXERCISE, keys: ["l"], action: "list", does: "the list of all exercises" },
  { where: ON_EXERCISE, keys: ["r"], action: "run", does: "checks once more" },
  { where: ON_EXERCISE, keys: ["c"], action: "check-all", does: "checks all that you have passed" },
  { where: ON_EXERCISE, keys: ["p"], action: "packets", does: "the packets of the last run" },
  { where: ON_EXERCISE, keys: ["d"], action: "diff", does: "what you have changed" },
  {
    where: ON_EXERCISE,
    keys: ["s"],
    action: "solution",
    does: "the solution, after passing or after all hints",
  },
  {
    where: ON_EXERCISE,
    keys: ["x"],
    action: "reset",
    does: "begins the exercise again, and keeps a copy of your files",
  },
  {
    where: ON_EXERCISE,
    keys: ["space", "pagedown"],
    action: "page-down",
    does: "scrolls down by a screen",
  },
  { where: ON_EXERCISE, keys: ["pageup"], action: "page-up", does: "scrolls up by a screen" },
  { where: ON_EXERCISE, keys: ["down"], action: "line-down", does: "scrolls down by a line" },
  { where: ON_EXERCISE, keys: ["up"], action: "line-up", does: "scrolls up by a line" },
  { where: ON_EXERCISE, keys: ["home"], action: "top", does: "the beginning" },
  { where: ON_EXERCISE, keys: ["end"], action: "bottom", does: "the end" },
  { where: ON_EXERCISE, keys: ["escape"], action: "back", does: "back to the exercise" },
  { where: ON_EXERCISE, keys: ["?"], action: "keys", does: "the list of these keys" },
  { where: ON_EXERCISE, keys: ["q"], action: "quit", does: "ends; next time you are here again" },
  // Whatever types a letter: no key has this name.
  { where: IN_LIST, keys: ["letters"], action: "search", does: "search ids, kinds and titles" },
  { where: IN_LIST, keys: ["down"], action: "line-down", does: "the next row" },
  { where: IN_LIST, keys: ["up"], action: "line-up", does: "the row before" },
  { where: IN_LIST, keys: ["pagedown"], action: "page-down", does: "down by a screen" },
  { where: IN_LIST, keys: ["pageup"], action: "page-up", does: "up by a screen" },
  { where: IN_LIST, keys: ["home"], action: "top", does: "the first row" },
  { where: IN_LIST, keys: ["end"], action: "bottom", does: "the last row" },
  { where: IN_LIST, keys: ["return", "enter"], action: "open", does: "goes to the exercise" },
  { where: IN_LIST, keys: ["backspace"], action: "erase", does: "takes a letter of the search back" },
  { where: IN_LIST, keys: ["escape"], action: "back", does: "back to the exercise" },
  { where: IN_PROMPT, keys: ["return", "enter"], action: "done", does: "gives the answer" },
  { where: IN_PROMPT, keys: ["backspace"], action: "erase", does: "takes a letter back" },
  { where: IN_PROMPT, keys: ["ctrl-u"], action: "erase-all", does: "takes all back" },
  { where: IN_PROMPT, keys: ["escape"], action: "back", does: "gives no answer now" },
  { where: IN_QUESTION, keys: ["y"], action: "yes", does: "yes; any other key is no" },
  { where: ANYWHERE, keys: ["ctrl-c"], action: "quit", does: "ends" },
  { where: ANYWHERE, keys: ["ctrl-z"], action: "suspend", does: "stops; `fg` goes on" },
];
