// Formats what learn says about an exercise, for the watch mode and for commands. Pure.

import { formatFailure } from "../../checks/engine/format-failure.ts";
import { besideLabel } from "../../terminal/beside-label.ts";
import type { Paint } from "../../terminal/paint.ts";
import { cut, wrap } from "../../terminal/text.ts";
import { printable } from "../../terminal/widths.ts";
import { type Exercise, hasRegion } from "../exercises/exercises.ts";
import { WORK } from "../workspace/compose.ts";
import { decisive, type Outcome } from "./check-exercise.ts";
import { renderMarkdown } from "./markdown.ts";

/** What was checked and the verdict, in one line. */
export function verdictLine(outcome: Outcome, paint: Paint): string {
  const { exercise, verdict, results, milliseconds } = outcome;
  const time = `${(milliseconds / 1000).toFixed(1)} s`;
  const count = exercise.checks.length;
  const checks = count === 1 ? "its check" : `all ${count} checks`;
  switch (verdict) {
    case "passed":
      return `${paint("good", exercise.kind === "predict" ? "predicted" : "passed")}: ${exercise.id}${hasRegion(exercise) ? `, ${checks}, ${time}` : ""}`;
    case "failed":
      if (exercise.kind === "predict") return `${paint("warning", "no guess yet")}: ${exercise.id}`;
      return `${paint("bad", "not yet")}: ${exercise.id}${results.length > 0 ? `, check ${results.length} of ${count} failed, ${time}` : ""}`;
    case "could-not-run":
      return `${paint("warning", "could not run")}: ${exercise.id}`;
  }
}

/** Why an exercise has not passed, or what was observed when it passed. */
export function outcomeLines(outcome: Outcome, width: number, paint: Paint): string[] {
  const result = decisive(outcome);
  const explanation =
    outcome.explanation?.split("\n").flatMap((line) => keepingIndent(printable(line), width)) ?? [];
  const failure =
    result === undefined
      ? []
      : formatFailure(result, width).map((line) => paintFailure(printable(line), paint));
  const again =
    outcome.verdict === "failed" && outcome.seed !== undefined ? seedLines(outcome, outcome.seed, width) : [];
  const notes = outcome.notes.flatMap((note) => wrap(note, width).map((line) => paint("warning", line)));
  return [...explanation, ...failure, ...again.map((line) => paintFailure(line, paint)), ...notes];
}

/** The command that checks the exercise with the same random values again. */
function seedLines({ exercise }: Outcome, seed: number, width: number): string[] {
  return besideLabel("again:", `npm run learn -- check ${exercise.id} --seed ${seed}`, width);
}

/** The two lines of a report that say most: what was expected and what came. */
export function gistLines(outcome: Outcome, width: number, paint: Paint): string[] {
  const result = decisive(outcome);
  if (result === undefined) return [];
  const lines = formatFailure(result, width).map(printable);
  return ["expected:", "received:"].flatMap((label) => {
    const index = lines.findIndex((one) => one.startsWith(label));
    const [line, next = ""] = index === -1 ? [] : lines.slice(index);
    if (line === undefined) return [];
    const goesOn = /^ +[^ ^]/.test(next);
    return [cut(paintFailure(goesOn ? `${line} …` : line, paint), width)];
  });
}

/** An observation may be a table, so its lines stay. Only lines that are too long are wrapped. */
function keepingIndent(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  return wrap(line, width - indent.length).map((row) => indent + row);
}

/** Highlights the labels of a failure, and the mark under the first difference. */
function paintFailure(line: string, paint: Paint): string {
  const labelled = /^(step|sent|run|expected|received|likely|packet|again|could not run)(:? +)(.*)$/.exec(
    line,
  );
  if (labelled !== null) {
    const [, label = "", gap = "", rest = ""] = labelled;
    return `${paint("dim", label + gap)}${label === "received" ? paint("bad", rest) : label === "expected" ? paint("good", rest) : rest}`;
  }
  if (/^ +\^/.test(line)) return paint("warning", line);
  return line;
}

/** The task or the question, and what is checked. */
export function taskLines(exercise: Exercise, width: number, paint: Paint): string[] {
  const checked = exercise.checked.map((text) => `- ${text}`).join("\n");
  return [
    paint("heading", hasRegion(exercise) ? "Task" : "Question"),
    ...renderMarkdown(exercise.task, exercise.page, width, paint),
    ...(checked === ""
      ? []
      : ["", paint("heading", "What is checked"), ...renderMarkdown(checked, exercise.page, width, paint)]),
  ];
}

/** The first `count` hints. The last one of them is the newest. */
export function hintLines(exercise: Exercise, count: number, width: number, paint: Paint): string[] {
  return exercise.hints
    .slice(0, count)
    .flatMap((hint, index) => [
      ...(index === 0 ? [] : [""]),
      paint("heading", `Hint ${index + 1} of ${exercise.hints.length}`),
      ...renderMarkdown(hint, exercise.page, width, paint),
    ]);
}

export function meaningLines(exercise: Exercise, width: number, paint: Paint): string[] {
  return [
    paint("heading", "What it meant"),
    ...renderMarkdown(exercise.meaning, exercise.page, width, paint),
  ];
}

/** Where the student writes, relative to the course's folder. */
export function placeOf(exercise: Exercise): string {
  return hasRegion(exercise) ? `${WORK}/${exercise.file}` : exercise.page;
}
