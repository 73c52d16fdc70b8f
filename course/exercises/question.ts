// Exercises whose answer is typed: what a question is (each has a file in course/questions/), and how an answer is judged.

/** What was found out when the program ran, or the capture was read. */
export interface Found {
  /** Every form of the right answer that counts, normalised. Never empty. */
  answers: string[];
  /** What was run or read and what came out: shown after the answer. Non-empty. */
  observed: string;
}

export interface Question {
  /** Runs the program or reads the capture now; nothing is stored. @throws Error (one line) if it could not. */
  find(): Promise<Found>;
  /** The likely thought behind a wrong answer, in a sentence or two that help without giving the answer away. */
  explain(answer: string, found: Found): string;
  /** Default: trimmed, lower case, inner blanks to one. */
  normalise?(answer: string): string;
}

/** What became of an answer. */
export type Judgement =
  | { verdict: "passed"; observed: string }
  | { verdict: "failed"; explanation: string }
  | { verdict: "could-not-run"; reason: string };

/** The default form in which answers are compared. */
export function normaliseAnswer(answer: string): string {
  return answer.trim().toLowerCase().replace(/\s+/g, " ");
}

/** Finds out what is right, and compares. A question that finds nothing could not be run: it never passes. */
export async function judgeAnswer(question: Question, answer: string): Promise<Judgement> {
  let found: Found;
  try {
    found = await question.find();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { verdict: "could-not-run", reason: message.split("\n")[0] ?? message };
  }
  if (found.answers.filter((one) => one !== "").length === 0 || found.observed.trim() === "") {
    return {
      verdict: "could-not-run",
      reason: "the question has found no answer: this is a mistake in the course",
    };
  }
  const normalised = (question.normalise ?? normaliseAnswer)(answer);
  if (normalised === "") return { verdict: "failed", explanation: "The answer is empty." };
  return found.answers.includes(normalised)
    ? { verdict: "passed", observed: found.observed }
    : { verdict: "failed", explanation: question.explain(normalised, found) };
}

/** The file of an exercise's question, relative to the course's folder. */
export function questionFile(id: string): string {
  return `course/questions/${id}.ts`;
}

/**
 * Loads the question of an exercise.
 * @throws Error if its file exports none
 */
export async function loadQuestion(id: string): Promise<Question> {
  const module: unknown = await import(`../questions/${id}.ts`);
  const question = (module as { question?: Question }).question;
  if (typeof question?.find !== "function" || typeof question.explain !== "function")
    throw new Error(`${questionFile(id)} exports no question`);
  return question;
}
