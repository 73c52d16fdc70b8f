// Says when the course's own solution of an exercise may be seen.

import type { ProgramExercise } from "../exercises/exercises.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** Why the solution is not shown yet, in a sentence; undefined if it may be shown. */
export function whySolutionHidden(workspace: Workspace, exercise: ProgramExercise): string | undefined {
  if (exercise.solution === undefined) return "This copy of the course has no solutions.";
  if (workspace.progress.has(exercise.id)) return undefined;
  const left = exercise.hints.length - workspace.hintsSeen(exercise);
  if (left === 0) return undefined;
  return `The solution is shown after passing, or after all hints: there ${left === 1 ? "is one more" : `are ${left} more`}.`;
}
