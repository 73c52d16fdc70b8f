// A figure: the padding oracle by hand. One sets a byte of the IV, asks Bob, and reads the text from right and wrong (lesson 04-5).

import { html, nothing, svg, type TemplateResult } from "lit";
import { character, hexByte } from "../bytes.ts";
import { PageElement } from "../page-element.ts";
import { BLOCK_BYTES } from "./aes-modes.ts";
import { slider } from "./controls.ts";
import { type Answer, type BlockOpener, browserOracle, comesOutAs, openersOf } from "./padding-oracle.ts";

/** What Alice says in the lab of lesson 04-5. */
const TEXT = "the code for the door is 2718, and the alarm is off until eight";

class PaddingFigure extends PageElement {
  static override properties = {
    openers: { state: true },
    chosen: { state: true },
    isRunning: { state: true },
    problem: { state: true },
  };
  /** One for each block of the line; they are worked on in place. */
  declare openers: readonly BlockOpener[];
  declare chosen: number;
  declare isRunning: boolean;
  declare problem: boolean;
  /** What Bob said last. */
  #last: { value: number; answer: Answer } | undefined;

  constructor() {
    super();
    this.openers = [];
    this.chosen = 0;
    this.isRunning = false;
    this.problem = false;
    void this.#seal();
  }

  /** Draws a key that nobody ever sees, and seals Alice's line, without a tag: the lab of lesson 04-4. */
  async #seal(): Promise<void> {
    try {
      const iv = crypto.getRandomValues(new Uint8Array(BLOCK_BYTES));
      const key = await crypto.subtle.generateKey({ name: "AES-CBC", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
      const text = new TextEncoder().encode(TEXT);
      const ciphertext = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, text));
      this.openers = openersOf(iv, ciphertext, browserOracle(key));
    } catch {
      this.problem = true;
    }
  }

  protected override render(): TemplateResult {
    if (this.problem)
      return html`<p class="problem" role="alert">This browser has no AES (WebCrypto) here.</p>`;
    const opener = this.openers[this.chosen];
    if (opener === undefined) return html`<p class="loading" role="status">Encrypting …</p>`;
    return html`${this.#line()}
      <div class="halves">
        <div>${this.#block(opener)}</div>
        <div>${this.#questions(opener)}</div>
      </div>`;
  }

  #anew(): void {
    this.#choose(0);
    void this.#seal();
  }

  // The line, and what is known of its text.

  #line(): TemplateResult {
    return html`<div class="read" role="group" aria-label="The blocks of Alice's line">${this.openers.map(
      (
        opener,
        i,
      ) => html`<button type="button" aria-pressed=${i === this.chosen} @click=${() => this.#choose(i)}>
        <small class="quiet">block ${i + 1}</small><span class="mono" aria-label=${inWords(opener.text)}>${shown(opener.text)}</span></button>`,
    )}</div>`;
  }

  #choose(chosen: number): void {
    if (this.isRunning) return;
    this.chosen = chosen;
    this.#last = undefined;
  }

  // The block, byte by byte.

  #block(opener: BlockOpener): TemplateResult {
    const { position, opened, before, text, iv } = opener;
    const padding = comesOutAs(opener);
    const hex = (bytes: readonly (number | undefined)[]) =>
      bytes.map((byte) => (byte === undefined ? "··" : hexByte(byte)));
    const real = this.chosen === 0 ? "the real IV" : `block ${this.chosen}, which really stands before`;
    return html`<div class="block-bytes">
      ${row("your IV", hex([...iv]), position, "yours")}
      ${row("XOR the opened block (AES backwards)", hex(opened), position, "")}
      ${row("= what Bob looks at", hex(padding), position, "padding")}
      <hr>
      ${row("the opened block", hex(opened), position, "")}
      ${row(`XOR ${real}`, hex([...before]), position, "")}
      ${row(
        "= the text",
        text.map((byte) => (byte === undefined ? "·" : byte < 0x20 ? hexByte(byte) : character(byte))),
        position,
        "text",
      )}
    </div>`;
  }

  // The questions.

  #questions(opener: BlockOpener): TemplateResult {
    const { position, padding, isFound, isDone, value } = opener;
    const ending = Array.from({ length: padding }, () => hexByte(padding)).join(" ");
    return html`
      <p class="part">${isDone ? `Block ${this.chosen + 1} is read` : `Byte ${position}: it shall come out as ${hexByte(padding)}`}</p>
      ${isDone ? nothing : html`<p class="quiet">Then the block ends in ${ending}, and the padding is right.</p>`}
      ${slider({
        label: `byte ${position} of your IV`,
        smallest: 0,
        largest: 255,
        value,
        shown: hexByte(value),
        change: (to) => this.#set(opener, to),
      })}
      ${tried(opener)}
      <p class="buttons">
        ${isFound && !isDone ? this.#button("Go on to the byte before", () => this.#goOn(opener), false, "main") : this.#button("Ask Bob", () => this.#ask(opener, false), isFound, "main")}
        ${this.#button("Try the next value", () => this.#ask(opener, true), isFound)}
        ${this.#button("Try until it is right", () => this.#run(opener, () => opener.isFound), isFound)}
        ${isDone ? this.#button("Read all blocks", () => this.#readAll(), this.#isAllRead) : this.#button("Do the rest of the block", () => this.#run(opener, () => opener.isDone), false)}
        ${this.#button("Begin anew", () => this.#anew(), this.#allQuestions === 0)}
      </p>
      <div role="status">${this.isRunning ? html`<p>Asking …</p>` : this.#answer(opener)}</div>
      <p class="quiet">Questions: ${opener.questionsHere} for this byte, ${opener.questions} for this block, ${this.#allQuestions} in all. A byte takes 256 at
        most, 128 on average.</p>
      <p class="quiet">This Bob is your browser's own <code>crypto.subtle.decrypt</code>, with a key that this page cannot read either. It fails if the padding is
        wrong: an error of a library is oracle enough.</p>`;
  }

  get #allQuestions(): number {
    return this.openers.reduce((sum, { questions }) => sum + questions, 0);
  }

  get #isAllRead(): boolean {
    return this.openers.every(({ isDone }) => isDone);
  }

  #button(text: string, press: () => void | Promise<void>, isIdle: boolean, kind = ""): TemplateResult {
    const rests = isIdle || this.isRunning;
    return html`<button type="button" class=${kind} aria-disabled=${rests} @click=${() => void (rests || press())}>${text}</button>`;
  }

  #set(opener: BlockOpener, value: number): void {
    if (!this.isRunning && !opener.isFound) opener.value = value;
    this.requestUpdate();
  }

  #goOn(opener: BlockOpener): void {
    opener.goOn();
    this.#last = undefined;
    this.requestUpdate();
  }

  async #ask(opener: BlockOpener, isNext: boolean): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    const answer = await (isNext ? opener.askNext() : opener.ask());
    this.#last = { value: opener.value, answer };
    this.isRunning = false;
  }

  /** Asks on, with one value after the other, until `isEnough`. */
  async #run(opener: BlockOpener, isEnough: () => boolean): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    while (!isEnough() && this.isConnected) {
      if (opener.isFound) opener.goOn();
      this.#last = { answer: await opener.askNext(), value: opener.value };
      this.requestUpdate();
    }
    this.isRunning = false;
  }

  async #readAll(): Promise<void> {
    for (const [i, opener] of this.openers.entries()) {
      if (opener.isDone) continue;
      this.chosen = i;
      await this.#run(opener, () => opener.isDone);
    }
  }

  #answer(opener: BlockOpener): TemplateResult {
    if (this.#isAllRead)
      return html`<p><strong class="seen">Read without the key: ${textOf(this.openers)}</strong></p>`;
    if (opener.isDone)
      return html`<p>All 16 bytes are known: <strong class="seen mono">${shown(opener.text)}</strong></p>`;
    if (this.#last === undefined) return html`<p>Choose a value, and ask.</p>`;
    return html`<p>With ${hexByte(this.#last.value)}, Bob says: ${this.#last.answer === "wrong" ? html`<strong class="problem">bad-padding</strong>` : html`<strong class="found">ok</strong>`}.
      ${this.#meaning(opener, this.#last)}</p>`;
  }

  #meaning(
    opener: BlockOpener,
    { value, answer }: { value: number; answer: Answer },
  ): TemplateResult | string {
    if (answer === "wrong") return "";
    if (answer === "by-chance")
      return "Asked once more, with another byte before it: bad-padding. So it was not 01 but, by chance, a longer padding. Try on.";
    const { padding, position, before } = opener;
    const opened = value ^ padding;
    const real = before[position] ?? 0;
    const text = opened ^ real;
    const again =
      position === BLOCK_BYTES - 1 ? "Asked once more, with another byte before it: still ok. " : "";
    return html`${again}So the opened byte is ${hexByte(value)} XOR ${hexByte(padding)} = <strong>${hexByte(opened)}</strong>, and the byte of the
      text is ${hexByte(opened)} XOR ${hexByte(real)} = <strong class="seen">${hexByte(text)}${text >= 0x20 ? html`, "${character(text)}"` : nothing}</strong>.`;
  }
}

