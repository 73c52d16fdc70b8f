// One packet, or one line: its fields and its bytes, linked both ways. What a key has opened stands beside what was on the wire.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { counted } from "../words.ts";
import { type Block, fieldAt, type Span } from "./blocks.ts";
import "./byte-view.ts";
import type { Place } from "./field-tree.ts";
import "./field-tree.ts";
import { sizeWords } from "./words.ts";

const LEGEND = html`<p class="colours"><span class="look-readable">readable</span> <span class="look-sealed">sealed</span> <span
  class="look-known">structure</span></p>`;

class CaptureDetail extends PageElement {
  static override properties = {
    heading: { attribute: false },
    facts: { attribute: false },
    blocks: { attribute: false },
    hit: { attribute: false },
    hint: { attribute: false },
    chosen: { state: true },
    lit: { state: true },
    cursor: { state: true },
    shown: { state: true },
  };
  declare heading: string;
  /** What else is known of it: sentences and links. */
  declare facts: TemplateResult | typeof nothing;
  declare blocks: readonly Block[];
  /** Where a text that was searched for stands. */
  declare hit: Place | undefined;
  /** What to do if nothing is chosen. */
  declare hint: string;
  declare chosen: Place | undefined;
  declare lit: Place | undefined;
  /** The byte that is chosen, in the block that is shown; -1 if none is. */
  declare cursor: number;
  /** Which block's bytes are shown. */
  declare shown: number;

  constructor() {
    super();
    this.heading = "";
    this.facts = nothing;
    this.blocks = [];
    this.cursor = -1;
    this.shown = 0;
    this.hint = "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("blocks")) {
      this.chosen = undefined;
      this.lit = undefined;
      this.cursor = -1;
      if (this.shown >= this.blocks.length) this.shown = 0;
    }
    if ((changed.has("hit") || changed.has("blocks")) && this.hit !== undefined) {
      this.shown = this.hit.block;
      this.#chooseFieldAt(this.hit.start);
      this.cursor = -1;
    }
  }

  #chooseFieldAt(offset: number): void {
    const block = this.blocks[this.shown];
    const field = block && fieldAt(block, offset);
    this.chosen = field && { block: this.shown, start: field.start, end: field.end };
  }

  #onField(event: CustomEvent<Place>): void {
    this.chosen = event.detail;
    this.shown = event.detail.block;
    this.cursor = -1;
  }

  #onByte(event: CustomEvent<number>): void {
    this.cursor = event.detail;
    this.#chooseFieldAt(event.detail);
  }

  #onByteHovered(event: CustomEvent<number | null>): void {
    const block = this.blocks[this.shown];
    const field = block && event.detail !== null ? fieldAt(block, event.detail) : undefined;
    this.lit = field && { block: this.shown, start: field.start, end: field.end };
  }

  #inShown(place: Place | undefined): Span | undefined {
    return place?.block === this.shown ? place : undefined;
  }

  protected override render(): TemplateResult {
    const block = this.blocks[this.shown];
    if (block === undefined)
      return html`<section class="detail empty" aria-label="Fields and bytes"><p class="quiet">${this.hint}: its fields and its
        bytes appear here.</p></section>`;
    return html`<section class="detail" aria-label="Fields and bytes">
      <header><h2>${this.heading}</h2> <div class="facts quiet">${this.facts}</div>${LEGEND}</header>
      <div class="panes">
        <div class="pane fields">
          <field-tree id="fields" .blocks=${this.blocks} .chosen=${this.chosen} .lit=${this.lit} @field-chosen=${this.#onField}
            @field-hovered=${(event: CustomEvent<Place | null>) => {
              this.lit = event.detail ?? undefined;
            }}></field-tree>
        </div>
        <div class="pane bytes">
          ${this.#blockChoice()}
          <byte-view id="bytes" .block=${block} .lit=${this.#inShown(this.lit)} .chosen=${this.#inShown(this.chosen)}
            .hit=${this.#inShown(this.hit)} .cursor=${this.cursor} @byte-chosen=${this.#onByte}
            @byte-hovered=${this.#onByteHovered}></byte-view>
          ${
            block.length > block.bytes.length
              ? html`<p class="quiet cut">Shown are the first ${sizeWords(block.bytes.length)} of ${counted(block.length, "byte")}.</p>`
              : nothing
          }
        </div>
      </div>
    </section>`;
  }

  #blockChoice(): TemplateResult | typeof nothing {
    if (this.blocks.length < 2) return nothing;
    return html`<div class="choice" role="group" aria-label="Which bytes">${this.blocks.map(
      ({ title }, index) => html`<button type="button" aria-pressed=${index === this.shown}
        @click=${() => {
          this.shown = index;
          this.cursor = -1;
        }}>${title}</button>`,
    )}</div>`;
  }
}

customElements.define("capture-detail", CaptureDetail);
