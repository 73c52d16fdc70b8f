// The table that the tour ends with, from what really happened in this page. It grows as one tries things.

import { html, nothing, type TemplateResult } from "lit";
import type { TableRow } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";

export class FindingsTable extends PageElement {
  static override properties = { rows: { attribute: false }, closing: { attribute: false } };
  declare rows: readonly TableRow[];
  /** Sentences under it. */
  declare closing: readonly string[];

  constructor() {
    super();
    this.rows = [];
    this.closing = [];
  }

  protected override render(): TemplateResult {
    if (this.rows.length === 0)
      return html`<p class="quiet">Here grows a table: what somebody on the way could read and change, in each stage that you have tried.</p>`;
    return html`<div class="table-box" role="region" tabindex="0" aria-label="What somebody on the way could do">
        <table>
          <thead><tr><th scope="col">Stage</th><th scope="col">Readable</th><th scope="col">Changed on the way</th><th scope="col">But</th></tr></thead>
          <tbody>${this.rows.map(
            ({ title, readable, noticed, remark }) => html`<tr>
              <th scope="row">${title}</th>
              ${cell(readable, "yes", "no", false)}
              ${cell(noticed, "noticed, chat ended", "not noticed", true)}
              <td class="quiet">${remark}</td>
            </tr>`,
          )}</tbody>
        </table>
      </div>
      ${this.closing.length === 0 ? nothing : html`<p class="closing">${this.closing.join(" ")}</p>`}`;
  }
}

/** @param good which answer is the one that one would wish for */
function cell(value: boolean | null, yes: string, no: string, good: boolean): TemplateResult {
  if (value === null) return html`<td class="quiet">not tried yet</td>`;
  return html`<td class=${value === good ? "good" : "bad"}>${value ? yes : no}</td>`;
}

customElements.define("findings-table", FindingsTable);
