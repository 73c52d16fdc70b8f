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
  /**
   * The likely thought behind a wrong answer, in a sentence or two. They help. They do not tell the right answer, unless
   * the question asks for a guess: then the result stands beside it already.
   */
  explain(answer: string, found: Found): string;
  /** Default: trims, makes lower case, and makes one blank of several. */
  normalise?(answer: string): string;
}

/** A question that asks what a program will do. The guess is taken before the program runs, and may be wrong. */
export interface Prediction extends Question {
  /**
   * What to enter instead, in one short line; undefined if the text has the form of a guess. It runs nothing.
   * @param answer normalised, and not empty
   */
  problemOf(answer: string): string | undefined;
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
  const found = await findAnswer(question);
  if (typeof found === "string") return { verdict: "could-not-run", reason: found };
  const normalised = normalise(question, answer);
  if (normalised === "") return { verdict: "failed", explanation: "The answer is empty." };
  return found.answers.includes(normalised)
    ? { verdict: "passed", observed: found.observed }
    : { verdict: "failed", explanation: question.explain(normalised, found) };
}

/**
 * Takes a guess, then finds the result, and puts both side by side. A wrong guess passes as well as a right one; only what
 * is no guess fails, and then nothing is run.
 */
export async function judgeGuess(question: Prediction, answer: string): Promise<Judgement> {
  const guess = normalise(question, answer);
  const problem = problemOfGuess(question, guess);
  if (problem !== undefined) return { verdict: "failed", explanation: problem };
  const found = await findAnswer(question);
  if (typeof found === "string") return { verdict: "could-not-run", reason: found };
  const isRight = found.answers.includes(guess);
  const remark = isRight ? "As you said." : question.explain(guess, found);
  const shown = answer.trim().replace(/\s+/g, " ");
  const observed = [...sideBySide(shown, found.answers[0] ?? ""), "", remark, "", found.observed];
  return { verdict: "passed", observed: observed.join("\n") };
}

function problemOfGuess(question: Prediction, guess: string): string | undefined {
  if (guess === "") return "Enter what you think, right or wrong.";
  return guess.length > LONGEST_GUESS ? "Enter a shorter guess." : question.problemOf(guess);
}

/** In characters. */
const LONGEST_GUESS = 100;

/** A table of two rows. */
function sideBySide(guess: string, result: string): string[] {
  const width = Math.max(guess.length, YOUR_GUESS.length) + 3;
  return [`${YOUR_GUESS.padEnd(width)}${RESULT}`, `${guess.padEnd(width)}${result}`];
}

const YOUR_GUESS = "your guess";
const RESULT = "the result";

/** @returns what was found, or why nothing could be, in one line */
async function findAnswer(question: Question): Promise<Found | string> {
  try {
    const found = await question.find();
    const isEmpty = found.answers.filter((one) => one !== "").length === 0 || found.observed.trim() === "";
    return isEmpty ? "the question has found no answer: this is a mistake in the course" : found;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.split("\n")[0] ?? message;
  }
}

function normalise(question: Question, answer: string): string {
  return (question.normalise ?? normaliseAnswer)(answer);
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

/**
 * Loads the question of an exercise of kind predict.
 * @throws Error if the file exports none, or one that does not say what a guess is
 */
export async function loadPrediction(id: string): Promise<Prediction> {
  const question = await loadQuestion(id);
  if (!isPrediction(question))
    throw new Error(`${questionFile(id)} does not say what a guess is: give its question a problemOf`);
  return question;
}

function isPrediction(question: Question): question is Prediction {
  return "problemOf" in question && typeof question.problemOf === "function";
}
