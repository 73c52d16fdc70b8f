// Splits a text in Markdown into its sentences, so that each of them can be told from the others. Pure.

import { lexer, type Token, type Tokens } from "marked";

/** Points behind these words end no sentence. */
const ABBREVIATIONS = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|approx)\.$/;

/**
 * A sentence ends at one of these, behind which quotation marks, emphasis and brackets may close, if what follows it
 * may begin a sentence: a capital letter, a digit or a piece of code.
 */
const END = /[.?!]["'”’*_)\]]*(?=\s+["'“‘*_([]*[\p{Lu}\p{Nd}`])/gu;

/**
 * Lists the sentences of a text, in order, each in one line and otherwise word for word, but with the text of a link in
 * its place. A paragraph and an item of a list end a sentence; each row of a table is one. Blocks of code, headings and
 * comments have none.
 */
export function sentencesOf(markdown: string): string[] {
  return lexer(markdown).flatMap(sentencesOfBlock);
}

function sentencesOfBlock(block: Token): string[] {
  switch (block.type) {
    case "paragraph":
    case "text":
      return split(block.raw);
    case "list":
      return (block as Tokens.List).items.flatMap(({ tokens }) => tokens.flatMap(sentencesOfBlock));
    case "blockquote":
      return (block as Tokens.Blockquote).tokens.flatMap(sentencesOfBlock);
    case "table":
      return (block as Tokens.Table).rows.map((row) => oneLine(row.map(({ text }) => text).join(" | ")));
    default:
      return [];
  }
}

function split(text: string): string[] {
  const line = oneLine(text);
  const plain = withoutCode(line);
  const sentences: string[] = [];
  let start = 0;
  for (const { index, 0: mark } of plain.matchAll(END)) {
    const end = index + mark.length;
    if (ABBREVIATIONS.test(plain.slice(start, end))) continue;
    sentences.push(withoutLinks(line.slice(start, end)));
    start = end;
  }
  const rest = withoutLinks(line.slice(start));
  return rest === "" ? sentences : [...sentences, rest];
}

/** Puts letters in place of code and of the targets of links, whose points end no sentence. */
function withoutCode(line: string): string {
  const masked = (inside: string): string => "x".repeat(inside.length);
  return line
    .replace(/(`+)(.+?)\1(?!`)/g, (_, fence: string, code: string) => fence + masked(code) + fence)
    .replace(/\]\(([^)]*)\)/g, (_, target: string) => `](${masked(target)})`);
}

/** A link leads to another place from where the sentence is copied to. */
function withoutLinks(sentence: string): string {
  return sentence.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").trim();
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
