// Defines questions (one file each in course/questions/), and judges the answers that students type.

/** What a question found out when it ran a program or read a capture. */
export interface Found {
  /** All forms of the right answer, normalised. Never empty. */
  answers: string[];
  /** What was run or read, and the result. It is shown after the answer. Never empty. */
  observed: string;
}

export interface Question {
  /** Runs the program or reads the capture now, and stores nothing. @throws Error (one line) if that fails */
  find(): Promise<Found>;
  /** The likely thought behind a wrong answer, in a sentence or two. They help, but do not tell the right answer. */
  explain(answer: string, found: Found): string;
  /** Default: trims, makes lower case, and makes one blank of several. */
  normalise?(answer: string): string;
}

/** The result of judging an answer. */
export type Judgement =
  | { verdict: "passed"; observed: string }
  | { verdict: "failed"; explanation: string }
  | { verdict: "could-not-run"; reason: string };

/** The default form in which answers are compared. */
export function normaliseAnswer(answer: string): string {
  return answer.trim().toLowerCase().replace(/\s+/g, " ");
}

/** Finds the right answer, and compares. If nothing was found, the verdict is could-not-run, never passed. */
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

/** The path of an exercise's question, relative to the course's folder. */
export function questionFile(id: string): string {
  return `course/questions/${id}.ts`;
}

/**
 * Loads the question of an exercise.
 * @throws Error if the file exports none
 */
export async function loadQuestion(id: string): Promise<Question> {
  const module: unknown = await import(`../questions/${id}.ts`);
  const question = (module as { question?: Question }).question;
  if (typeof question?.find !== "function" || typeof question.explain !== "function")
    throw new Error(`${questionFile(id)} exports no question`);
  return question;
}
