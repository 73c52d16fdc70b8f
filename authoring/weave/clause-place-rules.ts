// Checks where the numbers of clauses stand on a page: in parentheses at the end of a sentence, so that the sentence can be
// read without them; and before stage 02 nowhere. Ids of checks, code and the comment of an exercise are not meant.

import { fencesOf } from "../../course/lesson/fences.ts";

const NUMBER = "P[0-9]{1,2}(?:\\.[0-9]+)?";
const LINK = `\\[${NUMBER}(?:,\\s+${NUMBER})*\\]\\([^)]*\\)`;
const ONE = `(?:${NUMBER}|${LINK})`;

/** A clause number that is no part of a check's id, such as P3.1-hello; or a link to a section. P1 alone may be a block. */
const MENTION = /\bP[0-9]{1,2}\.[0-9]+\b(?![-0-9])|(?<=\[)P[0-9]{1,2}(?=\]\()/g;

/** What may stand: clauses alone in parentheses, and behind them the end of a sentence, of a paragraph or of a cell. */
const AT_THE_END = new RegExp(
  `\\(${ONE}(?:(?:,\\s+|\\s+and\\s+|\\s+to\\s+)${ONE})*\\)(?=[.?!](?:[\\s"”*]|$)|:?\\s*$|\\s*\\|)`,
  "g",
);

/** The stages whose pages come before the protocol is read. */
const WITHOUT = /^0[01]-/;

export interface MisplacedClause {
  /** From 1. */
  line: number;
  clause: string;
}

/** Finds the clause numbers on a page that stand where they should not. Pure. @param folder the page's folder in lessons/ */
export function misplacedClauses(text: string, folder: string): MisplacedClause[] {
  return paragraphsOf(text).flatMap(({ line, content }) => {
    // What may stand is blanked out, so that all the rest is found at its place.
    const rest = WITHOUT.test(folder)
      ? content
      : content.replace(AT_THE_END, (found) => found.replace(/[^\n]/g, " "));
    return [...rest.matchAll(MENTION)].map(({ index, 0: clause }) => ({
      line: line + content.slice(0, index).split("\n").length - 1,
      clause,
    }));
  });
}

/** The paragraphs, points of lists and rows of tables, outside of comments and blocks. */
function paragraphsOf(text: string): { line: number; content: string }[] {
  const blank = (part: string): string => part.replace(/[^\n]/g, "");
  const lines = text.replace(/<!--[\s\S]*?-->/g, blank).split("\n");
  for (const { line, end } of fencesOf(text))
    for (let index = line - 1; index < Math.min(end, lines.length); index += 1) lines[index] = "";
  const paragraphs: { line: number; content: string }[] = [];
  let isOpen = false;
  for (const [index, content] of lines.entries()) {
    const begins = /^\s*(?:[-*|#>]|[0-9]+\.) ?/.test(content);
    const last = paragraphs.at(-1);
    if (content.trim() === "") isOpen = false;
    else if (isOpen && !begins && last !== undefined) last.content += `\n${content}`;
    else {
      paragraphs.push({ line: index + 1, content });
      isOpen = true;
    }
  }
  return paragraphs;
}
