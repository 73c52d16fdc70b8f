// Reads a table of sentences that is written in Markdown: each sentence word for word as a quotation, and below it a
// list of what belongs to it. Pure.

/** One sentence, and the items of the list below it. */
export interface SentenceRow {
  /** The line of the sentence, counted from 1. */
  line: number;
  sentence: string;
  items: { line: number; text: string }[];
}

/** What stands under one heading. */
export interface SentenceTable {
  /** The heading without its marks, such as `P1.4`. */
  title: string;
  line: number;
  rows: SentenceRow[];
}

/** Reads all headings of the second level, each with its sentences, in order. All other lines are ignored. */
export function readSentenceTables(markdown: string): SentenceTable[] {
  const tables: SentenceTable[] = [];
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    const [, mark, content = ""] = /^(##|>|-) (.+)$/.exec(text) ?? [];
    if (mark === "##") tables.push({ title: content, line, rows: [] });
    const rows = tables.at(-1)?.rows;
    if (mark === ">") rows?.push({ line, sentence: content, items: [] });
    if (mark === "-") rows?.at(-1)?.items.push({ line, text: content });
  }
  return tables;
}
