// The bytes of a packet or a line, in hexadecimal and as text. Those of a field are lit together; a byte can be chosen, by click
// or by keyboard. Only the rows in view are drawn.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { character, hexByte, hexOffset } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { heightOf, rowsInView, type ScrolledList, scrolledTo } from "../scrolled-rows.ts";
import { styles } from "../styles.ts";
import { type Block, type Field, fieldAt, type Span } from "./blocks.ts";

const ROW_HEIGHT = 24;
const MARGIN = 8;
/** A row has 16 bytes where these have room, else 8: measured in pixels of the whole view. */
const ROOM_FOR_16 = 620;

class ByteView extends PageElement {
  static override properties = {
    block: { attribute: false },
    lit: { attribute: false },
    chosen: { attribute: false },
    cursor: { attribute: false },
    hit: { attribute: false },
    scrolled: { state: true },
    viewHeight: { state: true },
    perRow: { state: true },
  };
  declare block: Block;
  /** What the pointer is over: a field's bytes. */
  declare lit: Span | undefined;
  /** The bytes of the field that is chosen. */
  declare chosen: Span | undefined;
  /** The byte that is chosen; -1 if none is. */
  declare cursor: number;
  /** Where a text that was searched for stands. */
  declare hit: Span | undefined;
  declare scrolled: number;
  declare viewHeight: number;
  declare perRow: number;
  readonly #sizes = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.block = { title: "", bytes: new Uint8Array(), length: 0, layers: [] };
    this.cursor = -1;
    this.scrolled = 0;
    this.viewHeight = 0;
    this.perRow = 16;
  }

  protected override firstUpdated(): void {
    const scroller = this.#scroller();
    if (scroller !== null) this.#sizes.observe(scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  protected override updated(changed: PropertyValues): void {
    const scroller = this.#scroller();
    if (scroller === null) return;
    if (changed.has("block") && this.cursor < 0) scroller.scrollTop = 0;
    const target = this.cursor >= 0 ? this.cursor : (this.chosen?.start ?? this.hit?.start);
    const isMoved = ["chosen", "cursor", "hit", "block", "viewHeight"].some((name) => changed.has(name));
    if (!isMoved || target === undefined || this.viewHeight === 0) return;
    scroller.scrollTop = scrolledTo(this.#list(), Math.floor(target / this.perRow), scroller.scrollTop);
    this.scrolled = scroller.scrollTop;
  }

  #scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".grid");
  }

  #measure(): void {
    const scroller = this.#scroller();
    this.viewHeight = scroller?.clientHeight ?? 0;
    this.perRow = (scroller?.clientWidth ?? 0) >= ROOM_FOR_16 ? 16 : 8;
  }

  #list(): ScrolledList {
    const count = Math.ceil(this.block.bytes.length / this.perRow);
    return { count, rowHeight: ROW_HEIGHT, viewHeight: this.viewHeight };
  }

  #tell(name: "byte-chosen" | "byte-hovered", offset: number | undefined): void {
    this.dispatchEvent(new CustomEvent(name, { detail: offset }));
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.block.bytes.length - 1;
    if (event.altKey || event.metaKey || last < 0) return;
    const at = Math.max(0, this.cursor);
    const rowStart = at - (at % this.perRow);
    const page = this.perRow * Math.max(1, Math.floor(this.viewHeight / ROW_HEIGHT) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: this.cursor + 1,
      ArrowLeft: at - 1,
      ArrowDown: this.cursor < 0 ? 0 : at + this.perRow,
      ArrowUp: at - this.perRow,
      PageDown: at + page,
      PageUp: at - page,
      Home: event.ctrlKey ? 0 : rowStart,
      End: event.ctrlKey ? last : rowStart + this.perRow - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#tell("byte-chosen", Math.min(last, Math.max(0, to)));
  }

  protected override render(): TemplateResult {
    const { block } = this;
    const list = this.#list();
    const { first, end, top } = rowsInView(list, this.scrolled);
    const from = Math.max(0, first - MARGIN);
    const to = Math.min(list.count, end + MARGIN);
    const rows = Array.from({ length: to - from }, (_, i) => from + i);
    const cursorRow = Math.floor(this.cursor / this.perRow);
    const isDrawn = this.cursor >= 0 && cursorRow >= from && cursorRow < to;
    return html`<div class="grid" role="grid" aria-label=${`Bytes: ${block.title}`} aria-rowcount=${list.count}
        aria-colcount=${this.perRow + 1} tabindex="0"
        aria-activedescendant=${isDrawn ? this.#id(this.cursor) : nothing} @keydown=${this.#onKey} @scroll=${this.#onScroll}
        @pointerover=${this.#onOver} @pointerleave=${() => this.#tell("byte-hovered", undefined)} @click=${this.#onClick}>
        <div class="all" role="presentation" ${styles({ height: `${heightOf(list)}px` })}>
          <div class="drawn" role="presentation"
            ${styles({ transform: `translateY(${top - (first - from) * ROW_HEIGHT}px)` })}>${repeat(
              rows,
              (row) => row,
              (row) => this.#row(row),
            )}</div>
        </div>
    </div>`;
  }

  #onScroll(event: Event): void {
    this.scrolled = (event.currentTarget as HTMLElement).scrollTop;
  }

  #onOver(event: Event): void {
    this.#tell("byte-hovered", offsetOf(event.target));
  }

  #onClick(event: Event): void {
    const offset = offsetOf(event.target);
    if (offset !== undefined) this.#tell("byte-chosen", offset);
  }

  #id(offset: number): string {
    return `${this.id}-byte-${offset}`;
  }

  #row(row: number): TemplateResult {
    const start = row * this.perRow;
    const offsets = [...this.block.bytes.subarray(start, start + this.perRow).keys()].map((i) => start + i);
    return html`<div class="row" role="row" aria-rowindex=${row + 1}>
      <span class="address" role="rowheader">${hexOffset(start)}</span>
      <span class="hex of-${this.perRow}" role="presentation">${offsets.map((offset) => this.#hex(offset))}</span>
      <span class="text" aria-hidden="true">${offsets.map((offset) => this.#text(offset))}</span>
    </div>`;
  }

  #hex(offset: number): TemplateResult {
    const byte = this.block.bytes[offset] ?? 0;
    const isCursor = offset === this.cursor;
    return html`<span class=${this.#look(offset)} role="gridcell" id=${this.#id(offset)} data-offset=${offset}
      aria-selected=${isCursor}>${hexByte(byte)}</span>`;
  }

  #text(offset: number): TemplateResult {
    const byte = this.block.bytes[offset] ?? 0;
    return html`<span class=${this.#look(offset)} data-offset=${offset}>${character(byte)}</span>`;
  }

  #look(offset: number): string {
    const states = [
      lookClass(fieldAt(this.block, offset)),
      isIn(this.lit, offset) ? "at-pointer" : "",
      isIn(this.chosen, offset) ? "at-choice" : "",
      isIn(this.hit, offset) ? "at-hit" : "",
      offset === this.cursor ? "at-cursor" : "",
    ];
    return states.filter((state) => state !== "").join(" ");
  }
}

function lookClass(field: Field | undefined): string {
  return field === undefined ? "" : `look-${field.look}`;
}

function isIn(span: Span | undefined, offset: number): boolean {
  return span !== undefined && offset >= span.start && offset < span.end;
}

function offsetOf(target: EventTarget | null): number | undefined {
  const offset = target instanceof HTMLElement ? target.dataset.offset : undefined;
  return offset === undefined ? undefined : Number(offset);
}

customElements.define("byte-view", ByteView);
