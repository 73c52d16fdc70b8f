// Asks the student a question in the place of the rule. The answer is one key or one line. Pure.

import type { Key } from "../../terminal/keys.ts";
import type { Paint } from "../../terminal/paint.ts";
import { printable } from "../../terminal/widths.ts";
import type { KeyLabel } from "./frame.ts";

export interface Prompt {
  question: string;
  /** What has been typed so far; undefined if one key is the answer. */
  typed: string | undefined;
  /** Called with the key's character or with the line. */
  done(answer: string): void;
}

/** @returns the prompt after this key; undefined if it was answered or cancelled */
export function pressInPrompt(prompt: Prompt, { name, text }: Key): Prompt | undefined {
  const { typed } = prompt;
  if (typed === undefined) {
    prompt.done(text);
    return undefined;
  }
  switch (name) {
    case "return":
    case "enter":
      prompt.done(typed);
      return undefined;
    case "escape":
      return undefined;
    case "backspace":
      return { ...prompt, typed: [...typed].slice(0, -1).join("") };
    case "ctrl-u":
      return { ...prompt, typed: "" };
    default:
      return { ...prompt, typed: typed + text };
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
