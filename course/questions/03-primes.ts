// Counts how many candidates stage 03's own function tries to find a safe prime of 256 bits.

import type { Prediction } from "../exercises/question.ts";
import { jsonFrom } from "./support/output.ts";

const BITS = 256;
/** With so many primes, the average is of the wrong order of magnitude less than once in 100,000 runs. */
const DRAWS = 8;

/** The answers to choose from. The one with the smallest ratio to the average is right. */
const CHOICES = [
  { letter: "a", count: 10 },
  { letter: "b", count: 100 },
  { letter: "c", count: 10_000 },
  { letter: "d", count: 1_000_000 },
] as const;

const distance = (left: number, right: number): number => Math.abs(Math.log(left / right));

/** Calls the function behind `npm run dh:prime` several times, and prints how many candidates each call took. */
const PROGRAM = `
  const { generateSafePrime } = await import("./03-dh-chat/primes.ts");
  const counts = Array.from({ length: ${DRAWS} }, () => generateSafePrime(${BITS}).candidates);
  console.log(JSON.stringify(counts));
`;

/** The choice that an answer names, by its letter or its number. */
function choiceOf(answer: string): (typeof CHOICES)[number] | undefined {
  return CHOICES.find(({ letter, count }) => answer === letter || answer === String(count));
}

export const question: Prediction = {
  async find() {
    const counts = (await jsonFrom(PROGRAM)) as number[];
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const nearest = CHOICES.reduce((best, one) =>
      distance(one.count, mean) < distance(best.count, mean) ? one : best,
    );
    return {
      answers: [nearest.letter, String(nearest.count)],
      observed: [
        `${DRAWS} safe primes of ${BITS} bits, candidates looked at: ${counts.join(", ")}`,
        `on average ${Math.round(mean)}: nearest to ${nearest.letter}, ${nearest.count}`,
      ].join("\n"),
    };
  },
  /** The answer is a letter or a number, with any separator of thousands. */
  normalise(answer) {
    return answer
      .trim()
      .toLowerCase()
      .replace(/[\s,.'_:)]/g, "");
  },
  problemOf: (answer) =>
    choiceOf(answer) === undefined
      ? `Enter one of the letters ${CHOICES.map(({ letter }) => letter).join(", ")}.`
      : undefined,
  explain(answer, { answers }) {
    const chosen = choiceOf(answer);
    const right = CHOICES.find(({ letter }) => answers.includes(letter));
    if (chosen === undefined || right === undefined || chosen.count > right.count)
      return "Primes are not that rare: their density falls with the logarithm of the size, so only with the number of bits. ln 2^255 is 177.";
    if (chosen.letter === "b")
      return "That is about how many odd numbers you look at until one of them is prime. But q and 2q + 1 have to be prime at the same time.";
    return "Among numbers of two digits every fourth is prime, but their density falls: around N it is about one in ln N. And q and 2q + 1 have to be prime at the same time.";
  },
};
