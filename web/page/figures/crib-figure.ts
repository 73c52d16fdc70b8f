// A figure: a guess that slides over lines sealed with stage 03's toy cipher; where it fits, the key falls out (lesson 03-11).

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { character, hexByte } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { slider } from "./controls.ts";
import {
  type Fit,
  fitOf,
  fitsAlong,
  isJsonLine,
  isOfText,
  KEY_BYTES,
  keyFrom,
  knownBytes,
  NOTHING_KNOWN,
  open,
  type PartialKey,
  SEALED_LINES,
  type SealedLine,
  together,
} from "./crib.ts";

/** What a stranger may guess: how lines begin, and what is said again and again. */
const GUESSES = ['{"type":"message","id":', '{"type":"message","id":1,"text":"', "pay 100 to carol", '"}'];

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

class CribFigure extends PageElement {
  static override properties = {
    guess: { state: true },
    chosen: { state: true },
    position: { state: true },
    kept: { state: true },
  };
  declare guess: string;
  /** Which line the guess lies on. */
  declare chosen: number;
  declare position: number;
  /** The bytes of the key that the student believes in. */
  declare kept: PartialKey;

  constructor() {
    super();
    this.guess = GUESSES[0] ?? "";
    this.chosen = 0;
    this.position = 5;
    this.kept = NOTHING_KNOWN;
  }

