// Formats a failed check for people: what was sent, expected and received, with a mark at the first difference. Pure.

import { besideLabel, COLUMNS_OF_LABEL } from "../../terminal/beside-label.ts";
import { widthOf } from "../../terminal/widths.ts";
import { clauseOf } from "./check.ts";
import { type Compared, failureParts, shorten } from "./failure-parts.ts";
import type { CheckResult } from "./run-checks.ts";

/**
 * @param width the width of the terminal, in columns
 * @param packet what the report says about the packet, such as "12 of run.pcap", if the packets are written to a file
 */
export function formatFailure(result: CheckResult, width: number, packet?: string): string[] {
  const { problem, step, sent, compared, lastWords, likelyCause } = failureParts(result);
  const head = headOf(result, width);
  if (problem !== undefined) return [...head, ...couldNotRun(problem, width)];
  return [
    ...head,
    ...(step === undefined ? [] : besideLabel("step:", step, width)),
    ...(sent === undefined ? [] : besideLabel(`${sent.label}:`, sent.text, width)),
    ...(compared === undefined ? [] : formatCompared(compared, width)),
    ...(lastWords === undefined ? [] : lastWords.split("\n").flatMap((line) => besideLabel("", line, width))),
    ...(likelyCause === undefined ? [] : besideLabel("likely:", likelyCause, width)),
    ...(packet === undefined ? [] : besideLabel("packet:", packet, width)),
  ];
}

/** The check, what it demands, and its clause. */
export function headOf({ check, stage }: CheckResult, width: number): string[] {
  return besideLabel(`${stage}/${check.id}`, `${check.title} (clause ${clauseOf(check)})`, width, 0);
}

/** What happened, in one line of at most some hundred characters. */
export function inOneLine({ failure, problem = "" }: CheckResult): string {
  const [first = ""] = problem.split("\n");
  if (failure === undefined) return shorten(first, 200);
  const [label, other] = failure.labels ?? ["expected", "received"];
  const received = failure.received.replaceAll("\n", " ");
  return `${label} ${shorten(failure.expected, 100)}, ${other} ${shorten(received, 100)}`;
}

/** Why something could not run: a sentence, and what a program has printed, line by line. */
export function couldNotRun(problem: string, width: number): string[] {
  const [first = "", ...rest] = problem.split("\n");
  return [
    ...besideLabel("could not run:", first, width, 0),
    ...rest.flatMap((line) => besideLabel("", line, width, COLUMNS_OF_REST)),
  ];
}

/** Shows both texts; if they can be compared in one line each, cut and marked so that the first difference is visible. */
function formatCompared({ labels, expected, received, difference }: Compared, width: number): string[] {
  const [one, other] = labels;
  if (difference === undefined)
    return [...besideLabel(`${one}:`, expected, width), ...besideLabel(`${other}:`, received, width)];
  const room = Math.max(20, width - COLUMNS_OF_LABEL);
  // The text after the difference is more interesting than the text before it.
  const start = Math.max(0, difference - Math.floor(room / 2));
  const left = [...expected];
  const cut = (text: string[]): string => {
    const needsHead = start > 0;
    const rest = text.slice(start);
    const tail = rest.length > room ? "…" : "";
    const shown = rest.slice(0, room - tail.length).join("") + tail;
    return needsHead ? `…${shown.slice(1)}` : shown;
  };
  return [
    `${one}:`.padEnd(COLUMNS_OF_LABEL) + cut(left),
    `${other}:`.padEnd(COLUMNS_OF_LABEL) + cut([...received]),
    `${" ".repeat(COLUMNS_OF_LABEL + widthOf(left.slice(start, difference).join("")))}^ first difference`,
  ];
}

/** How far the lines of a program are indented below the sentence that tells of them. */
const COLUMNS_OF_REST = 2;
