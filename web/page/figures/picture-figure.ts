// A figure: the lighthouse under ECB and CBC, and what one flipped bit of the ciphertext does to it (lessons 04-1 and 04-4).

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { BYTES_PER_PIXEL, drawLighthouse, HEIGHT, WIDTH } from "../../../authoring/pictures/lighthouse.ts";
import { hexByte } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import {
  BLOCK_BYTES,
  countDifferent,
  decryptCbc,
  demonstrationIv,
  demonstrationKey,
  differences,
  encryptCbc,
  encryptEcb,
  withFlippedBit,
} from "./aes-modes.ts";
import { slider } from "./controls.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** All that the figure shows, computed once; and what was opened after the flip. */
interface Pictures {
  key: CryptoKey;
  iv: Bytes;
  plain: Bytes;
  ecb: Bytes;
  cbc: Bytes;
  /** How many blocks of each are different. */
  different: { plain: number; ecb: number; cbc: number };
}

/** A flipped bit of the ciphertext, and what it is decrypted to. */
interface Flip {
  place: number;
  bit: number;
  opened: Bytes;
}

/** How many pixels the magnifier shows. */
const GLASS = { width: 25, height: 9 };
const LAST_BLOCK = (BYTES_PER_PIXEL * WIDTH * HEIGHT) / BLOCK_BYTES - 1;

class PictureFigure extends PageElement {
  static override properties = {
    pictures: { state: true },
    flip: { state: true },
    x: { state: true },
    y: { state: true },
    bit: { state: true },
    problem: { state: true },
  };
  declare pictures: Pictures | undefined;
  /** What Bob reads after the last flip. */
  declare flip: Flip | undefined;
  /** The pixel whose red is changed in the ciphertext. */
  declare x: number;
  declare y: number;
  declare bit: number;
  declare problem: boolean;

  constructor() {
    super();
    this.x = 54;
    this.y = 50;
    this.bit = 7;
    this.problem = false;
    void this.#encrypt();
  }

  async #encrypt(): Promise<void> {
    try {
      const [key, iv] = [
        await demonstrationKey("a key for pictures in a lesson"),
        await demonstrationIv("an IV for pictures in a lesson"),
      ];
      const plain = drawLighthouse();
      const [ecb, cbc] = await Promise.all([encryptEcb(key, plain), encryptCbc(key, iv, plain)]);
      const different = { plain: countDifferent(plain), ecb: countDifferent(ecb), cbc: countDifferent(cbc) };
      this.pictures = { key, iv, plain, ecb, cbc, different };
      await this.#flip();
    } catch {
      this.problem = true;
    }
  }

  /** Where in the ciphertext the bit is. */
  get #place(): number {
    return BYTES_PER_PIXEL * (WIDTH * this.y + this.x);
  }

  async #flip(): Promise<void> {
    if (this.pictures === undefined) return;
    const { key, iv, cbc } = this.pictures;
    const [place, bit] = [this.#place, this.bit];
    const opened = await decryptCbc(key, iv, withFlippedBit(cbc, place, bit));
    // Another place may have been chosen in the meantime.
    if (place === this.#place && bit === this.bit) this.flip = { place, bit, opened };
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (this.pictures === undefined) return;
    const { plain, ecb, cbc } = this.pictures;
    const all = changed.has("pictures") ? { plain, ecb, cbc } : {};
    for (const [name, pixels] of Object.entries({ ...all, opened: this.flip?.opened })) {
      const canvas = this.querySelector<HTMLCanvasElement>(`canvas.${name}`);
      if (canvas !== null && pixels !== undefined) paint(canvas, pixels);
    }
  }

  protected override render(): TemplateResult {
    if (this.problem)
      return html`<p class="problem" role="alert">This browser has no AES (WebCrypto) here.</p>`;
    if (this.pictures === undefined) return html`<p class="loading" role="status">Encrypting …</p>`;
    const { plain, different } = this.pictures;
    return html`<div class="pictures">
        ${picture("plain", "Plain", "A lighthouse at night: the picture before it is encrypted", blocks(different.plain))}
        ${picture("ecb", "ECB", "The same in ECB mode: other colours, and still a lighthouse", blocks(different.ecb))}
        ${picture("cbc", "CBC", "The same in CBC mode: noise", blocks(different.cbc), (event) => this.#choose(event))}
        ${picture("opened", "One bit flipped", `The lighthouse, with a few wrong pixels in row ${this.y}`, html`CBC, decrypted again. A click here, or into the noise, flips another bit.`, (event) => this.#choose(event))}
      </div>
      <div class="halves flip">
        <div>
          <p class="part">Flip a bit of the ciphertext</p>
          ${this.#slider("row", HEIGHT - 1, this.y, (y) => ({ x: this.x, y, bit: this.bit }))}
          ${this.#slider("column", WIDTH - 1, this.x, (x) => ({ x, y: this.y, bit: this.bit }))}
          ${this.#slider("bit", 7, this.bit, (bit) => ({ x: this.x, y: this.y, bit }))}
        </div>
        <div>${this.flip === undefined ? nothing : changes(plain, this.flip)}</div>
      </div>`;
  }

  #slider(
    label: string,
    largest: number,
    value: number,
    move: (value: number) => { x: number; y: number; bit: number },
  ): TemplateResult {
    return slider({ label, smallest: 0, largest, value, change: (to) => this.#move(move(to)) });
  }

  #choose(event: MouseEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at = (from: number, size: number, pixels: number) =>
      Math.max(0, Math.min(pixels - 1, Math.floor((from / size) * pixels)));
    this.#move({
      x: at(event.clientX - box.left, box.width, WIDTH),
      y: at(event.clientY - box.top, box.height, HEIGHT),
      bit: this.bit,
    });
  }

  #move({ x, y, bit }: { x: number; y: number; bit: number }): void {
    Object.assign(this, { x, y, bit });
    void this.#flip();
  }
}

