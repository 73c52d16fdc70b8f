// Lists the exercises of the course for tests about each of them.

import {
  type Exercise,
  hasRegion,
  loadExercises,
  type ProgramExercise,
} from "../../course/exercises/exercises.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** All exercises, in order. @throws ProblemError if a page or a region is not valid */
export const EXERCISES: readonly Exercise[] = loadExercises(COURSE_FOLDER);

/** The exercises with a region to fill in. */
export const PROGRAM_EXERCISES: readonly ProgramExercise[] = EXERCISES.filter(hasRegion);

/** Those of one stage. */
export function programExercises(stage: string): readonly ProgramExercise[] {
  return PROGRAM_EXERCISES.filter((exercise) => exercise.stage === stage);
}
