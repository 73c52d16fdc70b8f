// Searches a capture for a text or for bytes, and goes from one place to the next.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Hit, MOST_SOUGHT } from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { counted, countWords, problemWords } from "../words.ts";
import type { View } from "./view-address.ts";
import { percentWords, shown } from "./words.ts";

/** How much is shown before a hit, in characters. */
const AROUND = 16;

/** A search that the server does, or has done. */
interface Search {
  number: number;
  hits: number;
  share: number;
  isEnded: boolean;
  isCut: boolean;
}

class CaptureSearch extends PageElement {
  static override properties = {
    opened: { attribute: false },
    keysVersion: { attribute: false },
    tab: { attribute: false },
    hasKeys: { attribute: false },
    within: { attribute: false },
    sought: { state: true },
    as: { state: true },
    search: { state: true },
    at: { state: true },
    hit: { state: true },
    problem: { state: true },
  };
  declare opened: number;
  declare hasKeys: boolean;
  /** With other keys, other texts can be found. */
  declare keysVersion: number;
  /** What is looked at: what is searched follows it, unless there are hits. */
  declare tab: View["tab"];
  declare within: "packets" | "lines";
  declare sought: string;
  declare as: "text" | "hex";
  declare search: Search | undefined;
  /** Which hit is shown; -1 before the first. */
  declare at: number;
  declare hit: Hit | undefined;
  declare problem: string;
  /** What was told last: the first of it may come before the answer that says the search's number. */
  #told: Search | undefined;
  /** Counts the searches that were begun or taken away here: an answer to an earlier one comes too late. */
  #turn = 0;
  #unhear: () => void = () => {};

  constructor() {
    super();
    this.opened = 0;
    this.keysVersion = 0;
    this.hasKeys = false;
    this.tab = "connections";
    this.within = "lines";
    this.sought = "";
    this.as = "text";
    this.at = -1;
    this.problem = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unhear = server.on("captures/searched", ({ opened, search, hits, share, ended, isCut }) => {
      if (opened !== this.opened) return;
      this.#told = { number: search, hits, share, isEnded: ended, isCut };
      if (search === this.search?.number) this.#take(this.#told);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unhear();
    this.#forget();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("opened") || changed.has("keysVersion")) this.#forget();
    if (changed.has("tab") && !this.#hasHits) this.#follow(this.tab === "packets" ? "packets" : "lines");
  }

  #follow(within: "packets" | "lines"): void {
    if (within === this.within) return;
    this.within = within;
    if (this.search !== undefined) this.#forget();
  }

  get #hasHits(): boolean {
    return (this.search?.hits ?? 0) > 0;
  }

  #take(search: Search): void {
    this.search = search;
    if (this.at < 0 && search.hits > 0) void this.#go(0);
  }

  /** Ends the search, and takes its hits away. */
  #forget(): void {
    const { opened, search } = this;
    if (search !== undefined && !search.isEnded) this.#stop(opened, search.number);
    this.#turn += 1;
    this.search = undefined;
    this.at = -1;
    this.hit = undefined;
    this.problem = "";
    this.#tell(undefined);
  }

  async #begin(): Promise<void> {
    this.#forget();
    const { opened, sought, as, within } = this;
    if (sought === "") return;
    const turn = this.#turn;
    try {
      const { search } = await server.call("captures/search", { opened, sought, as, in: within });
      if (turn !== this.#turn) {
        this.#stop(opened, search);
        return;
      }
      const begun = { number: search, hits: 0, share: 0, isEnded: false, isCut: false };
      this.#take(this.#told?.number === search ? this.#told : begun);
    } catch (problem) {
      if (turn === this.#turn) this.problem = problemWords(problem);
    }
  }

  /** A search that is over already is none to stop. */
  #stop(opened: number, search: number): void {
    server.call("captures/stop-search", { opened, search }).catch(() => {});
  }

  async #go(to: number): Promise<void> {
    const { opened, search } = this;
    if (search === undefined || search.hits === 0) return;
    const at = (to + search.hits) % search.hits;
    this.at = at;
    try {
      const given = { opened, search: search.number, from: at, count: 1 };
      const [hit] = (await server.call("captures/hits", given)).rows;
      if (this.at !== at || this.search?.number !== search.number) return;
      this.hit = hit;
      this.#tell(hit);
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  #tell(detail: Hit | undefined): void {
    this.dispatchEvent(new CustomEvent("hit-shown", { detail }));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.#forget();
      return;
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (this.search === undefined) void this.#begin();
    else void this.#go(this.at + (event.shiftKey ? -1 : 1));
  }

  protected override render(): TemplateResult {
    const hasHits = this.#hasHits;
    return html`<div class="search" role="search">
      <label><span class="for-readers">Search for</span><input type="search" placeholder="Search …" .value=${this.sought}
        maxlength=${MOST_SOUGHT} autocomplete="off" spellcheck="false"
        @input=${(event: Event) => {
          this.sought = (event.currentTarget as HTMLInputElement).value;
          this.#forget();
        }} @keydown=${this.#onKey}></label>
      ${this.#choice("as", "The search is for", ["text", "text"], ["hex", "hex"])}
      ${this.#choice("within", "Search in", ["packets", "in packets"], ["lines", "in lines"])}
      <button type="button" ?disabled=${this.sought === ""} @click=${() => void (hasHits ? this.#go(this.at - 1) : this.#begin())}
        aria-label="Previous hit">↑</button>
      <button type="button" ?disabled=${this.sought === ""} @click=${() => void (hasHits ? this.#go(this.at + 1) : this.#begin())}
        aria-label="Next hit">↓</button>
      <span class="found" role="status">${this.#words()}</span>
      ${this.problem === "" ? nothing : html`<span class="problem" role="alert">${this.problem}</span>`}
    </div>`;
  }

  #choice(
    name: "as" | "within",
    label: string,
    ...options: readonly (readonly [string, string])[]
  ): TemplateResult {
    return html`<select aria-label=${label} @change=${(event: Event) => {
      const { value } = event.currentTarget as HTMLSelectElement;
      if (name === "as") this.as = value === "hex" ? "hex" : "text";
      else this.within = value === "lines" ? "lines" : "packets";
      if (this.search === undefined) this.#forget();
      else void this.#begin();
    }}>${options.map(
      ([value, words]) => html`<option value=${value} ?selected=${this[name] === value}>${words}</option>`,
    )}</select>`;
  }

  /** Keys open lines, not packets. */
  #notFoundWords(): string {
    return this.within === "packets" && this.hasKeys
      ? "not found on the wire; what keys have opened is found in lines"
      : "not found";
  }

  #words(): TemplateResult | string {
    const { search, hit, at } = this;
    if (search === undefined) return "";
    const { hits, share, isEnded, isCut } = search;
    if (hits === 0) return isEnded ? this.#notFoundWords() : `searching, ${percentWords(share)} …`;
    const more = isCut
      ? `the first ${countWords(hits)}`
      : isEnded
        ? countWords(hits)
        : `${counted(hits, "hit")} so far`;
    const around =
      hit &&
      html` <bdi class="around">${shown(hit.before.slice(-AROUND))}<mark>${shown(hit.text)}</mark>${shown(hit.after)}</bdi>`;
    return html`${countWords(at + 1)} of ${more}${around ?? nothing}`;
  }
}

customElements.define("capture-search", CaptureSearch);
