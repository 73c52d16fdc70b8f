// Puts text beside a label, wrapped to a width. Pure.

import { cutLine, textOf } from "./styled-text.ts";
import { widthOf } from "./widths.ts";

/** The width of the column of labels, in columns of the terminal. */
export const COLUMNS_OF_LABEL = 11;

/**
 * Wraps text at blanks, and cuts words that are too long. Lines after the first begin below the first one's text.
 * Several blanks in a row stay, because the text may show exactly what was sent.
 */
export function besideLabel(label: string, text: string, width: number, indent = COLUMNS_OF_LABEL): string[] {
  const first = indent === 0 ? `${label} ` : `${label} `.padEnd(indent);
  const room = Math.max(20, width - indent);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = lines.length === 0 && indent === 0 ? first : "";
    for (const word of paragraph.split(" ")) {
      const glue = line === "" || line === first ? "" : " ";
      if (widthOf(line) + glue.length + widthOf(word) <= room) {
        line += glue + word;
        continue;
      }
      if (line !== "") lines.push(line);
      line = word;
      while (widthOf(line) > room) {
        const [fitting, rest] = cutLine([{ text: line }], room);
        lines.push(textOf(fitting));
        line = textOf(rest);
      }
    }
    lines.push(line);
  }
  if (indent === 0) return lines;
  return lines.map((line, index) => (index === 0 ? first : " ".repeat(indent)) + line);
}
