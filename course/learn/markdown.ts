// Markdown as lines for a terminal, laid out as `npm run lesson` does it.

import { renderPage } from "../lesson/render.ts";
import { paint as paintLine } from "../lesson/styled-text.ts";
import type { Paint } from "./paint.ts";

/** @param width in columns */
export function renderMarkdown(markdown: string, width: number, paint: Paint): string[] {
  const view = {
    width,
    opened: Number.POSITIVE_INFINITY,
    closedNote: () => "",
    file: "lessons",
    nameOf: () => undefined,
  };
  const isColoured = paint("code", "x") !== "x";
  return renderPage(markdown, view).lines.map((line) => paintLine(line, isColoured));
}
