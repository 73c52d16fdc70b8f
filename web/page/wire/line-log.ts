// Tells a screen reader of the lines that pass, at most one sentence in some seconds.

import { html, type TemplateResult } from "lit";
import type { WireLine } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { announcementOf } from "./announcement.ts";
import { wire } from "./wire-store.ts";

/** The time between two sentences, in milliseconds. */
const PAUSE = 3000;
/** So many sentences are kept. */
const MOST_KEPT = 5;

export class LineLog extends PageElement {
  static override properties = { said: { state: true } };
  declare said: readonly string[];
  /** What has come since the last sentence, each line once. */
  readonly #new = new Map<number, WireLine>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch = (): void => {};

  constructor() {
    super();
    this.said = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = wire.watchLines((line) => {
      this.#new.set(line.number, line);
      this.#timer ??= setTimeout(() => this.#say(), PAUSE);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override render(): TemplateResult {
    return html`<div class="for-readers" role="log" aria-label="Lines that pass">${this.said.map((text) => html`<p>${text}</p>`)}</div>`;
  }

  #say(): void {
    this.#timer = undefined;
    this.said = [...this.said, announcementOf([...this.#new.values()])].slice(-MOST_KEPT);
    this.#new.clear();
  }
}

customElements.define("line-log", LineLog);
