// A part of a lesson that is closed at first: a hint, or what happens. What happens is opened by a guess.

import { html, nothing, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import "./closed-part.css";
import "./prose.ts";

/** The longest guess, as in the terminal's reader. */
const LONGEST_GUESS = 200;

/** What was guessed in this tab, by page and part. Empty: opened without a guess. */
const guesses = new Map<string, string>();

class ClosedPart extends PageElement {
  static override properties = {
    name: { type: String },
    summary: { type: String },
    isPrediction: { attribute: false },
    asked: { attribute: false },
    inside: { attribute: false },
    isOpen: { state: true },
  };
  /** Names the part among all of the course: its page, and its number there. */
  declare name: string;
  declare summary: string;
  declare isPrediction: boolean;
  /** The questions, if they do not stand right above. */
  declare asked: string;
  /** Draws what is in it. */
  declare inside: () => TemplateResult;
  declare isOpen: boolean;

  constructor() {
    super();
    this.asked = "";
    this.isOpen = false;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("name")) this.isOpen = guesses.has(this.name);
  }

  protected override render(): TemplateResult {
    if (!this.isPrediction) return this.#hint();
    return this.isOpen ? this.#answer() : this.#question();
  }

  #hint(): TemplateResult {
    return html`<details class="closed" .open=${this.isOpen} @toggle=${this.#toggle}>
      <summary>${this.summary}</summary>
      ${this.isOpen ? html`<div class="inside">${this.inside()}</div>` : nothing}
    </details>`;
  }

  #question(): TemplateResult {
    const id = `guess-${this.name}`;
    return html`<form class="guess" @submit=${this.#submit}>
      ${
        this.asked === ""
          ? html`<label for=${id}><strong>What will happen?</strong> Say it before you look.</label>`
          : html`<label for=${id}><strong>What will happen?</strong> You were asked:</label><lesson-prose class="prose questions" .html=${this.asked}></lesson-prose>`
      }
      <div class="asked"><input id=${id} type="text" name="guess" maxlength=${LONGEST_GUESS} autocomplete="off" placeholder="Your guess">
      <button type="submit" class="main">See what happens</button></div>
    </form>`;
  }

  #answer(): TemplateResult {
    const guess = guesses.get(this.name) ?? "";
    return html`<section class="answer" aria-label=${this.summary}>
      <p class="summary" tabindex="-1">${this.summary}</p>
      ${guess === "" ? nothing : html`<p class="said">You said: <q>${guess}</q></p>`}
      <div class="inside">${this.inside()}</div>
    </section>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const guess = String(new FormData(event.target as HTMLFormElement).get("guess") ?? "");
    guesses.set(this.name, guess.trim());
    this.isOpen = true;
    void this.focusOn(".summary");
  }

  #toggle(event: Event): void {
    this.isOpen = (event.target as HTMLDetailsElement).open;
  }
}

customElements.define("closed-part", ClosedPart);
