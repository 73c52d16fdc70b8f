// Sizes, times and texts of others, as the place "captures" shows them. Pure.

/**
 * A text that somebody else chose, as it may be shown: without characters that a browser would obey (controls, and those
 * that turn the direction of what stands around them).
 */
export function shown(text: string): string {
  return text.replace(/\p{C}/gu, "\uFFFD");
}

/** Whether a row's text is one to read. Where bytes are no text, it is full of signs that stand for them. */
export function isText(text: string): boolean {
  const signs = text.split("\uFFFD").length - 1;
  return signs * 10 <= text.length;
}

const UNITS = ["bytes", "KB", "MB", "GB"] as const;

/** `1 byte`, `43.2 KB`: a unit is a thousand of the one before. */
export function sizeWords(bytes: number): string {
  if (bytes === 1) return "1 byte";
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toPrecision(3)} ${UNITS[power] ?? ""}`;
}

/** What is measured of a line: of a sealed one, its ciphertext. @param entropy in bits per byte */
export function readableWords(isSealed: boolean, printable: number, entropy: number): string {
  const numbers = `${percentWords(printable)} printable, ${entropy.toFixed(2)} bits per byte`;
  return isSealed ? `its ciphertext is ${numbers}` : numbers;
}

/** Seconds with the microseconds that a capture has. */
export function secondsWords(seconds: number): string {
  return seconds.toFixed(6);
}

export function percentWords(share: number): string {
  return `${Math.round(share * 100)}%`;
}
