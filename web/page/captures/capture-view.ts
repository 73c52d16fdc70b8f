// One capture: shows how far its reading is, then what is in it.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { linkTo, readRoute } from "../route.ts";
import "./capture-browser.ts";
import { OpenCapture } from "./open-capture.ts";
import { percentWords, shown, sizeWords } from "./words.ts";

class CaptureView extends PageElement {
  static override properties = { capture: { attribute: false }, parts: { attribute: false } };
  /** Its id in the list. */
  declare capture: string;
  /** What follows the id in the address. */
  declare parts: readonly string[];
  #open: OpenCapture | undefined;

  constructor() {
    super();
    this.capture = "";
    this.parts = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Closed when it left the page.
    if (this.hasUpdated) this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#open?.close();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("capture")) this.#read();
  }

  #read(): void {
    this.#open?.close();
    this.#open = new OpenCapture(this.capture, () => this.#onState());
  }

  #onState(): void {
    // It is read again: what was chosen meanwhile stands in the address.
    const { place, parts } = readRoute(location.hash);
    if (this.#open?.state.name === "reading" && place === "captures" && parts[0] === this.capture)
      this.parts = parts.slice(1);
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const state = this.#open?.state;
    switch (state?.name) {
      case undefined:
        return nothing;
      case "reading":
        return this.#reading(state.read, state.of);
      case "failed":
        return this.#failed(state.problem, state.file);
      case "ready":
        return html`<capture-browser .opened=${state.opened} .summary=${state.summary} .parts=${this.parts}
          @keys-changed=${(event: CustomEvent) => this.#open?.takeKeys(event.detail)}></capture-browser>`;
    }
  }

  #reading(read: number, of: number): TemplateResult {
    return html`<div class="reading panel">
      <h1>Opening the capture</h1>
      <progress aria-label="Reading the capture" max=${Math.max(1, of)} .value=${read}></progress>
      <p class="quiet">${of === 0 ? "…" : `${sizeWords(read)} of ${sizeWords(of)}, ${percentWords(read / of)}`}</p>
      <a class="button" href=${linkTo("captures")}>Give up</a>
    </div>`;
  }

  #failed(problem: string, file: string): TemplateResult {
    return html`<div class="reading panel">
      <h1>${file === "" ? "There is no such capture" : html`<bdi>${shown(file)}</bdi> cannot be opened`}</h1>
      <p class="problem" role="alert">${problem}</p>
      <p><a href=${linkTo("captures")}>All captures</a></p>
    </div>`;
  }
}

customElements.define("capture-view", CaptureView);
