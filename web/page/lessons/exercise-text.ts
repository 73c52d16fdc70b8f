// The texts of an exercise.

import { html, type TemplateResult } from "lit";

export function markdown(text: string, _file: string): TemplateResult {
  return html`${text.split(/\n\n+/).map((one) => html`<p>${one}</p>`)}`;
}
