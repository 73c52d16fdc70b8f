// A long list with columns, of which only the rows in view are drawn. One row is chosen, by click or by keyboard.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { PageElement } from "../page-element.ts";
import { heightOf, rowsInView, type ScrolledList, scrolledTo } from "../scrolled-rows.ts";
import { styles } from "../styles.ts";

/** A column: its heading, and the class of its cells, by which the style sheet knows them. */
export interface Column {
  name: string;
  part: string;
}

export interface ListedRow {
  /** As many as there are columns. */
  cells: readonly (string | TemplateResult)[];
  /** Classes of the row: its colour. */
  look: string;
}

/** Where rows come from. */
export interface RowSource {
  count: number;
  /** Undefined as long as it has not come. */
  at(index: number): ListedRow | undefined;
  /** Told which rows are in view: from `first` to before `end`. */
  want(first: number, end: number): void;
}

/** Rows are drawn that far outside of what is in view, so that scrolling shows no holes. */
const MARGIN = 12;

const ROW_HEIGHT = 28;
/** Where it is narrow, a row has two lines. */
const TALL_ROW_HEIGHT = 48;
const NARROW = matchMedia("(max-width: 45rem)");

export class RowList extends PageElement {
  static override properties = {
    label: {},
    columns: { attribute: false },
    source: { attribute: false },
    version: { attribute: false },
    chosen: { attribute: false },
    scrolled: { state: true },
    viewHeight: { state: true },
    rowHeight: { state: true },
  };
  /** What the list is of, for screen readers. */
  declare label: string;
  declare columns: readonly Column[];
  declare source: RowSource;
  /** Counts up when rows of the source have come. */
  declare version: number;
  /** The index of the row that is chosen; -1 if none is. */
  declare chosen: number;
  declare scrolled: number;
  declare viewHeight: number;
  declare rowHeight: number;
  /** Whether the chosen row has been brought into view: afterwards, the user may scroll away from it. */
  #isShown = false;
  readonly #sizes = new ResizeObserver(() => this.#measure());
  readonly #onNarrow = (): void => this.#measure();

  constructor() {
    super();
    this.label = "";
    this.columns = [];
    this.source = { count: 0, at: () => undefined, want: () => {} };
    this.version = 0;
    this.chosen = -1;
    this.scrolled = 0;
    this.viewHeight = 0;
    this.rowHeight = NARROW.matches ? TALL_ROW_HEIGHT : ROW_HEIGHT;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    NARROW.addEventListener("change", this.#onNarrow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    NARROW.removeEventListener("change", this.#onNarrow);
    this.#sizes.disconnect();
  }

  protected override firstUpdated(): void {
    const scroller = this.#scroller();
    if (scroller !== null) this.#sizes.observe(scroller);
  }

  protected override updated(changed: PropertyValues): void {
    if (["chosen", "source", "viewHeight", "rowHeight"].some((name) => changed.has(name)))
      this.#isShown = false;
    if (!this.#isShown) this.#showChosen();
    const { first, end } = rowsInView(this.#list(), this.scrolled);
    if (end > first) this.source.want(Math.max(0, first - MARGIN), Math.min(this.source.count, end + MARGIN));
  }

  #scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".grid");
  }

  #list(): ScrolledList {
    return { count: this.source.count, rowHeight: this.rowHeight, viewHeight: this.viewHeight };
  }

  #measure(): void {
    this.rowHeight = NARROW.matches ? TALL_ROW_HEIGHT : ROW_HEIGHT;
    // The headings stay above the rows.
    const head = this.querySelector<HTMLElement>(".head")?.offsetHeight ?? 0;
    this.viewHeight = Math.max(0, (this.#scroller()?.clientHeight ?? 0) - head);
  }

  #showChosen(): void {
    const scroller = this.#scroller();
    // How many rows there are may not be known yet.
    if (scroller === null || this.viewHeight === 0 || this.chosen >= this.source.count) return;
    this.#isShown = true;
    if (this.chosen < 0) return;
    const to = scrolledTo(this.#list(), this.chosen, scroller.scrollTop);
    if (to === scroller.scrollTop) return;
    scroller.scrollTop = to;
    this.scrolled = scroller.scrollTop;
  }

  #choose(index: number): void {
    const { count } = this.source;
    if (count === 0) return;
    const detail = Math.min(Math.max(0, index), count - 1);
    if (detail !== this.chosen) this.dispatchEvent(new CustomEvent("row-chosen", { detail }));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.viewHeight / this.rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: this.chosen + 1,
      ArrowUp: this.chosen < 0 ? 0 : this.chosen - 1,
      PageDown: Math.max(0, this.chosen) + page,
      PageUp: this.chosen - page,
      Home: 0,
      End: this.source.count - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#choose(to);
    } else if (event.key === "Enter" && this.chosen >= 0) {
      this.dispatchEvent(new CustomEvent("row-opened", { detail: this.chosen }));
    }
  }

  protected override render(): TemplateResult {
    const list = this.#list();
    const { first, end, top } = rowsInView(list, this.scrolled);
    const from = Math.max(0, first - MARGIN);
    const to = Math.min(list.count, end + MARGIN);
    const indexes = Array.from({ length: to - from }, (_, i) => from + i);
    const isDrawn = this.chosen >= from && this.chosen < to;
    return html`<div class="grid" role="grid" aria-label=${this.label} aria-rowcount=${list.count + 1}
        aria-colcount=${this.columns.length} tabindex="0" aria-activedescendant=${isDrawn ? this.#id(this.chosen) : nothing}
        @keydown=${this.#onKey} @scroll=${this.#onScroll}>
      <div class="head" role="row" aria-rowindex="1">${this.columns.map(
        ({ name, part }) => html`<span role="columnheader" class=${part}>${name}</span>`,
      )}</div>
        <div class="all" role="presentation" ${styles({ height: `${heightOf(list)}px` })}>
          <div class="drawn" role="presentation"
            ${styles({ transform: `translateY(${top - (first - from) * list.rowHeight}px)` })}>${repeat(
              indexes,
              (index) => index,
              (index) => this.#row(index),
            )}</div>
        </div>
    </div>`;
  }

  #onScroll(event: Event): void {
    this.scrolled = (event.currentTarget as HTMLElement).scrollTop;
  }

  #id(index: number): string {
    return `${this.id}-row-${index}`;
  }

  #row(index: number): TemplateResult {
    const row = this.source.at(index);
    const isChosen = index === this.chosen;
    return html`<div class="row ${row?.look ?? "look-awaited"}" role="row" id=${this.#id(index)} aria-rowindex=${index + 2}
      aria-selected=${isChosen} @click=${() => this.#choose(index)}
      @dblclick=${() => this.dispatchEvent(new CustomEvent("row-opened", { detail: index }))}>${this.columns.map(
        ({ part }, column) =>
          html`<span role="gridcell" class=${part}>${row === undefined ? (column === 0 ? "…" : "") : row.cells[column]}</span>`,
      )}</div>`;
  }
}

customElements.define("row-list", RowList);
