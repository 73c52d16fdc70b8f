// The texts in the body of the watch mode: the exercise, or a text that a key shows in front of it. Pure.

import { fitted } from "../../terminal/fitted.ts";
import { type Paint, plain } from "../../terminal/paint.ts";
import { wrap } from "../../terminal/text.ts";
import { printable } from "../../terminal/widths.ts";
import { type Exercise, hasRegion, type ProgramExercise } from "../exercises/exercises.ts";
import { ProblemError } from "../exercises/problem.ts";
import { keyRows } from "../key-table.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Outcome } from "./check-exercise.ts";
import { renderBoth, renderDiff } from "./code-view.ts";
import { changedElsewhere } from "./commands.ts";
import { finishedText } from "./finished.ts";
import type { KeyLabel } from "./frame.ts";
import { LEARN_KEYS, ON_EXERCISE } from "./keys.ts";
import { gistLines, meaningLines, outcomeLines, placeOf, taskLines, verdictLine } from "./report.ts";
import type { CheckOfAll, Session } from "./session.ts";

/** The exercise, or the text in front of it. */
export type View =
  | "exercise"
  | "hints"
  | "list"
  | "diff"
  | "solution"
  | "packets"
  | "all"
  | "finished"
  | "keys";

/** The exercise: what to do, and the result of the last check. */
export function exerciseLines(session: Session, width: number, paint: Paint): string[] {
  const { exercise, outcome, isTouched, notices, hasPassed, isChecking } = session;
  const warnings = notices.flatMap((notice) => wrap(notice, width).map((line) => paint("warning", line)));
  const head = warnings.length > 0 ? [...warnings, ""] : [];
  const verdict = verdictLines(session, paint);
  if (outcome?.verdict === "passed" && hasPassed)
    return [...head, ...verdict, "", ...passedLines(outcome, width, paint)];
  const task = taskLines(exercise, width, paint);
  const report = outcome === undefined ? [] : reportLines(outcome, isChecking, width, paint);
  if (isTouched || outcome?.verdict === "could-not-run")
    return [...head, ...verdict, ...report, ...adviceLines(session, width, paint), "", ...task];
  // A task may be longer than the screen. So the verdict stands above it, in short, and the whole report below it.
  const short = outcome === undefined ? [] : gistLines(outcome, width, paint);
  const whole =
    outcome === undefined || report.length === 0
      ? []
      : ["", paint("heading", "What the check says of the code as it stands"), ...report];
  return [...head, ...verdict, ...short, "", ...task, ...whole];
}

/** The report of the last check. While the code is checked again, it is dimmed. */
function reportLines(outcome: Outcome, isOld: boolean, width: number, paint: Paint): string[] {
  return isOld
    ? outcomeLines(outcome, width, plain).map((line) => paint("dim", line))
    : outcomeLines(outcome, width, paint);
}

function verdictLines({ exercise, isChecking, outcome, settledAt }: Session, paint: Paint): string[] {
  if (isChecking) return [paint("warning", "checking …")];
  if (outcome === undefined) return hasRegion(exercise) ? [] : [paint("good", howToAnswer(exercise))];
  const time = settledAt.toTimeString().slice(0, 8);
  return [`${verdictLine(outcome, paint)}${paint("dim", ` (${time})`)}`];
}

function howToAnswer({ kind }: Exercise): string {
  return kind === "predict"
    ? "Press a to say what you think, right or wrong. Then the programs run."
    : "Press a to answer.";
}

/** What to do if the checks could not run. */
function adviceLines({ exercise, isChecking, outcome }: Session, width: number, paint: Paint): string[] {
  const isDamaged =
    outcome?.verdict === "could-not-run" && outcome.results.length === 0 && hasRegion(exercise);
  if (!isDamaged || isChecking) return [];
  const advice = "Mend the file and save, or press x to begin again: a copy of yours is kept.";
  return ["", ...wrap(advice, width).map((row) => paint("warning", row))];
}

