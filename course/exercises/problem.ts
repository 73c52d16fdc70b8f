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

/** A file of the student's is not UTF-8. Nothing is lost: the editor can save it again. */
export class EncodingError extends ProblemError {}

/**
 * UTF-16 that was read as UTF-8 has a zero byte in each character. Editors on Windows and PowerShell's `>` write it.
 * @param file the name of the text in the error message
 * @throws EncodingError if the text is such a one
 */
export function refuseUtf16(text: string, file: string): void {
  if (!text.includes("\0")) return;
  const message =
    'the file is saved as UTF-16, or is no text: save it as UTF-8 (your editor\'s "Save as" has the choice)';
  throw new EncodingError({ file, line: 1, message });
}

/** Formats a problem as FILE:LINE: MESSAGE. Editors and terminals recognise this form. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}
