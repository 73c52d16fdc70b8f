// Formats a failed check for people: what was sent, expected and received, with a mark at the first difference. Pure.

import { besideLabel, COLUMNS_OF_LABEL } from "../../terminal/beside-label.ts";
import type { CheckResult } from "./run-checks.ts";

/** @param width the width of the terminal, in columns */
export function formatFailure(result: CheckResult, width: number): string[] {
  const { check, stage, failure, problem } = result;
  const clause = check.id.slice(0, check.id.indexOf("-"));
  const head = besideLabel(`${stage}/${check.id}`, `${check.title} (clause ${clause})`, width, 0);
  if (failure === undefined) return [...head, ...besideLabel("could not run:", problem ?? "", width)];
  const { step, sent, expected, received, exact, likelyCause, packet } = failure;
  return [
    ...head,
    ...besideLabel("step:", shorten(step, 160), width),
    ...(sent === undefined ? [] : besideLabel("sent:", shorten(sent), width)),
    ...(exact ? compared(expected, received, width) : plain(expected, received, width)),
    ...besideLabel("likely:", likelyCause, width),
    ...(packet === undefined ? [] : besideLabel("packet:", `${packet} of the recording`, width)),
  ];
}

function plain(expected: string, received: string, width: number): string[] {
  return [...besideLabel("expected:", expected, width), ...besideLabel("received:", received, width)];
}

/** Shows both texts in one line each, cut and marked so that the first difference is visible. */
function compared(expected: string, receivedText: string, width: number): string[] {
  const [received = "", ...lastWords] = receivedText.split("\n");
  const room = Math.max(20, width - COLUMNS_OF_LABEL);
  const left = [...expected];
  const right = [...received];
  let difference = 0;
  while (difference < left.length && difference < right.length && left[difference] === right[difference])
    difference += 1;
  if (difference === left.length && difference === right.length) return plain(expected, receivedText, width);
  // The text after the difference is more interesting than the text before it.
  const start = Math.max(0, difference - Math.floor(room / 2));
  const cut = (text: string[]): string => {
    const needsHead = start > 0;
    const rest = text.slice(start);
    const tail = rest.length > room ? "…" : "";
    const shown = rest.slice(0, room - tail.length).join("") + tail;
    return needsHead ? `…${shown.slice(1)}` : shown;
  };
  const label = (text: string): string => text.padEnd(COLUMNS_OF_LABEL);
  return [
    label("expected:") + cut(left),
    label("received:") + cut(right),
    `${" ".repeat(COLUMNS_OF_LABEL + difference - start)}^ first difference`,
    ...lastWords.flatMap((line) => besideLabel("", line, width)),
  ];
}

/** Shortens what was done or sent to its beginning, and adds its length unless quote() has already done so. */
function shorten(text: string, most = 300): string {
  if (text.length <= most) return text;
  const length = / … (\(\d+ (?:characters|bytes)\))$/.exec(text)?.[1] ?? `(${text.length} characters)`;
  return `${text.slice(0, most)}… ${length}`;
}
