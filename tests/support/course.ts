// The exercises of the course, for tests that prove something of each.

import {
  type Exercise,
  hasRegion,
  loadExercises,
  type ProgramExercise,
} from "../../course/exercises/exercises.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** All exercises, in order. @throws ProblemError if a page or a region is not whole */
export const EXERCISES: readonly Exercise[] = loadExercises(COURSE_FOLDER);

/** Those with a region to fill in. */
export const PROGRAM_EXERCISES: readonly ProgramExercise[] = EXERCISES.filter(hasRegion);

/** Those of one stage. */
export function programExercises(stage: string): readonly ProgramExercise[] {
  return PROGRAM_EXERCISES.filter((exercise) => exercise.stage === stage);
}
