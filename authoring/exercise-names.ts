// Reads lists of stages and exercises, such as 01,02-hello, from a command line. Pure.

import { STAGE_NUMBERS } from "../checks/engine/place.ts";
import type { Exercise } from "../course/exercises/exercises.ts";

/** A name is neither a stage nor an exercise. The message is one line. */
export class NameError extends Error {}

/**
 * The ids of the exercises that a list names: a stage stands for all of its exercises.
 * @param option the option with the list, for the error message
 * @throws NameError
 */
export function idsOf(list: string, exercises: readonly Exercise[], option: string): Set<string> {
  const ids = new Set<string>();
  for (const name of list.split(",").map((one) => one.trim())) {
    const found = exercises.filter(({ id, stage }) => id === name || stage === name);
    if (found.length === 0)
      throw new NameError(
        `${option}: there is no stage or exercise ${JSON.stringify(name)}; write stages (${STAGE_NUMBERS.join(", ")}) or exercises (such as 02-hello), with commas between them`,
      );
    for (const { id } of found) ids.add(id);
  }
  return ids;
}
