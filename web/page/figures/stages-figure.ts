// A figure: one line that is said twice, as stages 02, 03 and 04 put it on the wire, and what a stranger can measure (lesson 04-10).

import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { character, hexByte } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { BLOCK_BYTES } from "./aes-modes.ts";
import {
  type ChatKeys,
  drawChatKeys,
  entropy,
  messageLine,
  onTheWire,
  printableShare,
  type StageName,
  samePlaces,
  type WireLine,
} from "./three-stages.ts";

const STAGES: readonly (readonly [StageName, string])[] = [
  ["02", "in clear"],
  ["03", "XOR with a repeated key"],
  ["04", "AES-256-CBC, then a tag"],
];

/** A line that was said twice. */
type Twice = readonly [WireLine, WireLine];

class StagesFigure extends PageElement {
  static override properties = {
    text: { state: true },
    wire: { state: true },
    problem: { state: true },
  };
  declare text: string;
  /** What is on the wire in each stage. */
  declare wire: ReadonlyMap<StageName, Twice>;
  declare problem: boolean;
  readonly #keys: Promise<ChatKeys> = drawChatKeys();

  constructor() {
    super();
    this.text = "pay 100 to carol";
    this.wire = new Map();
    this.problem = false;
    void this.#seal();
  }

  async #seal(): Promise<void> {
    const { text } = this;
    try {
      const keys = await this.#keys;
      const wire = new Map<StageName, Twice>();
      for (const [stage] of STAGES)
        wire.set(stage, [
          await onTheWire(stage, messageLine(1, text), keys, 0),
          await onTheWire(stage, messageLine(2, text), keys, 1),
        ]);
      // More may have been typed in the meantime.
      if (text === this.text) this.wire = wire;
    } catch {
      this.problem = true;
    }
  }

  protected override render(): TemplateResult {
    if (this.problem)
      return html`<p class="problem" role="alert">This browser has no AES (WebCrypto) here.</p>`;
    return html`<label class="guess"><span>Alice says, twice</span>
        <input type="text" autocomplete="off" maxlength="60" .value=${live(this.text)} @input=${(event: Event) => this.#type((event.target as HTMLInputElement).value)}></label>
      <div class="side-by-side">${STAGES.map(([stage, words]) => this.#stage(stage, words))}</div>`;
  }

  #type(text: string): void {
    this.text = text;
    void this.#seal();
  }

  #stage(stage: StageName, words: string): TemplateResult {
    const twice = this.wire.get(stage);
    if (twice === undefined) return html`<p class="loading" role="status">Encrypting …</p>`;
    const [first, second] = twice;
    const same = samePlaces(first.bytes, second.bytes);
    const known = same.filter((isSame) => isSame).length;
    return html`<section class="party" aria-label=${`Stage ${stage}`}>
      <p class="part">Stage ${stage} <span class="quiet">${words}</span></p>
      ${line("first", stage, first, same)}
      ${line("again", stage, second, same)}
      <dl class="measures">
        <dt>bytes</dt><dd>${first.bytes.length}</dd>
        <dt>of them text</dt><dd>${Math.round(100 * printableShare(first.bytes))} %</dd>
        <dt>entropy, bits per byte</dt><dd>${entropy(first.bytes).toFixed(1)} of ${Math.min(8, Math.log2(first.bytes.length)).toFixed(1)}</dd>
        <dt>the same when said again</dt><dd>${known} of ${first.bytes.length} bytes</dd>
      </dl>
      <p role="status">${learnt(stage, first.bytes.length, known)}</p>
    </section>`;
  }
}

/** The bytes of a line: as characters where it is in clear, else in hexadecimal. What is the same in both is marked. */
function line(
  name: string,
  stage: StageName,
  { bytes, json }: WireLine,
  same: readonly boolean[],
): TemplateResult {
  const shown = (byte: number): string => (stage === "02" ? character(byte) : hexByte(byte));
  return html`<p class=${`bytes-on-wire ${stage === "02" ? "clear" : ""}`}><span class="quiet">${name}</span><span class="for-readers">: ${json}</span>
    <span class="mono" aria-hidden="true">${Array.from(bytes, (byte, i) => html`<span class=${same[i] === true ? "same" : ""}>${shown(byte)}</span>`)}</span></p>`;
}

function learnt(stage: StageName, length: number, same: number): TemplateResult {
  if (stage === "02")
    return html`A stranger learns <strong class="seen">everything</strong>: the text stands there.`;
  if (stage === "03")
    return html`It looks random, and a stranger learns that <strong class="seen">the same was said twice</strong> (${same} bytes are the same at the
      same places), and how long it is, to the byte. Whoever guesses how it begins has the key.`;
  return html`A stranger learns <strong class="seen">how long it is</strong>, to ${BLOCK_BYTES} bytes: ${length - BLOCK_BYTES} to ${length - 1}. A byte that is
    the same in both is so by chance, one in 256.`;
}

customElements.define("stages-figure", StagesFigure);
