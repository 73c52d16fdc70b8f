// One's own number, whether others can find it, and the two ways to meet somebody: to show a card, or to enter theirs.

import { html, type nothing, type TemplateResult } from "lit";
import type { MessengerView } from "../messenger-view.ts";
import "./copy-button.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { FOUND, idInGroups, isFound } from "./words.ts";

export class OwnNumber extends PageElement {
  static override properties = { own: { attribute: false }, onCard: { attribute: false } };
  declare own: MessengerView["own"];
  /** Called when the user wants to show their card, or to enter one. */
  declare onCard: (mode: "show" | "enter") => void;

  protected override render(): TemplateResult {
    return html`<section class="own" aria-label="My number">
      <div class="own-line">
        <span class="own-label">My number</span>
        <span class="own-id" data-own-id>${idInGroups(this.own.id)}</span>
        <p2p-copy-button .text=${this.own.id} .label=${"my number"}></p2p-copy-button>
      </div>
      ${this.#state()}
      <div class="own-buttons">
        <button type="button" class="main" @click=${() => this.onCard("show")}>${icon("card")} Show my card</button>
        <button type="button" @click=${() => this.onCard("enter")}>${icon("add")} Enter a card</button>
      </div>
    </section>`;
  }

  #state(): TemplateResult | typeof nothing {
    if (this.own.problem !== undefined) return html`<p class="problem">${this.own.problem}</p>`;
    const isNow = isFound(this.own);
    return html`<p class="own-state" data-published=${isNow ? "yes" : "no"}>
      <span class="dot ${isNow ? "online" : "searching"}" aria-hidden="true"></span>${this.#words()}
    </p>`;
  }

  #words(): string {
    if (!this.own.hasRelay) return "Looking for a relay …";
    return this.own.isPublished ? FOUND : "Making you known to the network …";
  }
}

customElements.define("p2p-own-number", OwnNumber);
