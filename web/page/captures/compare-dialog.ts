// Asks which other capture is laid beside the one that is open.

import { html, nothing, type TemplateResult } from "lit";
import type { CaptureItem } from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { shown } from "./words.ts";

export class CompareDialog extends PageElement {
  static override properties = {
    item: { attribute: false },
    items: { state: true },
    problem: { state: true },
  };
  /** The one that is open. */
  declare item: CaptureItem;
  declare items: readonly CaptureItem[];
  declare problem: string;

  constructor() {
    super();
    this.items = [];
    this.problem = "";
  }

  async show(): Promise<void> {
    this.querySelector("dialog")?.showModal();
    try {
      this.items = await server.call("captures/list", {});
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  protected override render(): TemplateResult {
    const others = this.items.filter(({ id }) => id !== this.item.id);
    return html`<dialog class="compare" aria-labelledby="compare-title">
      <h2 id="compare-title">Lay another capture beside it</h2>
      <p class="quiet">The lines of the first chat in each are paired: what is readable in one and sealed in the other is seen at once.</p>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      <ul>${others.map(
        ({
          id,
          name,
          title,
        }) => html`<li><a href=${linkTo("captures", this.item.id, "beside", id)}><bdi>${shown(name)}</bdi></a>
          <span class="quiet">${shown(title)}</span></li>`,
      )}</ul>
      <div class="actions"><button type="button" @click=${() => this.querySelector("dialog")?.close()}>Close</button></div>
    </dialog>`;
  }
}

customElements.define("compare-dialog", CompareDialog);
