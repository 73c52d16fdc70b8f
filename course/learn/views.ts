// What the body of the watch mode shows: the exercise, and the texts that keys lay over it. Pure.

import { type Exercise, hasRegion } from "../exercises/exercises.ts";
import type { Outcome } from "./check-exercise.ts";
import { renderBoth } from "./code-view.ts";
import { type Paint, plain } from "./paint.ts";
import { meaningLines, outcomeLines, placeOf, taskLines, verdictLine } from "./report.ts";
import { wrap } from "./text.ts";

export interface ExerciseView {
  exercise: Exercise;
  isChecking: boolean;
  /** The last verdict, of the exercise as it was then. */
  outcome: Outcome | undefined;
  /** When that was, as HH:MM:SS. */
  time: string;
  /** Whether the student has saved something, or answered: from then on the verdict is what he looks for first. */
  isTouched: boolean;
  hasPassed: boolean;
  /** Sentences that he should know. */
  notices: readonly string[];
  /** What to press when markers are damaged and the like. */
  advice: string;
}

/** The exercise: what is to be done, and what came of the last check. */
export function exerciseLines(view: ExerciseView, width: number, paint: Paint): string[] {
  const { exercise, outcome, isTouched, notices } = view;
  const warnings = notices.flatMap((notice) => wrap(notice, width).map((line) => paint("warning", line)));
  const head = warnings.length > 0 ? [...warnings, ""] : [];
  const verdict = verdictLines(view, width, paint);
  if (outcome?.verdict === "passed" && view.hasPassed)
    return [...head, ...verdict, "", ...passedLines(outcome, width, paint)];
  const task = taskLines(exercise, width, paint);
  const report = outcome === undefined ? [] : reportLines(outcome, view.isChecking, width, paint);
  if (isTouched || outcome?.verdict === "could-not-run") return [...head, ...verdict, ...report, "", ...task];
  if (!hasRegion(exercise)) return [...head, ...task, "", ...verdict, ...report];
  const starter =
    outcome === undefined
      ? []
      : [paint("heading", "What the check says of the code as it stands"), ...verdict, ...report];
  return [...head, ...task, "", ...(outcome === undefined ? verdict : starter)];
}

/** The report; while the code is checked again, what was said of it before is less important. */
function reportLines(outcome: Outcome, isOld: boolean, width: number, paint: Paint): string[] {
  return isOld
    ? outcomeLines(outcome, width, plain).map((line) => paint("dim", line))
    : outcomeLines(outcome, width, paint);
}

function verdictLines(view: ExerciseView, width: number, paint: Paint): string[] {
  const { exercise, isChecking, outcome, time, advice } = view;
  if (isChecking) return [paint("warning", "checking …")];
  if (outcome === undefined)
    return wrap(hasRegion(exercise) ? "" : "Press a to answer.", width).map((line) => paint("good", line));
  const lines = [`${verdictLine(outcome, paint)}${paint("dim", ` (${time})`)}`];
  return advice === "" ? lines : [...lines, ...wrap(advice, width).map((line) => paint("warning", line))];
}

function passedLines(outcome: Outcome, width: number, paint: Paint): string[] {
  const { exercise } = outcome;
  const lines = [...outcomeLines(outcome, width, paint)];
  if (lines.length > 0) lines.push("");
  lines.push(...meaningLines(exercise, width, paint));
  if (!hasRegion(exercise)) return lines;
  if (exercise.solution === undefined || outcome.own === undefined) return lines;
  const left = { title: "Your code", code: outcome.own };
  return [
    ...lines,
    "",
    ...renderBoth(left, { title: "The course's solution", code: exercise.solution }, width, paint),
  ];
}

/** The exercise in one line, for above the body. */
export function exerciseRow(exercise: Exercise, hasPassed: boolean, paint: Paint): string {
  const mark = hasPassed ? paint("good", "✓ ") : "";
  const title = exercise.title.replaceAll("`", "");
  return `${mark}${paint("heading", exercise.id)}  ${title}  ${paint("dim", placeOf(exercise))}`;
}

/** The check of everything, an exercise a line. */
export function checkAllLines(
  outcomes: readonly Outcome[],
  wanted: readonly Exercise[],
  isRunning: boolean,
  width: number,
  paint: Paint,
): string[] {
  const heading = `Checking all that is passed${isRunning ? " …" : ""}: ${outcomes.length} of ${wanted.length}`;
  const bad = outcomes.filter(({ verdict }) => verdict !== "passed");
  const summary =
    bad.length === 0
      ? paint("good", "All of it passes.")
      : paint("bad", `${bad.length} no longer ${bad.length === 1 ? "passes" : "pass"}: press l to go there.`);
  return [
    paint("heading", heading),
    ...(isRunning ? [] : [summary]),
    "",
    ...outcomes.flatMap((outcome) => [
      verdictLine(outcome, paint),
      ...(outcome.verdict === "passed"
        ? outcome.notes.map((note) => `  ${note}`)
        : outcomeLines(outcome, width - 2, paint).map((line) => `  ${line}`)),
    ]),
  ];
}

export function finishedLines(total: number, width: number, paint: Paint): string[] {
  const text = [
    `All ${total} exercises are passed, and all of them were checked again just now.`,
    "You have taken a chat from readable bytes to sealed ones: framed it, found its users, agreed on keys in public, encrypted and authenticated every line, and broken what was weak on the way.",
    "What to do now: read lessons/04-aes-chat/ to its end, where real systems are compared with yours; check a program of your own, in any language, with npm run check; and do not use this chat for anything secret.",
  ];
  return [paint("good", "Finished."), "", ...text.flatMap((paragraph) => [...wrap(paragraph, width), ""])];
}
