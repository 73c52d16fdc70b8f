// Bytes beside what they mean: pointing at a field marks its bytes, and pointing at bytes marks their field.

import { html, nothing, type TemplateResult } from "lit";
import type { LabelledRange } from "../../shared/lessons.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { counted } from "../words.ts";
import { type DumpPiece, dumpRows } from "./dump.ts";
import "./labelled-bytes.css";

class LabelledBytes extends PageElement {
  static override properties = {
    ranges: { attribute: false },
    capture: { type: String },
    heading: { type: String },
    marked: { state: true },
  };
  declare ranges: readonly LabelledRange[];
  /** What the bytes are. */
  declare heading: string;
  /** The id of the recording; empty if there is no link to it. */
  declare capture: string;
  /** The number of the field that is marked; -1 if none is. */
  declare marked: number;

  constructor() {
    super();
    this.ranges = [];
    this.heading = "";
    this.capture = "";
    this.marked = -1;
  }

  protected override render(): TemplateResult {
    const rows = dumpRows(this.ranges.map(({ bytes }) => bytes));
    return html`<figure class="bytes">
      <figcaption><span>${this.heading}</span>${captureLink(this.capture)}</figcaption>
      <div class="beside" @mouseleave=${() => this.#mark(-1)}>
        <div class="dump" tabindex="0" role="group" aria-label="The bytes. The arrow keys go from field to field." @keydown=${this.#press}>
          ${rows.map(
            ({ position, pieces }) => html`<div class="row"><span class="position">${position}</span
              ><span class="hexadecimal">${pieces.map((piece) => this.#piece(piece, piece.hexadecimal))}</span
              ><span class="text">${pieces.map((piece) => this.#piece(piece, piece.text))}</span></div>`,
          )}
        </div>
        <ol class="fields">${this.ranges.map((range, field) => this.#field(range, field))}</ol>
      </div>
      <p class="for-readers" role="status">${this.marked === -1 ? nothing : this.#words(this.marked)}</p>
    </figure>`;
  }

  #piece({ field }: DumpPiece, text: string): TemplateResult {
    return html`<span class=${this.#class(field)} @mouseenter=${() => this.#mark(field)} @click=${() => this.#show(field)}>${text}</span>`;
  }

  #field({ label, bytes }: LabelledRange, field: number): TemplateResult {
    return html`<li><button type="button" class=${this.#class(field)} aria-pressed=${this.marked === field}
        @mouseenter=${() => this.#mark(field)} @focus=${() => this.#mark(field)}
        @click=${() => this.#show(field)}><span class="meaning">${label}</span> <span class="count">${counted(bytes.length / 2, "byte")}</span></button></li>`;
  }

  #class(field: number): string {
    return `${field % 2 === 0 ? "even" : "odd"}${field === this.marked ? " marked" : ""}`;
  }

  #mark(field: number): void {
    this.marked = field;
  }

  /** Marks a field, and brings its row and its bytes on the screen. */
  #show(field: number): void {
    this.marked = field;
    void this.updateComplete.then(() => {
      for (const part of this.querySelectorAll(".fields .marked, .dump .row:has(.marked)"))
        part.scrollIntoView({ block: "nearest" });
    });
  }

  #press(event: KeyboardEvent): void {
    const last = this.ranges.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: this.marked + 1,
      ArrowDown: this.marked + 1,
      ArrowLeft: this.marked - 1,
      ArrowUp: this.marked - 1,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#show(Math.max(0, Math.min(last, next)));
  }

  #words(field: number): string {
    const { bytes, label } = this.ranges[field] ?? { bytes: "", label: "" };
    return `${label}: ${(bytes.match(/../g) ?? []).slice(0, 16).join(" ")}`;
  }
}

/** Leads to the recording among all captures. @param capture its id; empty for no link */
export function captureLink(capture: string): TemplateResult | typeof nothing {
  return capture === "" ? nothing : html`<a href=${linkTo("captures", capture)}>The whole recording</a>`;
}

customElements.define("labelled-bytes", LabelledBytes);
