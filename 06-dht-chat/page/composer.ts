// Where a text is written, and files are attached: by a button, or by pasting them. (They can be dropped on the whole chat.)

import { html, nothing, type TemplateResult } from "lit";
import type { Outcome } from "../messenger-view.ts";
import { MAX_FILE_BYTES } from "../transfer.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { sizeInWords } from "./words.ts";

/** So many chats keep what was written and not sent, until the page is closed. */
const MOST_DRAFTS = 200;

export class Composer extends PageElement {
  static override properties = {
    chat: { attribute: false },
    name: { attribute: false },
    onText: { attribute: false },
    onFiles: { attribute: false },
    problem: { attribute: false },
  };
  /** What is written and not sent is kept by this. */
  declare chat: string;
  declare name: string;
  declare onText: (text: string) => Promise<Outcome>;
  /** Undefined in groups: files go to one contact. */
  declare onFiles: ((files: readonly File[]) => void) | undefined;
  declare problem: string;
  readonly #drafts = new Map<string, string>();

  constructor() {
    super();
    this.problem = "";
  }

  /** What is written now. */
  get #field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("chat")) return;
    const before = changed.get("chat");
    if (typeof before === "string") this.#keepDraft(before, this.#field?.value ?? "");
    this.problem = "";
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("chat") || this.#field === null) return;
    this.#field.value = this.#drafts.get(this.chat) ?? "";
  }

  #keepDraft(chat: string, text: string): void {
    this.#drafts.delete(chat);
    if (text !== "") this.#drafts.set(chat, text);
    const oldest = this.#drafts.keys().next();
    if (this.#drafts.size > MOST_DRAFTS && !oldest.done) this.#drafts.delete(oldest.value);
  }

  protected override render(): TemplateResult {
    return html`<form class="composer" aria-label="Write to ${this.name}" @submit=${this.#submitted}>
      <p class="problem" id="composer-problem" role="alert">${this.problem}</p>
      <div class="composer-line">
        ${this.onFiles === undefined ? nothing : this.#attach()}
        <textarea rows="1" aria-label="Message to ${this.name}" placeholder="Message" autocomplete="off"
          aria-describedby="composer-problem"
          @keydown=${this.#pressed} @paste=${this.#pasted} @input=${this.#typed}></textarea>
        <button type="submit" class="main round" aria-label="Send" title="Send (Enter)">${icon("send")}</button>
      </div>
    </form>`;
  }

  #attach(): TemplateResult {
    return html`<input type="file" multiple class="for-readers" tabindex="-1" aria-hidden="true" @change=${this.#chosen}>
      <button type="button" class="round" aria-label="Attach files" title="Attach files, ${sizeInWords(MAX_FILE_BYTES)} at most each"
        @click=${() => this.querySelector<HTMLInputElement>("input[type=file]")?.click()}>${icon("attach")}</button>`;
  }

  #typed(): void {
    if (this.problem !== "") this.problem = "";
  }

  #pressed(event: KeyboardEvent): void {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.#send();
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault();
    void this.#send();
  }

  async #send(): Promise<void> {
    const field = this.#field;
    if (field === null || field.value.trim() === "") return;
    const { value } = field;
    const { chat } = this;
    field.value = "";
    field.focus();
    const outcome = await this.onText(value);
    if (outcome === undefined) return;
    // Nothing was sent: the text comes back, unless something else has been written since.
    if (this.chat !== chat) {
      this.#keepDraft(chat, value);
      return;
    }
    if (field.value === "") field.value = value;
    this.problem = outcome.problem;
  }

  #chosen(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.#give(event.target.files);
    // The same file can be chosen again.
    event.target.value = "";
  }

  #pasted(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    if (files === undefined || files.length === 0 || this.onFiles === undefined) return;
    event.preventDefault();
    this.#give(files);
  }

  #give(files: FileList | null): void {
    if (files !== null && files.length > 0) this.onFiles?.([...files]);
  }
}

customElements.define("p2p-composer", Composer);
