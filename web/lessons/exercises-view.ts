// What a page is told about exercises, made of what the session of learn knows. It reads the student's files, and changes
// nothing.

import { endpoint } from "../../captures/explain/endpoint.ts";
import { type Compared, type FailureParts, failureParts } from "../../checks/engine/failure-parts.ts";
import { type Exercise, hasRegion, type ProgramExercise } from "../../course/exercises/exercises.ts";
import { readPageName } from "../../course/exercises/pages.ts";
import { ProblemError } from "../../course/exercises/problem.ts";
import { findRegions } from "../../course/exercises/regions.ts";
import { decisive, type Outcome } from "../../course/learn/check-exercise.ts";
import { codeDiff } from "../../course/learn/code-view.ts";
import { finishedText } from "../../course/learn/finished.ts";
import { connectionRows } from "../../course/learn/packet-rows.ts";
import type { NoPackets, RecordedPackets } from "../../course/learn/recorded-packets.ts";
import { placeOf, verdictLine } from "../../course/learn/report.ts";
import type { Session } from "../../course/learn/session.ts";
import { whySolutionHidden } from "../../course/learn/solution.ts";
import type { Workspace } from "../../course/workspace/workspace.ts";
import { plain } from "../../terminal/paint.ts";
import { printable, printableText } from "../../terminal/widths.ts";
import type {
  CodeLine,
  ComparedTexts,
  ExerciseFile,
  ExerciseRow,
  ExerciseState,
  FailureView,
  OutcomeView,
  Overview,
  PacketsView,
} from "../shared/exercises.ts";
import { bytesOf, versionOf } from "./exercises-file.ts";

/** Longer code is not compared, in UTF-16 units. */
const MOST_COMPARED = 50_000;

/** The name of an exercise's page, such as 03-4. */
export function pageOf({ page }: Exercise): string {
  const [, folder = "", name = ""] = page.split("/");
  return `${folder.slice(0, 2)}-${readPageName(name)?.number ?? ""}`;
}

function standingOf({ progress }: Workspace, { id }: Exercise): ExerciseRow["standing"] {
  if (!progress.has(id)) return "open";
  return progress.isGiven(id) ? "given" : "passed";
}

/** @param session undefined before the student has begun any exercise */
export function overviewOf(workspace: Workspace, session: Session | undefined): Omit<Overview, "problem"> {
  const { opened, isShort } = workspace;
  return {
    rows: workspace.exercises.map((exercise) => ({
      id: exercise.id,
      title: exercise.title,
      kind: exercise.kind,
      stage: exercise.stage,
      page: pageOf(exercise),
      isShort: exercise.isShort,
      standing: standingOf(workspace, exercise),
      isCurrent: exercise === opened,
    })),
    current: opened?.id ?? "",
    next: workspace.next(opened)?.id ?? "",
    isShort,
    all: session === undefined ? undefined : allOf(session),
    finished: session !== undefined && isFinished(workspace, session) ? finishedText(workspace) : [],
  };
}

function allOf({ all: { isRunning, wanted, outcomes } }: Session): Overview["all"] {
  if (wanted.length === 0) return undefined;
  const done = outcomes.map((outcome) => ({
    id: outcome.exercise.id,
    page: pageOf(outcome.exercise),
    outcome: outcomeView(outcome, new Date(0)),
  }));
  return { isRunning, of: wanted.length, done };
}

/** As in the terminal: everything on the way has passed, and has passed once more when everything was checked. */
function isFinished(workspace: Workspace, { all: { isRunning, wanted, outcomes } }: Session): boolean {
  const isChecked = wanted.length > 0 && !isRunning && outcomes.length === wanted.length;
  const allPassed = outcomes.every(({ verdict }) => verdict === "passed");
  return isChecked && allPassed && workspace.next() === undefined;
}

