// A button that copies a text, and says whether that went well.

import { html, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** How long "Copied" stands there, in milliseconds. */
const SAID_FOR = 3000;

export class CopyButton extends PageElement {
  static override properties = {
    text: { attribute: false },
    label: { attribute: false },
    said: { state: true },
  };
  declare text: string;
  /** What is copied, such as "my number". */
  declare label: string;
  declare said: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.text = "";
    this.label = "";
    this.said = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="small" @click=${() => this.#copy()}>
        ${icon("copy")} <span>Copy<span class="for-readers"> ${this.label}</span></span>
      </button>
      <span class="copied" role="status">${this.said}</span>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.said = "Copied";
    } catch {
      this.said = "Not allowed here: mark the text, and copy it yourself.";
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.said = "";
    }, SAID_FOR);
  }
}

customElements.define("p2p-copy-button", CopyButton);
