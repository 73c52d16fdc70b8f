// Reads answers that consist of several numbers in order.

/** The numbers in an answer, with any text between them. */
export function numbersOf(answer: string): string[] {
  return answer.match(/[0-9]+/g) ?? [];
}

/** Only the numbers, with a blank between them. An answer without numbers stays as it is. */
export function onlyNumbers(answer: string): string {
  return numbersOf(answer).join(" ") || answer.trim();
}
