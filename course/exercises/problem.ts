// What is wrong with the course's own files, or with the student's: where, and what to do about it. Pure.

export interface Problem {
  /** Relative to the course's folder. */
  file: string;
  /** From 1. */
  line: number;
  /** What is wrong and what to do, in one line. */
  message: string;
}

/** A problem as an error: whoever can go on without the file catches it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem));
    this.problem = problem;
  }
}

/** The form in which editors and terminals recognise a place: FILE:LINE: MESSAGE. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}
