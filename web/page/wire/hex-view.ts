// The bytes of a line as digits and as text. Each has the colour of its part; those of the part that is lit stand out.

import { html, type TemplateResult } from "lit";

import type { LinePart } from "../../shared/wire.ts";
import { hexOffset } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { styles } from "../styles.ts";
import { bytesOfRow, type ShownByte } from "./hex-rows.ts";
import { hasMoved } from "./pointer.ts";
import { rowsToDraw, scrollTopFor } from "./rows.ts";

/** As in wire.css, in CSS pixels. */
const ROW_HEIGHT = 26;
/** From this width on, a row has sixteen bytes; below, it has eight. */
const WIDE = 560;

/** Emits `light` with the index of the part under the pointer (-1: none), and `choose-byte` with a byte's place. */
export class HexView extends PageElement {
  static override properties = {
    bytes: { attribute: false },
    parts: { attribute: false },
    lit: { attribute: false },
    chosen: { attribute: false },
    original: { attribute: false },
    scrollPlace: { state: true },
    viewHeight: { state: true },
    columns: { state: true },
  };
  declare bytes: Uint8Array;
  declare parts: readonly LinePart[];
  /** The index of the part that is lit; -1 if none is. */
  declare lit: number;
  /** The place of the byte that is chosen; -1 if none can be. */
  declare chosen: number;
  /** The bytes before Mallory changed them: those that differ are marked. Undefined if she did not. */
  declare original: Uint8Array | undefined;
  declare scrollPlace: number;
  declare viewHeight: number;
  declare columns: number;
  readonly #observer = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.bytes = new Uint8Array();
    this.parts = [];
    this.lit = -1;
    this.chosen = -1;
    this.scrollPlace = 0;
    this.viewHeight = 0;
    this.columns = 8;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => this.#observer.observe(this.#box));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  /** Scrolls to a byte. */
  async show(place: number): Promise<void> {
    await this.updateComplete;
    const view = { ...this.#view, scrollTop: this.#box.scrollTop };
    const row = Math.floor(place / this.columns);
    // With a row behind it, one sees that it goes on.
    const scrollTop = scrollTopFor(Math.min(row + 1, view.count - 1), view);
    this.#box.scrollTop = scrollTopFor(row, { ...view, scrollTop });
  }

  protected override render(): TemplateResult {
    const { first, end } = rowsToDraw(this.#view);
    const rows = Array.from({ length: end - first }, (_, i) => this.#row(first + i));
    return html`<div class="hex-box" role="region" tabindex="0" aria-label="The bytes, as digits and as text" @scroll=${this.#measure}
      @mousemove=${this.#onMove} @mouseleave=${() => this.#light(-1)} @click=${this.#onClick}>
      <div class="all-bytes" ${styles({ height: `${this.#view.count * ROW_HEIGHT}px` })}>${rows}</div>
    </div>`;
  }

  #row(row: number): TemplateResult {
    const bytes = bytesOfRow(this.bytes, this.parts, row, this.columns);
    return html`<div class="hex-row" ${styles({ transform: `translateY(${row * ROW_HEIGHT}px)` })}>
      <span class="offset">${hexOffset(row * this.columns)}</span>
      <span class="digits">${bytes.map((byte) => this.#byte(byte, byte.hex))}</span>
      <span class="characters">${bytes.map((byte) => this.#byte(byte, byte.text))}</span>
    </div>`;
  }

  #byte({ place, part }: ShownByte, shown: string): TemplateResult {
    const classes = [
      "byte",
      this.parts[part]?.sight ?? "",
      part === this.lit && part !== -1 ? "lit" : "",
      place === this.chosen ? "chosen" : "",
      this.original !== undefined && this.original[place] !== this.bytes[place] ? "differs" : "",
    ];
    return html`<span class=${classes.join(" ")} data-place=${place} data-part=${part}>${shown}</span>`;
  }

  #onMove(event: MouseEvent): void {
    if (!hasMoved(event)) return;
    this.#light(Number(byteOf(event)?.dataset.part ?? -1));
  }

  #onClick(event: MouseEvent): void {
    const place = byteOf(event)?.dataset.place;
    if (place !== undefined) this.dispatchEvent(new CustomEvent("choose-byte", { detail: Number(place) }));
  }

  #light(part: number): void {
    if (part !== this.lit) this.dispatchEvent(new CustomEvent("light", { detail: part }));
  }

  get #box(): HTMLElement {
    const box = this.querySelector<HTMLElement>(".hex-box");
    if (box === null) throw new Error("the bytes are not rendered yet");
    return box;
  }

  get #view() {
    return {
      count: Math.ceil(this.bytes.length / this.columns),
      rowHeight: ROW_HEIGHT,
      scrollTop: this.scrollPlace,
      viewHeight: this.viewHeight,
    };
  }

  #measure(): void {
    const { scrollTop, clientHeight, clientWidth } = this.#box;
    this.scrollPlace = scrollTop;
    this.viewHeight = clientHeight;
    this.columns = clientWidth >= WIDE ? 16 : 8;
  }
}

function byteOf({ target }: MouseEvent): HTMLElement | undefined {
  return target instanceof HTMLElement && target.dataset.place !== undefined ? target : undefined;
}

customElements.define("hex-view", HexView);
