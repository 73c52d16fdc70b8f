// Checks that a page lets its reader guess: what answers a prediction is folded, and stands directly behind the question. Pure.

import type { Fence } from "../../course/lesson/fences.ts";
import { WHAT_HAPPENS } from "../../course/lesson/render.ts";

/** The line that opens the answer to a prediction. */
const FOLD = `<details><summary>${WHAT_HAPPENS}</summary>`;
const END_OF_FOLD = "</details>";

/** The words that begin a prediction within a text. A section of its own has the heading "## Predict". */
const PREDICT = /\*\*Predict(?::\*\*|\*\*)/;
const SECTION = /^## Predict$/;

/** What a program may print before the answer: that it has started. */
const HAS_STARTED = /^(?:\$ .*|listening on .*|registered as .*|…|)$/;

/** A problem, and the number of its line, from 1. */
export type ReportProblem = (line: number, problem: string) => void;

/** Reports predictions whose answer can be read before it is asked for, and answers without a question. */
export function checkPredictions(
  lines: readonly string[],
  fences: readonly Fence[],
  report: ReportProblem,
): void {
  const page = { lines, fences };
  const answered = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (fenceAt(fences, index + 1) !== undefined) continue;
    if (!SECTION.test(line) && !PREDICT.test(line)) continue;
    const end = endOfQuestion(page, index);
    if (!endsWithQuestion(lines.slice(index, end)))
      report(index + 1, "a prediction ends with its question: a sentence with ? before the answer");
    const fold = findFold(page, end, index + 1, report);
    if (fold !== undefined) answered.add(fold);
  }
  for (const [index, line] of lines.entries())
    if (line.includes(`<summary>${WHAT_HAPPENS}</summary>`)) checkFold(page, index, answered, report);
}

interface LinesOfPage {
  lines: readonly string[];
  fences: readonly Fence[];
}

function fenceAt(fences: readonly Fence[], line: number): Fence | undefined {
  return fences.find((fence) => line >= fence.line && line <= fence.end);
}

/** The index behind the question: a whole section, or a paragraph and the list or text that belongs to it. */
function endOfQuestion({ lines, fences }: LinesOfPage, start: number): number {
  const isSection = SECTION.test(lines[start] ?? "");
  let index = start + 1;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const fence = fenceAt(fences, index + 1);
    if (fence?.language === "text") index = fence.end;
    else if (fence !== undefined || line.startsWith("<") || /^#{1,3} /.test(line)) break;
    else if (!isSection && lines[index - 1] === "" && line !== "" && !/^(?:[-*]|[0-9]+\.) /.test(line)) break;
    else index += 1;
  }
  return index;
}

/** Whether the last paragraph or list has a line that ends with a question mark. */
function endsWithQuestion(question: readonly string[]): boolean {
  const paragraphs = question
    .join("\n")
    .replace(/^```[\s\S]*?^```$/gm, "")
    .trim()
    .split("\n\n");
  const isList = /^(?:[-*]|[0-9]+\.) /.test(paragraphs.at(-1) ?? "");
  return /\?\)?$/m.test(paragraphs.slice(isList ? -2 : -1).join("\n"));
}

/** The index of the line that opens the answer. Before it only programs are started. */
function findFold(
  { lines, fences }: LinesOfPage,
  start: number,
  question: number,
  report: ReportProblem,
): number | undefined {
  const complain = (line: number): undefined => {
    const where = `${FOLD} … ${END_OF_FOLD}`;
    report(
      line,
      `this answers the question of line ${question}, or comes before its answer: fold it, ${where}`,
    );
  };
  for (let index = start; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const fence = fenceAt(fences, index + 1);
    if (fence !== undefined) {
      if (fence.language !== "console" || !fence.content.every((row) => HAS_STARTED.test(row)))
        return complain(fence.line);
      index = fence.end - 1;
    } else if (line === FOLD) return index;
    else if (line !== "" && !/^## /.test(line) && !isLeadIn(lines, index)) return complain(index + 1);
  }
  return complain(lines.length);
}

/** Whether a line belongs to a paragraph that only leads to the block behind it. */
function isLeadIn(lines: readonly string[], index: number): boolean {
  const end = lines.findIndex((line, i) => i >= index && line === "");
  const last = lines[(end === -1 ? lines.length : end) - 1] ?? "";
  return /[:,]$/.test(last);
}

function checkFold(
  { lines, fences }: LinesOfPage,
  index: number,
  answered: ReadonlySet<number>,
  report: ReportProblem,
): void {
  if (!answered.has(index)) report(index + 1, `"${WHAT_HAPPENS}" answers no prediction: ask one before it`);
  const end = lines.findIndex((line, i) => i > index && line === END_OF_FOLD);
  const inside = lines.slice(index + 1, end);
  if (end === -1) report(index + 1, `this part is never closed: write ${END_OF_FOLD} in a line of its own`);
  else if (inside.join("").trim() === "") report(index + 1, "this part is empty: tell what happens");
  else if (inside[0] !== "" || inside.at(-1) !== "")
    report(
      index + 1,
      "an empty line stands behind the summary, and one before </details>: GitHub needs them",
    );
  const heading = inside.findIndex(
    (line, i) => /^#{1,3} /.test(line) && fenceAt(fences, index + 2 + i) === undefined,
  );
  if (end !== -1 && heading !== -1)
    report(
      index + 2 + heading,
      "no heading stands in what is folded: close it before, or leave the heading out",
    );
}
