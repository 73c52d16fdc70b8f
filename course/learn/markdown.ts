// Markdown as lines for a terminal, laid out as `npm run lesson` does it.

import type { Paint } from "../../terminal/paint.ts";
import { paintLine } from "../../terminal/styled-text.ts";
import { renderPage } from "../lesson/render.ts";

/**
 * @param page the file that it is from, relative to the course's folder: its links start there
 * @param width in columns
 */
export function renderMarkdown(markdown: string, page: string, width: number, paint: Paint): string[] {
  const view = {
    width,
    withAddresses: false,
    opened: Number.POSITIVE_INFINITY,
    closedNote: () => "",
    file: page,
    nameOf: () => undefined,
  };
  return renderPage(markdown, view).lines.map((line) => paintLine(line, paint));
}
