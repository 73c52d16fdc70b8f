// A line that is open: what it is, which clause says so, and every byte with its label. Label and bytes light each other up.

import { html, nothing, type TemplateResult } from "lit";
import type { ExplainedLine, LinePart, WireLine } from "../../shared/wire.ts";
import { fromBase64 } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { counted } from "../words.ts";
import { isBase64url, linkToSpot } from "./address.ts";
import "./hex-view.ts";
import type { HexView } from "./hex-view.ts";
import "./mallory-tools.ts";
import { hasMoved } from "./pointer.ts";
import { badgeOf, directionWords, LINK_WORDS, SET_UP_WORDS, SIGHT_WORDS } from "./words.ts";

/** Where a clause of the contract is read. */
function clauseLink(clause: string): TemplateResult {
  return html`<a href=${linkTo("lessons", "protocol", clause)}>${clause}</a>`;
}

/**
 * Emits `close-line`, `open-field` with a field's name, `show-changed` with whether the line is to be shown as it went on,
 * and `send-again`.
 */
export class LineView extends PageElement {
  static override properties = {
    explained: { attribute: false },
    line: { attribute: false },
    scene: { attribute: false },
    field: { attribute: false },
    isChanged: { attribute: false },
    canSend: { attribute: false },
    lit: { state: true },
    chosen: { state: true },
    said: { state: true },
  };
  declare explained: ExplainedLine;
  /** The line of the scene that this is; undefined if it comes from an address. */
  declare line: WireLine | undefined;
  /** The number of the scene. */
  declare scene: number;
  /** The name of the field that stays lit; empty if none does. */
  declare field: string;
  /** Whether it is shown as Mallory passed it on. */
  declare isChanged: boolean;
  /** Whether it can be sent again. */
  declare canSend: boolean;
  /** The index of the part under the pointer; -1 if none. */
  declare lit: number;
  /** The byte whose bits can be flipped. */
  declare chosen: number;
  /** What came of copying. */
  declare said: string;
  #bytes: Uint8Array = new Uint8Array();
  /** The number of the line of which somebody has chosen a byte. */
  #chosenOf = 0;

