// Two versions of code, line by line: what is only in the old one, only in the new one, and in both.

import { html, type TemplateResult } from "lit";
import type { CodeLine } from "../../shared/exercises.ts";
import "./exercise-packets.css";

/** How lines that are only in one version are called for screen readers. */
export interface Sides {
  old: string;
  now: string;
}

export function codeComparison(lines: readonly CodeLine[], label: string, sides: Sides): TemplateResult {
  return html`<pre class="comparison" tabindex="0" role="region" aria-label=${label}>${lines.map((line) => codeLine(line, sides))}</pre>`;
}

function codeLine({ kind, text }: CodeLine, { old, now }: Sides): TemplateResult {
  if (kind === "-")
    return html`<del><span class="for-readers">${old}: </span><span aria-hidden="true">- </span>${text}\n</del>`;
  if (kind === "+")
    return html`<ins><span class="for-readers">${now}: </span><span aria-hidden="true">+ </span>${text}\n</ins>`;
  return html`<span>  ${text}\n</span>`;
}
