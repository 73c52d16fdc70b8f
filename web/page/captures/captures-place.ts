// The place "captures" of the page: the list of captures, one capture, or two side by side, as the address says.

import { html, nothing, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import "./capture-drop.ts";
import "./capture-list.ts";
import "./capture-view.ts";
import "./compare-view.ts";
import "./captures.css";

const HEADING = html`<h1>Captures</h1>
  <p class="lead quiet">Everything that passed on a wire, packet by packet. Open a recording and look at its bytes, or lay two beside
    each other.</p>`;

class CapturesPlace extends PageElement {
  static override properties = { parts: { attribute: false } };
  /** What follows the place's name in the address. */
  declare parts: readonly string[];

  constructor() {
    super();
    this.parts = [];
  }

  protected override render(): TemplateResult {
    const [capture] = this.parts;
    return html`${capture === undefined ? HEADING : nothing}<capture-drop .isQuiet=${capture !== undefined}></capture-drop>${this.#shown()}`;
  }

  #shown(): TemplateResult {
    const [capture, what, other] = this.parts;
    if (capture === undefined) return html`<capture-list></capture-list>`;
    if (what === "beside" && other !== undefined)
      return html`<compare-view .left=${capture} .right=${other}></compare-view>`;
    return html`<capture-view .capture=${capture} .parts=${this.parts.slice(1)}></capture-view>`;
  }
}

customElements.define("captures-place", CapturesPlace);
