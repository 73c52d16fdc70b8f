// Asks the student a question in the place of the rule. The answer is one key or one line. Pure.

import type { Key } from "../../terminal/keys.ts";
import type { Paint } from "../../terminal/paint.ts";
import { printable } from "../../terminal/widths.ts";
import { actionOf } from "../key-table.ts";
import type { KeyLabel } from "./frame.ts";
import { IN_PROMPT, IN_QUESTION, LEARN_KEYS } from "./keys.ts";

export interface Prompt {
  question: string;
  /** What has been typed so far; undefined if one key is the answer. */
  typed: string | undefined;
  /** Called with the line. If one key is the answer, with "y" for yes, and with nothing for any other key. */
  done(answer: string): void;
}

/** @returns the prompt after this key; undefined if it was answered or cancelled */
export function pressInPrompt(prompt: Prompt, key: Key): Prompt | undefined {
  const { typed } = prompt;
  if (typed === undefined) {
    prompt.done(actionOf(LEARN_KEYS, IN_QUESTION, key) === "yes" ? "y" : "");
    return undefined;
  }
  switch (actionOf(LEARN_KEYS, IN_PROMPT, key)) {
    case "done":
      prompt.done(typed);
      return undefined;
    case "back":
      return undefined;
    case "erase":
      return { ...prompt, typed: [...typed].slice(0, -1).join("") };
    case "erase-all":
      return { ...prompt, typed: "" };
    default:
      return { ...prompt, typed: typed + key.text };
  }
}

export function promptText({ question, typed }: Prompt, paint: Paint): string {
  return `${paint("heading", question)}${typed === undefined ? "" : ` ${printable(typed)}█`}`;
}

export function promptKeys({ typed }: Prompt): KeyLabel[] {
  if (typed === undefined)
    return [
      { key: "y", label: "yes" },
      { key: "any other key", label: "no" },
    ];
  return [
    { key: "Enter", label: "done" },
    { key: "Esc", label: "not now" },
  ];
}
