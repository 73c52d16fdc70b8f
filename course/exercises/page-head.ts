// Reads the line below a page's title: whether the page is on the short way, and how many minutes it takes. Pure.

/** What a page says about itself below its title. This is the one place that says which pages are on the short way. */
export interface PageHead {
  /** Whether the page is on the short way, for those who come for the cryptography. All others are "in depth". */
  isShort: boolean;
  /** Minutes to read the page, without its exercise. */
  reading: number;
  /** Minutes for its exercise; 0 if it has none. */
  exercise: number;
}

const HEAD =
  /^# [^\n]+\n\n\*(Short way|In depth)\. ([1-9][0-9]?) minutes to read(?:, ([1-9][0-9]?) for the exercise)?\.\*\n/m;

/** @returns undefined if the text has no such line */
export function readPageHead(text: string): PageHead | undefined {
  const [, way, reading, exercise = "0"] = HEAD.exec(text) ?? [];
  if (way === undefined) return undefined;
  return { isShort: way === "Short way", reading: Number(reading), exercise: Number(exercise) };
}