/** @param session undefined unless the exercise is the current one */
export function stateView(
  exercise: Exercise,
  workspace: Workspace,
  session: Session | undefined,
): ExerciseState {
  const { id } = exercise;
  const { progress, student } = workspace;
  const hasPassed = progress.has(id);
  const next = workspace.next(exercise);
  const isProgram = hasRegion(exercise);
  return {
    id,
    isCurrent: session !== undefined,
    isBegun: isProgram && student.draft(id) !== undefined,
    isChecking: session?.isChecking ?? false,
    standing: standingOf(workspace, exercise),
    day: progress.isGiven(id) ? "" : (progress.dayOf(id) ?? ""),
    isTouched: session?.isTouched ?? false,
    notices: session?.notices ?? [],
    hints: workspace.hintsSeen(exercise),
    ...(isProgram ? { file: fileView(exercise, workspace) } : {}),
    ...(session?.outcome === undefined ? {} : { outcome: outcomeView(session.outcome, session.settledAt) }),
    answer: isProgram ? "" : (student.answer(id) ?? ""),
    comparison: isProgram && hasPassed ? comparison(exercise, workspace) : [],
    whyNoSolution: isProgram ? (whySolutionHidden(workspace, exercise) ?? "") : "",
    ...(next === undefined ? {} : { next: { id: next.id, title: next.title, page: pageOf(next) } }),
  };
}

export function fileView(exercise: ProgramExercise, workspace: Workspace): ExerciseFile {
  const path = workspace.path(exercise.file);
  const bytes = bytesOf(path);
  return {
    name: placeOf(exercise),
    path,
    line: bytes === undefined ? 1 : firstLineOf(exercise, bytes.toString()),
    version: bytes === undefined ? "" : versionOf(bytes),
  };
}

/** The first line of the region; 1 if its markers are damaged. */
function firstLineOf({ id, file }: ProgramExercise, text: string): number {
  try {
    return (findRegions(text, file).find((region) => region.id === id)?.beginLine ?? 0) + 1;
  } catch (error) {
    if (error instanceof ProblemError) return 1;
    throw error;
  }
}

function comparison(exercise: ProgramExercise, { student }: Workspace): CodeLine[] {
  const own = student.solution(exercise.id);
  if (own === undefined || exercise.solution === undefined || own.length > MOST_COMPARED) return [];
  return codeDiff(own, exercise.solution);
}

function outcomeView(outcome: Outcome, at: Date): OutcomeView {
  const { exercise, verdict, explanation = "", notes, results, seed } = outcome;
  const result = decisive(outcome);
  return {
    verdict,
    headline: verdictLine(outcome, plain),
    at: at.getTime(),
    explanation: printableText(explanation),
    notes,
    checks: results.map(({ check: { id, title }, verdict: one }) => ({ id, title, verdict: one })),
    ...(result === undefined ? {} : { failure: failureView(failureParts(result)) }),
    ...(verdict === "failed" && seed !== undefined
      ? { again: `npm run learn -- check ${exercise.id} --seed ${seed}` }
      : {}),
  };
}

/** Programs may have printed what changes the direction of text, or what cannot be seen. */
function failureView({ compared, problem, lastWords, ...parts }: FailureParts): FailureView {
  return {
    ...parts,
    ...(problem === undefined ? {} : { problem: printableText(problem) }),
    ...(lastWords === undefined ? {} : { lastWords: printableText(lastWords) }),
    ...(compared === undefined ? {} : { compared: comparedView(compared) }),
  };
}

function comparedView({ difference, character, expected, received, labels }: Compared): ComparedTexts {
  if (difference === undefined)
    return { labels, expected: printableText(expected), received: printableText(received) };
  // One character for one, so that the difference stays where it is.
  const safe = (text: string): string => printable(text.replaceAll("\t", " "));
  return {
    labels,
    expected: safe(expected),
    received: safe(received),
    difference,
    ...(character === undefined ? {} : { character }),
  };
}

/** @param file the name of the recording, as it is shown */
export function packetsView(recorded: RecordedPackets | NoPackets, file: string): PacketsView {
  if ("why" in recorded) return { about: recorded.why, file: "", connections: [] };
  const { about, streams } = recorded;
  const connections = streams.map((stream) => {
    const { first, left, last } = connectionRows(stream, recorded);
    const title = `connection ${stream.index}: ${endpoint(stream.a)} to ${endpoint(stream.b)}`;
    return { index: stream.index, title, first, left, last };
  });
  return { about, file, connections };
}
