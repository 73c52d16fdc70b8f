// What somebody does who opens the page for the first time.

import { html, type TemplateResult } from "lit";

/** In the order in which it is done. */
export function firstSteps(): TemplateResult {
  return html`<ol class="steps">
    <li>Meet somebody who has this page open, too.</li>
    <li>One of you shows a card, the other one scans or types it.</li>
    <li>Compare the numbers that both pages show, and write.</li>
  </ol>`;
}
