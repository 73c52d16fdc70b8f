// Lays out Markdown for a terminal, in the same way as `npm run lesson`.

import type { Paint } from "../../terminal/paint.ts";
import { paintLine } from "../../terminal/styled-text.ts";
import { renderPage } from "../lesson/render.ts";

/**
 * @param page the file with this Markdown, relative to the course's folder: links are relative to it
 * @param width in columns
 */
export function renderMarkdown(markdown: string, page: string, width: number, paint: Paint): string[] {
  const view = {
    width,
    withAddresses: false,
    isOpen: () => true,
    closedNote: () => "",
    file: page,
    nameOf: () => undefined,
  };
  return renderPage(markdown, view).lines.map((line) => paintLine(line, paint));
}