// What has changed.

function changes(plain: Bytes, flip: Flip): TemplateResult {
  const { place, bit, opened } = flip;
  const block = Math.floor(place / BLOCK_BYTES);
  const changed = differences(plain, opened);
  const inBlock = changed.filter((at) => Math.floor(at / BLOCK_BYTES) === block).length;
  const next = changed.filter((at) => Math.floor(at / BLOCK_BYTES) === block + 1);
  const others = LAST_BLOCK + 1 - (block < LAST_BLOCK ? 2 : 1);
  return html`${glass(flip)}
    <p role="status">Flipped: bit ${bit} of byte ${place % BLOCK_BYTES} of block ${block} of the ciphertext. In the picture,
      <strong>${inBlock} of the 16 bytes of block ${block}</strong> have changed: noise. ${
        next.length === 0
          ? "It is the last block: none comes after it."
          : html`In block ${block + 1} <strong>${next.length === 1 ? "one byte has" : `${next.length} bytes have`} changed</strong>: byte ${next.map((at) => at % BLOCK_BYTES).join(", ")}, in bit ${bit} alone.`
      } All other ${others} blocks are as they were.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="The bytes of both blocks">${[block, block + 1]
      .filter((one) => one <= LAST_BLOCK)
      .map((one) => bytesOf(one, plain, opened))}</div>`;
}

/** The pixels around the place, enlarged. */
function glass({ place, opened }: Flip): TemplateResult {
  const pixel = Math.floor(place / BYTES_PER_PIXEL);
  const left = Math.max(0, Math.min((pixel % WIDTH) - 8, WIDTH - GLASS.width));
  const top = Math.max(0, Math.min(Math.floor(pixel / WIDTH) - 4, HEIGHT - GLASS.height));
  const pixels = Array.from({ length: GLASS.width * GLASS.height }, (_, i) => {
    const [x, y] = [i % GLASS.width, Math.floor(i / GLASS.width)];
    const at = BYTES_PER_PIXEL * (WIDTH * (top + y) + left + x);
    return svg`<rect x=${x} y=${y} width="1" height="1" fill=${`rgb(${opened.subarray(at, at + BYTES_PER_PIXEL).join(" ")})`}></rect>`;
  });
  const block = Math.floor(place / BLOCK_BYTES);
  return html`<svg class="glass" viewBox=${`-0.5 -0.5 ${GLASS.width + 1} ${GLASS.height + 1}`} role="img"
    aria-label=${`The place, enlarged: the pixels of block ${block} are noise, and one pixel of the next block has another colour.`}>
    <g shape-rendering="crispEdges">${pixels}</g>
    ${outline(block, left, top, "noise")}
    ${outline(block + 1, left, top, "next")}
  </svg>`;
}

function blocks(different: number): TemplateResult {
  return html`${LAST_BLOCK + 1} blocks, <strong>${different}</strong> of them different`;
}

function picture(
  name: string,
  title: string,
  words: string,
  below: TemplateResult,
  clicked?: (event: MouseEvent) => void,
): TemplateResult {
  return html`<div class="one-picture"><p class="part">${title}</p>
    <canvas class=${`${name} ${clicked === undefined ? "" : "clickable"}`} width=${WIDTH} height=${HEIGHT} role="img" aria-label=${words} @click=${clicked ?? nothing}></canvas>
    <p class="quiet">${below}</p></div>`;
}

/** Frames the pixels that hold bytes of a block: 16 bytes are five pixels and a third. A block may go on in the next row. */
function outline(block: number, left: number, top: number, kind: string): SVGTemplateResult[] {
  const first = Math.floor((block * BLOCK_BYTES) / BYTES_PER_PIXEL);
  const last = Math.floor((block * BLOCK_BYTES + BLOCK_BYTES - 1) / BYTES_PER_PIXEL);
  const rows = new Map<number, number[]>();
  for (let pixel = first; pixel <= last; pixel += 1) {
    const [x, y] = [(pixel % WIDTH) - left, Math.floor(pixel / WIDTH) - top];
    if (x >= 0 && x < GLASS.width && y >= 0 && y < GLASS.height) rows.set(y, [...(rows.get(y) ?? []), x]);
  }
  return [...rows].map(
    ([y, xs]) =>
      svg`<rect class=${`frame ${kind}`} x=${Math.min(...xs)} y=${y} width=${xs.length} height="1"></rect>`,
  );
}

function bytesOf(block: number, plain: Bytes, opened: Bytes): TemplateResult {
  const places = Array.from({ length: BLOCK_BYTES }, (_, i) => block * BLOCK_BYTES + i);
  const row = (from: Bytes) =>
    places.map((at) => {
      const digits = hexByte(from[at] ?? 0);
      return html`${plain[at] === opened[at] ? digits : html`<strong>${digits}</strong>`} `;
    });
  return html`<p class="two-rows"><span class="quiet">block ${block}</span><br>
    <span class="mono">${row(plain)}</span><span class="quiet">before</span><br>
    <span class="mono">${row(opened)}</span><span class="quiet">after</span></p>`;
}

/** Draws bytes as pixels. */
function paint(canvas: HTMLCanvasElement, pixels: Bytes): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(WIDTH, HEIGHT);
  // A canvas has a fourth byte for each pixel: how opaque it is.
  for (let from = 0, to = 0; to < image.data.length; to += 1) {
    image.data[to] = to % 4 === 3 ? 255 : (pixels[from++] ?? 0);
  }
  context.putImageData(image, 0, 0);
}

customElements.define("picture-figure", PictureFigure);
