// Counts down how long the programs still wait for a line that stands at Mallory.

import { html, nothing, type TemplateResult } from "lit";
import type { WireLine } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { patienceWords } from "./patience.ts";
import { wire } from "./wire-store.ts";

/** How often it counts, in milliseconds. */
const BEAT = 500;

export class HeldTime extends PageElement {
  static override properties = { line: { attribute: false } };
  declare line: WireLine;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), BEAT);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const words = patienceWords(this.line, performance.now() - wire.heldSince(this.line.number));
    return words === undefined ? nothing : html`<span class="quiet">${words}.</span>`;
  }
}

customElements.define("held-time", HeldTime);
