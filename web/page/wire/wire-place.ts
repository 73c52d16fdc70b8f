// The place "wire" of the page.

import { html, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import "./wire.css";

class WirePlace extends PageElement {
  static override properties = { parts: { attribute: false } };
  /** What follows the place's name in the address. */
  declare parts: readonly string[];

  constructor() {
    super();
    this.parts = [];
  }

  protected override render(): TemplateResult {
    return html`<h1>Wire</h1>`;
  }
}

customElements.define("wire-place", WirePlace);
