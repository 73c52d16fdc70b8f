// A table of a recording's packets or lines. A row shows the bytes of its packet.

import { html, nothing, type TemplateResult } from "lit";
import type { LabelledRange, RecordedRow } from "../../shared/lessons.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { captureLink } from "./labelled-bytes.ts";
import "./labelled-bytes.css";

/** Columns of numbers stand at the right. */
const NUMBERS = new Set(["packet", "line", "seconds", "seq", "ack", "bytes"]);

class RecordedTable extends PageElement {
  static override properties = {
    page: { type: String },
    block: { type: Number },
    heading: { type: String },
    columns: { attribute: false },
    rows: { attribute: false },
    capture: { type: String },
    chosen: { state: true },
    bytes: { state: true },
    problem: { state: true },
  };
  declare page: string;
  /** The number of the table on its page. */
  declare block: number;
  declare heading: string;
  /** The id of the recording; empty if there is no link to it. */
  declare capture: string;
  declare columns: readonly string[];
  declare rows: readonly RecordedRow[];
  /** The packet whose bytes are shown. */
  declare chosen: number | undefined;
  declare bytes: readonly LabelledRange[];
  declare problem: string;

  constructor() {
    super();
    this.page = "";
    this.block = 0;
    this.heading = "";
    this.capture = "";
    this.columns = [];
    this.rows = [];
    this.bytes = [];
    this.problem = "";
  }

  protected override render(): TemplateResult {
    return html`<figure class="recorded">
      <figcaption><span>${this.heading} <span class="quiet">A row shows its bytes.</span></span>${captureLink(this.capture)}</figcaption>
      <div class="scrolls" tabindex="0" role="group" aria-label=${this.heading}>
        <table>
          <thead><tr>${this.columns.map((name) => html`<th class=${kindOf(name)} scope="col">${name}</th>`)}</tr></thead>
          <tbody>${this.rows.map((row) => this.#row(row))}</tbody>
        </table>
      </div>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      ${
        this.chosen === undefined
          ? nothing
          : html`<labelled-bytes .heading=${`Packet ${this.chosen}`} .ranges=${this.bytes}></labelled-bytes>`
      }
    </figure>`;
  }

  #row({ cells, packet }: RecordedRow): TemplateResult {
    const isChosen = packet === this.chosen;
    return html`<tr class=${isChosen ? "chosen" : ""} @click=${() => void this.#choose(packet)}>${cells.map(
      (cell, i) =>
        i === 0
          ? html`<td class="number"><button type="button" class="row" aria-expanded=${isChosen} aria-label=${`${this.columns[0]} ${cell}: show its bytes`}>${cell}</button></td>`
          : html`<td class=${kindOf(this.columns[i] ?? "")}>${cell}</td>`,
    )}</tr>`;
  }

  async #choose(packet: number): Promise<void> {
    this.problem = "";
    if (packet === this.chosen) {
      this.chosen = undefined;
      return;
    }
    try {
      this.bytes = await server.call("lessons/packet", { page: this.page, block: this.block, packet });
      this.chosen = packet;
    } catch (error) {
      this.chosen = undefined;
      this.problem = problemWords(error);
    }
  }
}

function kindOf(column: string): string {
  return NUMBERS.has(column) ? "number" : "words";
}

customElements.define("recorded-table", RecordedTable);