function passedLines(outcome: Outcome, width: number, paint: Paint): string[] {
  const { exercise } = outcome;
  // A guess stands beside the result already.
  const answer =
    exercise.kind === "capture" ? wrap(`Your answer: ${printable(outcome.own ?? "")}`, width) : [];
  const lines = [...answer, ...outcomeLines(outcome, width, paint)];
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

/** The exercise in one line, above the body. */
export function exerciseRow(exercise: Exercise, hasPassed: boolean, paint: Paint): string {
  const mark = hasPassed ? paint("good", "✓ ") : "";
  const title = exercise.title.replaceAll("`", "");
  return `${mark}${paint("heading", exercise.id)}  ${title}  ${paint("dim", placeOf(exercise))}`;
}

/** The check of all exercises, with one line for each. */
export function checkAllLines(
  { outcomes, wanted, isRunning }: CheckOfAll,
  width: number,
  paint: Paint,
): string[] {
  const heading = `Checking all that is passed${isRunning ? " …" : ""}: ${outcomes.length} of ${wanted.length}`;
  const bad = outcomes.filter(({ verdict }) => verdict !== "passed");
  const summary =
    bad.length === 0
      ? paint("good", "All of it passes.")
      : paint(
          "bad",
          `${bad.length} of them ${bad.length === 1 ? "does" : "do"} not pass: press l to go there.`,
        );
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

export function finishedLines(workspace: Workspace, width: number, paint: Paint): string[] {
  const lines = finishedText(workspace).flatMap((paragraph) => [...wrap(paragraph, width), ""]);
  return [paint("good", "Finished."), "", ...lines];
}

/** The differences between the starter and the student's code. */
export function diffLinesOf(exercise: Exercise, workspace: Workspace, width: number, paint: Paint): string[] {
  if (!hasRegion(exercise)) return [];
  const own = textOf(exercise, workspace);
  if (own === undefined) return ["The file cannot be read as an exercise: Esc shows why."];
  const rows =
    own === exercise.starter ? ["It is still the starter."] : renderDiff(exercise.starter, own, width, paint);
  const heading = paint("heading", "Your code, compared with the starter");
  return [heading, "", ...rows, ...changedElsewhere(workspace, exercise, width)];
}

/** The student's code and the solution. */
export function solutionLines(
  exercise: Exercise,
  workspace: Workspace,
  width: number,
  paint: Paint,
): string[] {
  if (!hasRegion(exercise) || exercise.solution === undefined) return [];
  const own = { title: "Your code", code: textOf(exercise, workspace) ?? "" };
  const remark = "Shown because you have seen all hints. Close it, and write your own.";
  const head = workspace.progress.has(exercise.id)
    ? []
    : [...wrap(remark, width).map((row) => paint("warning", row)), ""];
  return [
    ...head,
    ...renderBoth(own, { title: "The course's solution", code: exercise.solution }, width, paint),
  ];
}

/** The student's code in the region; undefined if markers are damaged. */
function textOf(exercise: ProgramExercise, workspace: Workspace): string | undefined {
  try {
    return workspace.text(exercise);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

/** All keys, and what they do. */
export function keyLines(width: number, paint: Paint): string[] {
  const rows = keyRows(LEARN_KEYS, ON_EXERCISE).join("\n");
  return [paint("heading", "Keys"), "", ...fitted(rows, width).split("\n")];
}

/** The keys that can be used now. */
export function keysOf(view: View, exercise: Exercise, workspace: Workspace): KeyLabel[] {
  if (view === "list")
    return [
      { key: "letters", label: "search" },
      { key: "↑ ↓", label: "choose" },
      { key: "Enter", label: "go there" },
      { key: "Esc", label: "back" },
      { key: "Ctrl-C", label: "quit" },
    ];
  const hasPassed = workspace.progress.has(exercise.id);
  const hints =
    workspace.hintsSeen(exercise) + (view === "hints" || workspace.hintsSeen(exercise) === 0 ? 1 : 0);
  const count = exercise.hints.length;
  const forCode: KeyLabel[] = [
    { key: "d", label: "diff" },
    { key: "s", label: "solution" },
    { key: "p", label: "packets" },
    { key: "x", label: "reset" },
    { key: "r", label: "check again" },
  ];
  return [
    ...(view === "exercise" ? [] : [{ key: "Esc", label: "back" }]),
    {
      key: "n",
      label: hasPassed && workspace.next(exercise) === undefined ? "finish" : "next",
      isUrgent: hasPassed,
    },
    { key: "h", label: hints > count ? "all hints" : `hint ${hints}/${count}` },
    ...(hasRegion(exercise)
      ? []
      : [{ key: "a", label: exercise.kind === "predict" ? "guess" : "answer", isUrgent: !hasPassed }]),
    { key: "l", label: "list" },
    { key: "c", label: "check all" },
    ...(hasRegion(exercise) ? forCode : []),
    { key: "o", label: "lesson page" },
    { key: "?", label: "keys" },
    { key: "q", label: "quit" },
  ];
}