  constructor() {
    super();
    this.field = "";
    this.isChanged = false;
    this.canSend = false;
    this.lit = -1;
    this.chosen = 0;
    this.said = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    this.#chooseWorth();
    if (!changed.has("explained")) return;
    this.#bytes = fromBase64(this.explained.bytes);
    this.said = "";
    this.chosen = Math.max(0, Math.min(this.chosen, this.#bytes.length - 1));
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("field") || changed.has("explained")) this.#showPart(this.#fieldIndex);
    const isAsked = changed.has("chosen") || changed.has("explained");
    if (isAsked && this.line?.state === "held") this.#showByte(this.chosen);
    const before = changed.get("line") as WireLine | undefined;
    const hasPassed = before?.state === "held" && this.line?.state !== "held";
    if (changed.has("explained") || hasPassed) this.#showDifference();
  }

  /** Until somebody chooses another byte of a line that waits, it is one that is worth it. */
  #chooseWorth(): void {
    const { line } = this;
    if (line?.state === "held" && line.number !== this.#chosenOf) this.chosen = line.worthFlipping?.byte ?? 0;
  }

  protected override render(): TemplateResult {
    const { link, type, words, clause, clauseText } = this.explained;
    const { line } = this;
    const about = line === undefined ? LINK_WORDS[link] : `${directionWords(line)}, line ${line.number}`;
    return html`<header class="line-head">
        <h2>${type === "" ? "A line" : type} <span class="quiet">${about}</span></h2>
        ${line !== undefined && badgeOf(line) !== "" ? html`<span class="badge">${badgeOf(line)}</span>` : nothing}
        <div class="line-buttons">
          ${this.canSend ? html`<button type="button" @click=${() => this.#emit("send-again")}>Send again</button>` : nothing}
          <button type="button" @click=${this.#copy}>Copy address</button>
          <button type="button" class="plain" aria-label="Close this line" @click=${() => this.#emit("close-line")}>✕</button>
        </div>
      </header>
      <div class="line-about">
      <p class=${`line-words ${line?.state === "held" ? "short" : ""}`}>${words}
        ${clause === "" ? nothing : clauseLink(clause)}
        ${clauseText === "" ? nothing : html`<span class="quiet">${clauseText}</span>`}</p>
        ${line?.changed === undefined ? nothing : this.#twoWays()}
      </div>
      <p class="for-readers" role="status">${this.said}</p>
      ${line?.note === undefined ? nothing : html`<p class="line-note">${line.acts.includes("set-up") ? `${SET_UP_WORDS} Here: ` : ""}${line.note}</p>`}
      ${
        line?.state === "held"
          ? html`<mallory-tools .line=${line} .bytes=${this.#bytes} .scene=${this.scene} .chosen=${this.chosen}
              @choose-byte=${this.#onChoose}></mallory-tools>`
          : nothing
      }
      <div class="bytes-and-labels">
        <hex-view .bytes=${this.#bytes} .parts=${this.explained.parts} .lit=${this.#litIndex}
          .chosen=${line?.state === "held" ? this.chosen : -1} .original=${this.#original} @light=${this.#onLight} @choose-byte=${this.#onHexClick}></hex-view>
        <ol class="labels" aria-label="What the bytes are">${this.explained.parts.map((part, i) => this.#label(part, i))}</ol>
      </div>`;
  }

  #twoWays(): TemplateResult {
    const choice = (isChanged: boolean, text: string): TemplateResult =>
      html`<button type="button" aria-pressed=${this.isChanged === isChanged}
        @click=${() => this.#emit("show-changed", isChanged)}>${text}</button>`;
    return html`<div class="two-ways" role="group" aria-label="Before and after Mallory">
      ${choice(false, "Before Mallory")}${choice(true, "After Mallory")}
    </div>`;
  }

  #label(part: LinePart, index: number): TemplateResult {
    const { name, length, sight, label, clause } = part;
    const isLit = index === this.#litIndex;
    return html`<li class=${`label ${sight} ${isLit ? "lit" : ""}`} @mouseenter=${(event: MouseEvent) => this.#onLabel(event, index)}
        @mouseleave=${() => this.#lightFromLabel(-1)} @focusin=${() => this.#lightFromLabel(index)}
        @focusout=${() => this.#lightFromLabel(-1)}>
      <a class="field" href=${this.#addressOf(name)} aria-current=${name === this.field ? "true" : nothing}
        title=${SIGHT_WORDS[sight]} @click=${(event: MouseEvent) => this.#onField(event, name)}>${name}</a>
      <span class="label-text">${label}</span>
      <span class="label-about">${counted(length, "byte")}${
        clause === "" ? nothing : html` · ${clauseLink(clause)}`
      }</span>
    </li>`;
  }

  /** What is shown is what Mallory made of these bytes; undefined if she did not. */
  get #original(): Uint8Array | undefined {
    return this.isChanged && this.line !== undefined ? fromBase64(this.line.bytes) : undefined;
  }

  get #fieldIndex(): number {
    return this.explained.parts.findIndex(({ name }) => name === this.field);
  }

  get #litIndex(): number {
    return this.lit === -1 ? this.#fieldIndex : this.lit;
  }

  #addressOf(field: string): string {
    const { stage, link, bytes } = this.explained;
    return linkToSpot({ stage, line: { link, bytes }, ...(field === "" ? {} : { field }) });
  }

  #onField(event: MouseEvent, name: string): void {
    // With these keys, a link opens in a window of its own.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#emit("open-field", name);
  }

  #onLight({ detail }: CustomEvent<number>): void {
    this.lit = detail;
    if (detail !== -1) this.querySelectorAll(".label")[detail]?.scrollIntoView({ block: "nearest" });
  }

  /** A click on a byte chooses it if Mallory can flip it, and else the field that it is in. */
  #onHexClick(event: CustomEvent<number>): void {
    if (this.line?.state === "held") return this.#onChoose(event);
    const part = this.explained.parts.find(
      ({ offset, length }) => event.detail >= offset && event.detail < offset + length,
    );
    if (part !== undefined) this.#emit("open-field", part.name);
  }

  #onChoose({ detail }: CustomEvent<number>): void {
    this.#chosenOf = this.line?.number ?? 0;
    this.chosen = Math.max(0, Math.min(this.#bytes.length - 1, detail));
  }

  /** What comes to lie under a pointer that rests is not what somebody points at. */
  #onLabel(event: MouseEvent, index: number): void {
    if (hasMoved(event)) this.#lightFromLabel(index);
  }

  #lightFromLabel(index: number): void {
    this.lit = index;
    this.#showPart(index);
  }

  #showPart(index: number): void {
    this.#showByte(this.explained.parts[index]?.offset ?? -1);
  }

  /** What Mallory has changed comes into view. */
  #showDifference(): void {
    const original = this.#original;
    if (original !== undefined)
      this.#showByte(this.#bytes.findIndex((byte, place) => byte !== original[place]));
  }

  #showByte(place: number): void {
    if (place !== -1) void this.querySelector<HexView>("hex-view")?.show(place);
  }

  async #copy(): Promise<void> {
    if (!isBase64url(this.explained.bytes)) {
      this.said = "This line is too long for an address.";
      return;
    }
    const address = `${location.origin}${location.pathname}${this.#addressOf(this.field)}`;
    try {
      await navigator.clipboard.writeText(address);
      this.said = "Copied.";
    } catch {
      this.said = "The browser does not let this page copy. The address stands in its address bar.";
    }
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define("line-view", LineView);
