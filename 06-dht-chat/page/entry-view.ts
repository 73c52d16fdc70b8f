// One text or file in a chat, with what became of it.

import { html, nothing, type TemplateResult } from "lit";
import type { Entry, FileView } from "../messenger-view.ts";

import "./blob-view.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { shown, shownText } from "./shown.ts";
import { deliveryState, fileState, sizeInWords, timeOfDay } from "./words.ts";

/** What the user can do with an entry. */
export interface EntryActions {
  again(entry: string): void;
  accept(entry: string): void;
  refuse(entry: string): void;
  cancel(entry: string): void;
}

export class EntryView extends PageElement {
  static override properties = {
    entry: { attribute: false },
    sender: { attribute: false },
    isNamed: { attribute: false },
    isOnline: { attribute: false },
    actions: { attribute: false },
  };
  declare entry: Entry;
  /** Who sent it, as they are called here. */
  declare sender: string;
  /** In groups the name is seen, else only heard. */
  declare isNamed: boolean;
  /** Whether the contact can be reached now. */
  declare isOnline: boolean;
  /** Undefined in groups, where nothing is sent again. */
  declare actions: EntryActions | undefined;

  protected override render(): TemplateResult {
    const { entry } = this;
    const isMine = entry.from === "me";
    return html`<article class="entry ${isMine ? "mine" : "theirs"} ${entry.state}" data-entry=${entry.entry}
      data-state=${entry.state}>
      <span class=${this.isNamed && !isMine ? "sender" : "for-readers"}>
        <bdi>${isMine ? "You" : shown(this.sender)}</bdi><span class="for-readers">:</span>
      </span>
      ${entry.text === undefined ? nothing : html`<p class="text" dir="auto">${shownText(entry.text)}</p>`}
      ${entry.file === undefined ? nothing : this.#file(entry.file, isMine)}
      ${entry.problem === undefined ? nothing : html`<p class="problem">${entry.problem}</p>`}
      <footer class="entry-foot">
        <time datetime=${new Date(entry.at).toISOString()}>${timeOfDay(entry.at)}</time>
        ${isMine ? this.#delivery() : nothing}
      </footer>
    </article>`;
  }

  #delivery(): TemplateResult | typeof nothing {
    const { state } = this.entry;
    if (state === "received") return nothing;
    const { actions, entry } = this;
    const words = entry.file?.state === "offered" ? "Offered" : deliveryState(state);
    // A file that somebody did not want is not kept to be sent again: it is attached anew.
    const isKept = entry.file === undefined || entry.file.state === "dropped";
    return html`<span class="delivery ${state}">${icon(state)} ${words}</span>
      ${
        state === "dropped" && isKept && actions !== undefined
          ? html`<button type="button" class="small" @click=${() => actions.again(entry.entry)}>Send again</button>`
          : nothing
      }`;
  }

  #file(file: FileView, isMine: boolean): TemplateResult {
    const whole = file.blob !== undefined && (isMine || file.state === "done");
    const name = shown(file.name);
    const words = fileState(file, isMine, this.isOnline);
    // Beside a file that is here stands its name alone. These states do not say its size.
    const isSizeLeft = whole && /^(offered|refused|cancelled)$/.test(file.state);
    return html`<div class="file" data-file-state=${file.state}>
      ${
        whole
          ? html`<p2p-blob-view .blob=${file.blob} .name=${file.name} .wanted=${file.shown}></p2p-blob-view>`
          : html`<p class="file-name">${icon("document")} <bdi>${name}</bdi> <span class="size">${sizeInWords(file.size)}</span></p>`
      }
      ${
        file.state === "passing"
          ? html`<progress max=${file.size} .value=${file.done} aria-label="Progress of ${name}"></progress>`
          : nothing
      }
      <p class="file-state">${isSizeLeft ? `${sizeInWords(file.size)}. ${words}` : words}</p>
      ${this.#fileButtons(file, isMine)}
    </div>`;
  }

  #fileButtons(file: FileView, isMine: boolean): TemplateResult | typeof nothing {
    const { actions } = this;
    if (actions === undefined) return nothing;
    const { entry } = this.entry;
    if (file.state === "offered" && !isMine) {
      return html`<div class="file-buttons">
        <button type="button" class="main" @click=${() => actions.accept(entry)}>Accept</button>
        <button type="button" @click=${() => actions.refuse(entry)}>Refuse</button>
      </div>`;
    }
    if (file.state === "offered" || file.state === "passing") {
      return html`<div class="file-buttons">
        <button type="button" class="small" @click=${() => actions.cancel(entry)}>Cancel</button>
      </div>`;
    }
    return nothing;
  }
}

customElements.define("p2p-entry-view", EntryView);
