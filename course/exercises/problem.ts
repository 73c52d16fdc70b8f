// A problem in a file of the course or of the student: where it is, and what to do. Pure.

export interface Problem {
  /** Relative to the course's folder. */
  file: string;
  /** Counted from 1. */
  line: number;
  /** What is wrong and what to do, in one line. */
  message: string;
}

/** A problem as an error. Callers that can continue without the file catch it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem));
    this.problem = problem;
  }
}

/** Formats a problem as FILE:LINE: MESSAGE. Editors and terminals recognise this form. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}