  get #line(): SealedLine {
    const [first] = SEALED_LINES;
    const line = SEALED_LINES[this.chosen] ?? first;
    if (line === undefined) throw new Error("the figure has no lines");
    return line;
  }

  /** The last place where the guess still lies on the line; below 0 if it is longer than the line. */
  get #lastPosition(): number {
    return this.#line.bytes.length - encode(this.guess).length;
  }

  get #keyOfGuess(): PartialKey | undefined {
    const text = encode(this.guess);
    if (text.length === 0 || this.#lastPosition < 0) return NOTHING_KNOWN;
    return keyFrom(this.#line.bytes, text, this.position);
  }

  protected override render(): TemplateResult {
    const key = this.#keyOfGuess;
    const all = together(this.kept, key ?? NOTHING_KNOWN);
    return html`
      <label class="guess"><span>Your guess</span>
        <input type="text" spellcheck="false" autocomplete="off" maxlength="64" .value=${live(this.guess)} @input=${(event: Event) => this.#setGuess((event.target as HTMLInputElement).value)}></label>
      <p class="buttons">${GUESSES.map(
        (guess) =>
          html`<button type="button" class="mono" aria-pressed=${guess === this.guess} @click=${() => this.#setGuess(guess)}>${guess}</button>`,
      )}</p>
      <label class="guess"><span>lies on</span>
        <select @change=${(event: Event) => this.#setLine((event.target as HTMLSelectElement).selectedIndex)}>${SEALED_LINES.map(
          ({ number, from, bytes }, i) =>
            html`<option .selected=${i === this.chosen}>line ${number}, ${from}, ${bytes.length} bytes</option>`,
        )}</select></label>
      ${this.#lastPosition < 0 ? nothing : slider({ label: "from byte", smallest: 0, largest: this.#lastPosition, value: this.position, change: (value) => this.#setPosition(value) })}
      ${this.#strip()}
      <p role="status">${this.#verdict(key)}</p>
      ${this.#keyShown(all, key ?? NOTHING_KNOWN)}
      <p class="buttons">
        <button type="button" class="main" aria-disabled=${key === undefined || knownBytes(all) === knownBytes(this.kept)} @click=${() => this.#keep(all)}>Keep these bytes of the key</button>
        <button type="button" aria-disabled=${knownBytes(this.kept) === 0} @click=${() => this.#keep(NOTHING_KNOWN)}>Forget the key</button>
      </p>
      <div class="sealed-lines">
        <p class="quiet">Seven lines of <code>captures/03-dh-chat.pcap</code>, 32 bytes in a row: what stands in a column meets the same byte of the key.</p>
        ${SEALED_LINES.map((line, i) => this.#lineShown(line, i === this.chosen, all))}
      </div>`;
  }

  #setGuess(guess: string): void {
    this.guess = guess;
    this.#setPosition(this.position);
  }

  #setLine(chosen: number): void {
    this.chosen = chosen;
    this.#setPosition(this.position);
  }

  #setPosition(position: number): void {
    this.position = Math.max(0, Math.min(position, this.#lastPosition));
  }

  #keep(key: PartialKey): void {
    if (this.#keyOfGuess === undefined && key !== NOTHING_KNOWN) return;
    this.kept = key;
  }

  /** All places of the line at once: a bar for each, as high as the share of text in what opens elsewhere. */
  #strip(): TemplateResult {
    const fits = fitsAlong(SEALED_LINES, this.chosen, encode(this.guess));
    if (fits.length === 0 || this.guess === "")
      return html`<p class="quiet">The guess is longer than this line, or empty.</p>`;
    const right = fits.filter(({ share }) => share === 1).map(({ position }) => position);
    return html`<div class="strip" role="group" aria-label="How well the guess fits at each byte of the line">
      ${fits.map(
        ({
          position,
          share,
        }) => html`<button type="button" tabindex="-1" class=${`${share === 1 ? "fits" : ""} ${position === this.position ? "here" : ""}`}
          aria-label=${`byte ${position}: ${percent(share)} text`} title=${`byte ${position}: ${percent(share)} text`} @click=${() => this.#setPosition(position)}>
          <svg viewBox="0 0 10 40" preserveAspectRatio="none" aria-hidden="true"><rect x="1" width="8" y=${40 - heightOf(share)} height=${heightOf(share)}></rect></svg></button>`,
      )}</div>
      <p class="quiet">${fits.length === 1 ? "The line has one place" : `The line has ${fits.length} places`} for it. ${
        right.length === 0
          ? "At none of them do the other lines open to text alone."
          : `The other lines open to text alone at ${right.length > 4 ? `${right.length} of them: a short guess fits often, by chance.` : `byte ${right.join(", ")}.`}`
      }</p>`;
  }

  #verdict(key: PartialKey | undefined): TemplateResult | string {
    if (key === undefined)
      return html`<strong class="problem">Not here:</strong> the guess is longer than the key, and asks for two values of one byte.`;
    const others = SEALED_LINES.filter((line) => line !== this.#line).map(({ bytes }) => bytes);
    const fit = fitOf(others, key);
    if (fit.opened === 0) return "Nothing opens.";
    const all = together(this.kept, key);
    if (knownBytes(all) === KEY_BYTES && SEALED_LINES.every(({ bytes }) => isJsonLine(bytes, all)))
      return html`<strong class="found">This is the key.</strong> With it all lines are JSON, and all that was said can be read: in these lines, and in
        every other line of the chat.`;
    return this.#fits(fit);
  }

  #fits({ opened, ofText }: Fit): TemplateResult {
    const counted = `${ofText} of the ${opened} bytes that open in the other lines are text.`;
    if (ofText === opened) return html`<strong class="found">It fits:</strong> ${counted}`;
    return html`<strong class="problem">Not here:</strong> ${counted} The rest is nonsense.`;
  }

  #keyShown(all: PartialKey, ofGuess: PartialKey): TemplateResult {
    const digits = all.map((byte) => (byte === undefined ? "··" : hexByte(byte)));
    return html`<div class="key"><p class="part">The key: ${knownBytes(all)} of ${KEY_BYTES} bytes <small class="quiet">ciphertext XOR text</small></p>
      <p class="mono" aria-label=${`The key: ${digits.join(" ").replaceAll("··", "unknown")}`} role="img">${digits.map(
        (pair, i) =>
          html`<span class=${this.kept[i] !== undefined ? "kept" : ofGuess[i] !== undefined ? "guessed" : ""}>${pair}</span> `,
      )}</p></div>`;
  }

  #lineShown(line: SealedLine, isChosen: boolean, key: PartialKey): TemplateResult {
    const opened = open(line.bytes, key);
    const end = this.position + encode(this.guess).length;
    const rows = Array.from({ length: Math.ceil(opened.length / KEY_BYTES) }, (_, row) => row * KEY_BYTES);
    const cell = (byte: number | undefined, at: number): TemplateResult => {
      const isGuess = isChosen && at >= this.position && at < end && this.#lastPosition >= 0;
      return html`<span class=${`${classOf(byte)} ${isGuess ? "laid" : ""}`}>${byte === undefined ? "░" : character(byte)}</span>`;
    };
    return html`<div class=${`sealed-line ${isChosen ? "chosen" : ""}`}>
      <span class="name">${line.number} ${line.from}</span>
      <span class="for-readers">${inWords(opened)}</span>
      <span class="cells" aria-hidden="true">${rows.map(
        (from) =>
          html`<span class="row">${opened.slice(from, from + KEY_BYTES).map((byte, i) => cell(byte, from + i))}</span>`,
      )}</span></div>`;
  }
}

/** The height of a bar, in units of the drawing. What XOR makes of text is half text by chance, so bars begin at a half. */
function heightOf(share: number): number {
  return 2 + 36 * Math.max(0, 2 * share - 1);
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

function classOf(byte: number | undefined): string {
  if (byte === undefined) return "unknown";
  return isOfText(byte) ? "read" : "nonsense";
}

/** What can be read of a line, for those who hear it. */
function inWords(opened: readonly (number | undefined)[]): string {
  if (opened.every((byte) => byte === undefined)) return `${opened.length} bytes, none of them known`;
  const text = opened.map((byte) => (byte === undefined ? "░" : character(byte))).join("");
  return text.replace(/░+/g, (unknown) => ` (${unknown.length} bytes unknown) `);
}

customElements.define("crib-figure", CribFigure);
