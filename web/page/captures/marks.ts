// Marks that say without colour what a colour says: a lock before what is sealed.

import { html, type TemplateResult } from "lit";

/** A text, with a lock before it if it is sealed. */
export function lock(isSealed: boolean, text: string): TemplateResult | string {
  if (!isSealed) return text;
  return html`<svg class="lock" viewBox="0 0 12 14" width="10" height="12" role="img" aria-label="sealed:"><path
    d="M3 6V4a3 3 0 0 1 6 0v2h1v7H2V6zm1.5 0h3V4a1.5 1.5 0 0 0-3 0z" /></svg> ${text}`;
}
