// One contact: their number, what they are called here, and forgetting them.

import { html, type TemplateResult } from "lit";
import type { ContactView, MessengerActions } from "../messenger-view.ts";
import { MAX_NAME } from "../texts.ts";
import "./copy-button.ts";
import { Modal } from "./modal.ts";
import { shown } from "./shown.ts";
import { contactState, idInGroups, nameOf } from "./words.ts";

export class ContactDialog extends Modal {
  static override properties = {
    ...Modal.properties,
    contact: { attribute: false },
    messenger: { attribute: false },
    isSure: { state: true },
  };
  declare contact: ContactView;
  declare messenger: MessengerActions;
  /** Forgetting asks twice. */
  declare isSure: boolean;

  constructor() {
    super();
    this.isSure = false;
  }

  protected override closed(): void {
    this.isSure = false;
  }

  protected override heading(): string {
    return "Contact";
  }

  protected override content(): TemplateResult {
    const { contact } = this;
    const name = contact.name === contact.id ? "" : contact.name;
    return html`<form class="enter" @submit=${this.#rename}>
        <label for="contact-name">What I call them</label>
        <div class="field-line">
          <input id="contact-name" type="text" maxlength=${MAX_NAME} autocomplete="off" .value=${name}>
          <button type="submit" class="main">Save</button>
        </div>
        <p class="hint">Only you see this name.</p>
      </form>
      <dl class="facts">
        <div><dt>Number</dt><dd>${idInGroups(contact.id)}</dd></div>
        <div><dt>State</dt><dd>${contactState(contact)}</dd></div>
        <div><dt>Numbers compared</dt><dd>${contact.isNew || !contact.isMet ? "not yet" : "yes"}</dd></div>
      </dl>
      <p2p-copy-button .text=${contact.id} .label=${"their number"}></p2p-copy-button>
      <div class="danger-zone">
        ${
          this.isSure
            ? html`<p>All messages and files with <bdi>${shown(nameOf(contact))}</bdi> will be deleted here, and their secret, too.
                You will also leave the groups that they made. To talk again, you will have to meet again.</p>
              <button type="button" class="danger" @click=${this.#forget}>Forget for good</button>
              <button type="button" @click=${() => this.#ask(false)}>Keep</button>`
            : html`<button type="button" class="danger" @click=${() => this.#ask(true)}>Forget this contact …</button>`
        }
      </div>`;
  }

  #rename(event: SubmitEvent): void {
    event.preventDefault();
    const name = this.querySelector<HTMLInputElement>("#contact-name")?.value ?? "";
    void this.messenger.rename(this.contact.contact, name.trim());
    this.close();
  }

  async #ask(isSure: boolean): Promise<void> {
    this.isSure = isSure;
    await this.focusOn(".danger");
  }

  #forget(): void {
    this.close();
    void this.messenger.forget(this.contact.contact);
  }
}

customElements.define("p2p-contact-dialog", ContactDialog);
