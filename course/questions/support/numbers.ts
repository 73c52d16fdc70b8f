// Answers that are several numbers, in their order.

/** The numbers in an answer, whatever stands between them. */
export function numbersOf(answer: string): string[] {
  return answer.match(/[0-9]+/g) ?? [];
}

/** The numbers alone, with a blank between; an answer without any stays as it is. */
export function onlyNumbers(answer: string): string {
  return numbersOf(answer).join(" ") || answer.trim();
}
