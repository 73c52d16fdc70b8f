// Meeting somebody: shows one's own card as text and QR code with its time running out, or takes in theirs (P10.2).

import { html, nothing, type TemplateResult } from "lit";
import type { MessengerActions, MessengerView } from "../messenger-view.ts";
import "./card-scan.ts";
import "./copy-button.ts";
import { Modal } from "./modal.ts";
import { drawQr } from "./qr.ts";
import { timeLeft } from "./words.ts";

/** A card's text has some 100 characters with all its blanks (P10.2). */
const MAX_TYPED = 1000;

export type CardMode = "show" | "enter";

export class CardDialog extends Modal {
  static override properties = {
    ...Modal.properties,
    mode: { state: true },
    card: { attribute: false },
    ownProblem: { attribute: false },
    messenger: { attribute: false },
    onContact: { attribute: false },
    clock: { attribute: false },
    problem: { state: true },
    isCalling: { state: true },
  };
  declare mode: CardMode;
  declare card: MessengerView["card"];
  /** Why nobody can find us, so that a card is of no use. */
  declare ownProblem: string | undefined;
  declare messenger: MessengerActions;
  /** Called when a card was taken in. */
  declare onContact: (contact: string) => void;
  declare clock: () => number;
  declare problem: string;
  declare isCalling: boolean;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #drawn: string | undefined;
  /** A card was shown since the dialog was opened. When it is gone, somebody has used it. */
  #hadCard = false;

  constructor() {
    super();
    this.mode = "show";
    this.problem = "";
    this.isCalling = false;
  }

  async openAs(mode: CardMode): Promise<void> {
    this.problem = "";
    await this.open();
    this.#choose(mode);
    this.#ticking ??= setInterval(() => this.requestUpdate(), 1000);
    await this.focusOn(`input[value=${mode}]`);
  }

  protected override closed(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#drawn = undefined;
    this.#hadCard = false;
    this.messenger.hideCard();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }

  #choose(mode: CardMode): void {
    this.mode = mode;
    this.problem = "";
    if (mode === "show" && this.card === undefined) void this.messenger.showCard();
  }

  protected override heading(): string {
    return "Meet somebody";
  }

  protected override content(): TemplateResult {
    return html`<fieldset class="choice">
        <legend class="for-readers">What to do</legend>
        ${this.#option("show", "Show mine")} ${this.#option("enter", "Enter theirs")}
      </fieldset>
      ${this.mode === "show" ? this.#show() : this.#enter()}`;
  }

  #option(mode: CardMode, words: string): TemplateResult {
    return html`<label><input type="radio" name="card-mode" value=${mode} .checked=${this.mode === mode}
      @change=${() => this.#choose(mode)}><span>${words}</span></label>`;
  }

  #show(): TemplateResult {
    const { card } = this;
    if (card === undefined && this.#hadCard) return this.#another("This card has been used.");
    if (card === undefined) return html`<p role="status">A new card is being made …</p>`;
    const left = card.expires - this.clock();
    if (left <= 0) return this.#another("This card is too old: a card can be used for 15 minutes.");
    const { head, code } = inTwoLines(card.grouped);
    return html`${this.ownProblem === undefined ? nothing : html`<p class="problem">${this.ownProblem}</p>`}<div class="card">
        <canvas class="qr" role="img" aria-label="QR code of my card"></canvas>
        <p class="card-text"><span class="card-line">${head}</span> <span class="card-line">${code}</span></p>
        <div class="card-foot">
          <span class="card-time" role="timer" aria-live="off">Can be used for ${timeLeft(left)} more</span>
          <p2p-copy-button .text=${card.text} .label=${"the card"}></p2p-copy-button>
        </div>
      </div>
      <p class="hint">Show it face to face: they scan the code, or type the text. It holds a secret for this one
        contact, so nobody else should see it. It works for the first who uses it, and both of you must be online.</p>`;
  }

  #another(why: string): TemplateResult {
    return html`<p role="status">${why}</p>
      <p><button type="button" class="main" @click=${() => this.#renew()}>Show a new card</button></p>`;
  }

  #renew(): void {
    this.#hadCard = false;
    void this.messenger.showCard();
  }

  #enter(): TemplateResult {
    return html`<form class="enter" @submit=${this.#submitted}>
      <label for="card-field">Text of their card</label>
      <textarea id="card-field" rows="4" maxlength=${MAX_TYPED} spellcheck="false" autocapitalize="characters" autocomplete="off"
        placeholder="P2P06:…" aria-invalid=${this.problem === "" ? "false" : "true"}
        aria-describedby="card-problem card-help" @keydown=${this.#pressed}></textarea>
      <p class="problem" id="card-problem" role="alert">${this.problem}</p>
      <div class="enter-buttons">
        <button type="submit" class="main" ?disabled=${this.isCalling}>${this.isCalling ? "Looking at it …" : "Add contact"}</button>
        <p2p-card-scan .onText=${(text: string) => void this.#take(text)}></p2p-card-scan>
      </div>
      <p class="hint" id="card-help">Blanks, dashes, line ends, and capital or small letters do not matter.</p>
    </form>`;
  }

  protected override willUpdate(): void {
    if (this.isOpen && this.card !== undefined) this.#hadCard = true;
  }

  protected override updated(): void {
    const canvas = this.querySelector<HTMLCanvasElement>("canvas.qr");
    if (canvas === null || this.card === undefined) {
      this.#drawn = undefined;
      return;
    }
    if (this.#drawn === this.card.text) return;
    this.#drawn = this.card.text;
    drawQr(this.card.text, canvas);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    this.querySelector<HTMLFormElement>("form.enter")?.requestSubmit();
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault();
    void this.#take(this.querySelector<HTMLTextAreaElement>("#card-field")?.value ?? "");
  }

  async #take(text: string): Promise<void> {
    if (this.isCalling) return;
    if (text.trim() === "") {
      this.problem = "There is nothing in the field. Type or paste the text of their card.";
      return;
    }
    this.problem = "";
    this.isCalling = true;
    const outcome = await this.messenger.enterCard(text.slice(0, MAX_TYPED));
    this.isCalling = false;
    if ("problem" in outcome) {
      this.problem = outcome.problem;
      await this.focusOn("#card-field");
      return;
    }
    this.close();
    this.onContact(outcome.contact);
  }
}

/** The number above, the code below it. Whoever copies both gets a card all the same: line ends do not matter (P10.2). */
function inTwoLines(grouped: string): { head: string; code: string } {
  const end = grouped.lastIndexOf(":") + 1;
  return { head: grouped.slice(0, end), code: grouped.slice(end) };
}

customElements.define("p2p-card-dialog", CardDialog);
