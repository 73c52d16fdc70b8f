// Formats a failed check for people: what was sent, expected and received, with a mark at the first difference. Pure.

import { besideLabel, COLUMNS_OF_LABEL } from "../../terminal/beside-label.ts";
import { widthOf } from "../../terminal/widths.ts";
import { clauseOf } from "./check.ts";
import type { CheckResult, Failure } from "./run-checks.ts";

/**
 * @param width the width of the terminal, in columns
 * @param packet what the report says about the packet, such as "12 of run.pcap", if the packets are written to a file
 */
export function formatFailure(result: CheckResult, width: number, packet?: string): string[] {
  const { failure, problem } = result;
  const head = headOf(result, width);
  if (failure === undefined) return [...head, ...couldNotRun(problem ?? "", width)];
  const { sent, likelyCause, lastWords } = failure;
  return [
    ...head,
    ...(isSaid(failure) ? [] : besideLabel("step:", shorten(failure.step, 160), width)),
    ...(sent === undefined ? [] : besideLabel(sentLabel(result), shorten(sent), width)),
    ...(failure.exact ? compared(failure, width) : plain(failure, width)),
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

/** Whether the other lines say what the step says: that its sender receives, or that a call returns, what is expected. */
function isSaid({ step, sent, expected }: Failure): boolean {
  const namesAnother = /^[\w -]+: /.test(sent ?? "");
  return sent !== undefined && !namesAnother && step.endsWith(` ${expected}`);
}

/** To an attack we send nothing: it is run with these arguments. */
function sentLabel({ check }: CheckResult): string {
  return check.of === "attack" ? "run:" : "sent:";
}

function plain(failure: Failure, width: number): string[] {
  const [one, other] = labelsOf(failure);
  const received = failure.received.split("\n").map((line) => shorten(line, MOST));
  return [
    ...besideLabel(one, shorten(failure.expected, MOST), width),
    ...besideLabel(other, received.join("\n"), width),
  ];
}

function labelsOf({ labels = ["expected", "received"] }: Failure): [string, string] {
  return [`${labels[0]}:`, `${labels[1]}:`];
}

/** Why something could not run: a sentence, and what a program has printed, line by line. */
export function couldNotRun(problem: string, width: number): string[] {
  const [first = "", ...rest] = problem.split("\n");
  return [
    ...besideLabel("could not run:", first, width, 0),
    ...rest.flatMap((line) => besideLabel("", line, width, COLUMNS_OF_REST)),
  ];
}

/** Shows both texts in one line each, cut and marked so that the first difference is visible. */
function compared(failure: Failure, width: number): string[] {
  const { expected, received } = failure;
  const room = Math.max(20, width - COLUMNS_OF_LABEL);
  const left = [...expected];
  const right = [...received];
  let difference = 0;
  while (difference < left.length && difference < right.length && left[difference] === right[difference])
    difference += 1;
  if (difference === left.length && difference === right.length) return plain(failure, width);
  // The text after the difference is more interesting than the text before it.
  const start = Math.max(0, difference - Math.floor(room / 2));
  const cut = (text: string[]): string => {
    const needsHead = start > 0;
    const rest = text.slice(start);
    const tail = rest.length > room ? "…" : "";
    const shown = rest.slice(0, room - tail.length).join("") + tail;
    return needsHead ? `…${shown.slice(1)}` : shown;
  };
  const [one, other] = labelsOf(failure).map((text) => text.padEnd(COLUMNS_OF_LABEL));
  return [
    one + cut(left),
    other + cut(right),
    `${" ".repeat(COLUMNS_OF_LABEL + widthOf(left.slice(start, difference).join("")))}^ first difference`,
  ];
}

/** How far the lines of a program are indented below the sentence that tells of them. */
const COLUMNS_OF_REST = 2;
/** How many characters of a text are shown that is not compared with another. */
const MOST = 400;
/** How much of the end of a long text is shown. */
const END = 40;

/** Shortens what was done or sent to its beginning and its end, and adds its length unless quote() has already done so. */
function shorten(text: string, most = 300): string {
  if (text.length <= most) return text;
  const length = / … (\(\d+ (?:characters|bytes)\))$/.exec(text);
  if (length !== null) return `${text.slice(0, most)}… ${length[1]}`;
  return `${text.slice(0, most - END)} … ${text.slice(-END)} (${text.length} characters)`;
}