/** All blocks' text, without the padding. */
function textOf(openers: readonly BlockOpener[]): string {
  const bytes = openers.flatMap(({ text }) => text.map((byte) => byte ?? 0));
  return new TextDecoder().decode(Uint8Array.from(bytes.slice(0, bytes.length - (bytes.at(-1) ?? 0))));
}

function shown(text: readonly (number | undefined)[]): string {
  return text.map((byte) => (byte === undefined ? "_" : character(byte))).join("");
}

function inWords(text: readonly (number | undefined)[]): string {
  const known = text.filter((byte) => byte !== undefined).length;
  return known === 0 ? "nothing read" : `${known} of 16 bytes read: ${shown(text).replace(/^_+/, "")}`;
}

function row(name: string, cells: readonly string[], position: number, kind: string): TemplateResult {
  const words = cells.map((cell) => (/^·+$/.test(cell) ? "unknown" : cell)).join(" ");
  return html`<div class=${`row ${kind}`}><span class="quiet">${name}</span><span class="for-readers">: ${words}</span>
    <span class="cells mono" aria-hidden="true">${cells.map((cell, i) => html`<span class=${i === position ? "here" : /^·+$/.test(cell) ? "unknown" : i > position ? "is-known" : ""}>${cell}</span>`)}</span></div>`;
}

/** The 256 values: which have been asked, and what came of it. */
function tried({ answers, value }: BlockOpener): TemplateResult {
  const columns = 64;
  const squares = Array.from({ length: 256 }, (_, i) => {
    const kind = answers.get(i) ?? "";
    return svg`<rect class=${`${kind} ${i === value ? "now" : ""}`} x=${i % columns} y=${Math.floor(i / columns)} width="0.8" height="0.8"></rect>`;
  });
  return html`<svg class="tried" viewBox="-0.3 -0.3 64.4 4.4" role="img" aria-label=${`Of the 256 values, ${answers.size} have been asked`}>${squares}</svg>`;
}

customElements.define("padding-figure", PaddingFigure);
