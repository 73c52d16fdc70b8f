// The list of lines that have passed. However many there are, only those in view are drawn. It stays at its end unless one
// has scrolled up.

import { html, nothing, type TemplateResult } from "lit";

import type { WireLine } from "../../shared/wire.ts";
import { fromBase64 } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { styles } from "../styles.ts";
import { changedWords, piecesOf } from "./line-text.ts";
import { isAtEnd, type ListView, rowForKey, rowsToDraw, scrollTopFor } from "./rows.ts";
import { badgeOf, nameOf, SET_UP_WORDS, SIGHT_WORDS } from "./words.ts";

/** As in wire.css, in CSS pixels. */
const ROW_HEIGHT = 34;
/** A row shows so many bytes at most. */
const MOST_BYTES = 240;

/** Emits `open-line` with the number of a line. */
export class LineList extends PageElement {
  static override properties = {
    lines: { attribute: false },
    opened: { attribute: false },
    active: { state: true },
    scrollPlace: { state: true },
    viewHeight: { state: true },
    missed: { state: true },
    follows: { state: true },
  };
  declare lines: readonly WireLine[];
  /** The number of the line that is open; 0 if none is. */
  declare opened: number;
  /** The number of the line that the keyboard is at; 0 if none. */
  declare active: number;
  declare scrollPlace: number;
  declare viewHeight: number;
  /** How many lines have come since one has scrolled up. */
  declare missed: number;
  /** Whether it stays at its end. */
  declare follows: boolean;
  readonly #observer = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.lines = [];
    this.opened = 0;
    this.active = 0;
    this.scrollPlace = 0;
    this.viewHeight = 0;
    this.missed = 0;
    this.follows = true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => this.#observer.observe(this.#box));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = (changed.get("lines") as readonly WireLine[] | undefined)?.length ?? this.lines.length;
    if (this.follows) {
      this.missed = 0;
      // Where it will be scrolled to is known before: the right rows are drawn at once, and only once.
      this.scrollPlace = Math.max(0, this.lines.length * ROW_HEIGHT - this.viewHeight);
    } else if (this.lines.length > before) this.missed += this.lines.length - before;
    if (changed.has("opened") && this.opened !== 0) this.active = this.opened;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (this.follows) this.#box.scrollTop = this.scrollPlace;
    if (changed.has("opened") && this.opened !== 0) this.#bringIntoView(this.#indexOf(this.opened));
  }

  protected override render(): TemplateResult {
    const view = this.#view;
    const { first, end } = rowsToDraw(view);
    const drawn = this.lines.slice(first, end);
    const isActiveDrawn = drawn.some(({ number }) => number === this.active);
    return html`<div class="lines" role="listbox" tabindex="0" aria-label="Lines on the wire"
        aria-activedescendant=${isActiveDrawn ? `line-${this.active}` : nothing}
        @scroll=${this.#measure} @keydown=${this.#onKey} @focus=${this.#onFocus}>
        <div class="all-lines" role="presentation" ${styles({ height: `${view.count * ROW_HEIGHT}px` })}>
          ${drawn.map((line, i) => this.#row(line, first + i))}
        </div>
      </div>
      ${this.lines.length === 0 ? html`<p class="no-lines quiet">No line has passed yet.</p>` : nothing}
      ${
        this.follows
          ? nothing
          : html`<button type="button" class="to-newest" @click=${this.#toNewest}>↓ ${this.missed === 0 ? "Newest" : `${this.missed} new`}</button>`
      }`;
  }

  #row(line: WireLine, index: number): TemplateResult {
    const { number, state, type, words } = line;
    const bytes = fromBase64(line.bytes);
    const badge = badgeOf(line);
    const classes = [
      "line",
      `is-${state}`,
      number === this.active ? "active" : "",
      line.link === "registry" || line.link === "datagram" ? "around" : "",
    ];
    return html`<div class=${classes.join(" ")} role="option" id="line-${number}" aria-selected=${number === this.opened}
      aria-setsize=${this.lines.length} aria-posinset=${index + 1}
      ${styles({ transform: `translateY(${index * ROW_HEIGHT}px)` })} @click=${() => this.#open(number)}>
      <span class="number">${number}</span>
      <span class="direction">${nameOf(line.from)} <span aria-hidden="true">→</span><span class="for-readers">to</span> ${nameOf(line.to)}</span>
      <span class="for-readers">${type}: ${words}</span>
      <span class="bytes" aria-hidden="true">${piecesOf(bytes, line.spans, MOST_BYTES).map(
        ({ text, sight }) => html`<span class=${sight} title=${SIGHT_WORDS[sight]}>${text}</span>`,
      )}</span>
      ${badge === "" ? nothing : html`<span class="badge" title=${line.acts.includes("set-up") ? SET_UP_WORDS : nothing}>${badge}${this.#difference(line, bytes)}</span>`}
    </div>`;
  }

  #difference({ changed }: WireLine, bytes: Uint8Array): string {
    const words = changed === undefined ? undefined : changedWords(bytes, fromBase64(changed));
    return words === undefined ? "" : `: ${words.before} → ${words.after}`;
  }

  get #box(): HTMLElement {
    const box = this.querySelector<HTMLElement>(".lines");
    if (box === null) throw new Error("the list is not rendered yet");
    return box;
  }

  get #view(): ListView {
    return {
      count: this.lines.length,
      rowHeight: ROW_HEIGHT,
      scrollTop: this.scrollPlace,
      viewHeight: this.viewHeight,
    };
  }

  #measure(): void {
    const { scrollTop, clientHeight } = this.#box;
    const isResized = clientHeight !== this.viewHeight;
    this.scrollPlace = scrollTop;
    this.viewHeight = clientHeight;
    // Who follows goes on to do so when the list becomes lower.
    if (!isResized) this.follows = isAtEnd(this.#view);
    if (this.follows) this.missed = 0;
  }

  /** The index of the line with this number, or of the first behind it. */
  #indexOf(number: number): number {
    const index = this.lines.findIndex((line) => line.number >= number);
    return index === -1 ? this.lines.length - 1 : index;
  }

  #bringIntoView(index: number): void {
    if (index < 0) return;
    this.#box.scrollTop = scrollTopFor(index, { ...this.#view, scrollTop: this.#box.scrollTop });
  }

  #onFocus(): void {
    if (this.active === 0) this.active = this.lines.at(-1)?.number ?? 0;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (this.active !== 0) this.#open(this.active);
      return;
    }
    const to = rowForKey(event.key, this.#indexOf(this.active), this.#view);
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.active = this.lines[to]?.number ?? 0;
    this.#bringIntoView(to);
  }

  #open(number: number): void {
    this.active = number;
    this.dispatchEvent(new CustomEvent("open-line", { detail: number }));
  }

  #toNewest(): void {
    this.follows = true;
    this.active = this.lines.at(-1)?.number ?? 0;
    this.#box.focus();
  }
}

customElements.define("line-list", LineList);
