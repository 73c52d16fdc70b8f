// A dialog above the page: it keeps the keyboard inside, Escape closes it, and the focus goes back to where it came from.
// The browser's own <dialog> does all three.

import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export abstract class Modal extends PageElement {
  static override properties = { isOpen: { state: true } };
  declare isOpen: boolean;

  constructor() {
    super();
    this.isOpen = false;
  }

  /** What stands above it. */
  protected abstract heading(): string;
  protected abstract content(): TemplateResult;
  /** Called when it has been closed, in whatever way. */
  protected closed(): void {}

  /** Opens it. Where the focus is now, it returns afterwards. */
  async open(): Promise<void> {
    this.isOpen = true;
    await this.updateComplete;
    const dialog = this.querySelector("dialog");
    if (dialog !== null && !dialog.open) dialog.showModal();
  }

  close(): void {
    this.querySelector("dialog")?.close();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby=${`${this.localName}-title`} @close=${this.#closed} @click=${this.#clicked}>
      ${
        this.isOpen
          ? html`<div class="dialog-inside">
              <header class="dialog-head">
                <h2 id=${`${this.localName}-title`}>${this.heading()}</h2>
                <button type="button" class="round" aria-label="Close" @click=${() => this.close()}>${icon("close")}</button>
              </header>
              ${this.content()}
            </div>`
          : nothing
      }
    </dialog>`;
  }

  #closed(event: Event): void {
    if (event.target !== this.querySelector("dialog")) return;
    this.isOpen = false;
    this.closed();
  }

  /** A click beside the dialog closes it: only then the dialog itself is what was clicked. */
  #clicked(event: MouseEvent): void {
    if (event.target === this.querySelector("dialog")) this.close();
  }
}
