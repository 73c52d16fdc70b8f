// What Mallory can do with a line that waits at her: change its text, flip a bit, drop it, pass it on.

import { html, nothing, type TemplateResult } from "lit";
import type { WireLine } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { bitsOf, byteWords, staysReadable } from "./hex-rows.ts";
import { isSameDirection } from "./scene-model.ts";
import { wire } from "./wire-store.ts";

const strict = new TextDecoder("utf-8", { fatal: true });

/** Emits `choose-byte` with the place of a byte, and `decided` when the line waits no more. */
export class MalloryTools extends PageElement {
  static override properties = {
    line: { attribute: false },
    bytes: { attribute: false },
    scene: { attribute: false },
    chosen: { attribute: false },
    draft: { state: true },
  };
  declare line: WireLine;
  /** As they would go on. */
  declare bytes: Uint8Array;
  declare scene: number;
  /** The place of the byte whose bits are shown. */
  declare chosen: number;
  /** The text as it is being changed; undefined until somebody types. */
  declare draft: string | undefined;

  #unwatch = (): void => {};

  override connectedCallback(): void {
    super.connectedCallback();
    // The rest of a frame may come after its first line is open.
    this.#unwatch = wire.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("bytes")) this.draft = undefined;
  }

  protected override render(): TemplateResult {
    return html`<section class="mallory-tools" aria-label="What Mallory does with this line">
      ${this.#textTool()}
      <div class="mallory-row-two">${this.#bitTool()}<div class="mallory-ends">
        ${
          this.line.offer === undefined
            ? nothing
            : html`<button type="button" class="mallory" @click=${this.#tamper}>${this.line.offer}</button>`
        }
        <button type="button" class="main" @click=${this.#pass}>Pass it on</button>
        ${this.#lastOfFrame === undefined ? nothing : html`<button type="button" @click=${this.#passFrame}>Pass the whole frame</button>`}
        <button type="button" @click=${this.#drop}>Drop it</button>
      </div></div>
    </section>`;
  }

  #textTool(): TemplateResult {
    const text = this.#text;
    if (text === undefined)
      return html`<p class="quiet">These bytes are no text: they can be changed bit by bit.</p>`;
    return html`<form class="text-tool" @submit=${this.#change}>
      <label for="held-text">Its text</label>
      <input id="held-text" autocomplete="off" spellcheck="false" .value=${this.draft ?? text} @input=${this.#onInput}>
      <button type="submit" ?disabled=${this.draft === undefined || this.draft === text}>Change</button>
    </form>`;
  }

  #bitTool(): TemplateResult {
    const byte = this.bytes[this.chosen] ?? 0;
    const { type, worthFlipping: worth } = this.line;
    const isWorth = worth?.byte === this.chosen;
    return html`<div class="bit-tool">
      <label for="held-byte">Flip a bit of byte</label>
      <input id="held-byte" type="number" min="0" max=${this.bytes.length - 1} .value=${String(this.chosen)} @input=${this.#onByte}>
      <span class="byte-words">${byteWords(byte)}</span>
      <span class="bits" role="group" aria-label="Its bits">${bitsOf(byte).map(
        ({ bit, worth: value, isSet }) =>
          html`<button type="button" class=${`bit ${isWorth && staysReadable(byte, bit, type) ? "worth" : ""}`} title=${`worth ${value}`} aria-label=${`bit worth ${value}, now ${isSet ? 1 : 0}: flip it`}
            @click=${() => this.#flip(bit)}>${isSet ? 1 : 0}</button>`,
      )}</span>
      ${
        worth === undefined
          ? nothing
          : isWorth
            ? html`<span class="worth-words" title="A marked bit leaves the line in form">${worth.words}: try a marked bit</span>`
            : html`<button type="button" class="plain worth-words" @click=${() => this.#choose(worth.byte)}>to byte ${worth.byte}: ${worth.words}</button>`
      }
    </div>`;
  }

  /** The text without its LF; undefined if the bytes are none. */
  get #text(): string | undefined {
    try {
      return strict.decode(this.bytes).replace(/\n$/, "");
    } catch {
      return undefined;
    }
  }

  get #where() {
    return { scene: this.scene, line: this.line.number };
  }

  #onInput({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.draft = target.value;
  }

  #onByte({ target }: Event): void {
    if (!(target instanceof HTMLInputElement) || target.value === "") return;
    this.#choose(target.valueAsNumber);
  }

  #choose(place: number): void {
    this.dispatchEvent(new CustomEvent("choose-byte", { detail: place }));
  }

  async #change(event?: Event): Promise<boolean> {
    event?.preventDefault();
    const { draft } = this;
    if (draft === undefined || draft === this.#text) return true;
    return await wire.do(() => server.call("wire/change", { ...this.#where, text: draft }));
  }

  async #flip(bit: number): Promise<void> {
    await wire.do(() => server.call("wire/flip", { ...this.#where, byte: this.chosen, bit }));
  }

  async #tamper(): Promise<void> {
    await wire.do(() => server.call("wire/tamper", this.#where));
  }

  /** What was typed, and not changed yet, is what one wants to pass on. */
  async #pass(): Promise<void> {
    const where = this.#where;
    if (await this.#change()) await this.#decide("wire/pass", where);
  }

  /** The line that ends the frame of a session of which this line is a part; undefined if it is the last one itself. */
  get #lastOfFrame(): WireLine | undefined {
    if (this.line.link !== "session" || this.line.type === "end") return undefined;
    return wire.scene?.waiting.find(
      (other) => isSameDirection(other, this.line) && other.number > this.line.number && other.type === "end",
    );
  }

  async #passFrame(): Promise<void> {
    const last = this.#lastOfFrame;
    const { scene } = this.#where;
    if (last !== undefined && (await this.#change()))
      await this.#decide("wire/pass", { scene, line: last.number });
  }

  async #drop(): Promise<void> {
    await this.#decide("wire/drop", this.#where);
  }

  async #decide(call: "wire/pass" | "wire/drop", where: { scene: number; line: number }): Promise<void> {
    this.dispatchEvent(new CustomEvent("decided", { bubbles: true }));
    await wire.decide(call, where);
  }
}

customElements.define("mallory-tools", MalloryTools);
