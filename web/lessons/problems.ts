// What is wrong with a file of the course or of the student, said in the page. Pure.

import { systemProblem } from "../../programs/system-error.ts";
import type { Answer, Place } from "../serve/place.ts";
import { CallError } from "../shared/fields.ts";

/** What a student can do something about is said to them. Anything else is a mistake of ours. */
export function inWords(error: unknown): unknown {
  if (error instanceof CallError) return error;
  const problem = isProblem(error) ? error.message : systemProblem(error);
  return problem === undefined ? error : new CallError(problem);
}

/** The same calls, with their errors in words. */
export function callsInWords(calls: Place["calls"]): Place["calls"] {
  const answers = Object.entries(calls) as [string, Answer<unknown>][];
  return Object.fromEntries(
    answers.map(([name, answer]): [string, Answer<unknown>] => [
      name,
      async (fields, page) => {
        try {
          return await answer(fields, page);
        } catch (error) {
          throw inWords(error);
        }
      },
    ]),
  );
}

/** A ProblemError of the course; its file is not loaded for that. */
function isProblem(error: unknown): error is Error {
  return error instanceof Error && "problem" in error;
}
