// A figure: a key exchange step by step, with Eve who listens or Mallory who sits between (lessons 03-8 and 03-9).

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { modp2048, toyGroup } from "../../../03-dh-chat/groups.ts";
import { PageElement } from "../page-element.ts";
import { choice } from "./controls.ts";
import {
  drawKeys,
  type Fact,
  type Keys,
  knownAfter,
  LESSON_KEYS,
  type Outcome,
  type Sent,
  type Step,
  shakeHands,
  type Who,
} from "./handshake.ts";

type Middle = "eve" | "mallory";

/** Where the three stand in the drawing, from left to right. */
const LANES: Readonly<Record<Who, number>> = { alice: 45, middle: 200, bob: 355 };
const FIRST_ROW = 62;
const ROW_HEIGHT = 34;

class HandshakeFigure extends PageElement {
  static override properties = {
    middle: { state: true },
    keys: { state: true },
    outcome: { state: true },
    count: { state: true },
  };
  declare middle: Middle;
  declare keys: Keys;
  declare outcome: Outcome | undefined;
  /** How many steps have been made. */
  declare count: number;

  constructor() {
    super();
    this.middle = "eve";
    this.keys = LESSON_KEYS;
    this.count = 1;
    void this.#shake();
  }

  async #shake(): Promise<void> {
    const { keys, middle } = this;
    const outcome = await shakeHands(keys, middle === "mallory");
    // Something else may have been chosen in the meantime.
    if (keys === this.keys && middle === this.middle) this.outcome = outcome;
  }

  protected override render(): TemplateResult {
    const { outcome } = this;
    if (outcome === undefined) return html`<p class="loading" role="status">Calculating …</p>`;
    return html`<div class="switches">
        ${choice(
          "Who is on the way",
          [
            ["eve", "Eve only listens"],
            ["mallory", "Mallory sits between them"],
          ],
          this.middle,
          (middle) => this.#begin({ middle, keys: this.keys, count: this.count }),
        )}
        ${choice(
          "The group",
          [
            ["toy", "p = 23"],
            ["modp2048", "2,048 bits"],
          ],
          this.keys.group.name,
          (name) =>
            this.#begin({
              middle: this.middle,
              keys: name === "toy" ? LESSON_KEYS : drawKeys(modp2048),
              count: this.count,
            }),
        )}
      </div>
      <div class="halves">
        ${this.#drawing(outcome.steps)}
        <div>${this.#step(outcome)}</div>
      </div>
      <div class="parties">
        ${this.#knows("Alice", "alice", outcome.steps)}
        ${this.#knows(this.#middleName, "middle", outcome.steps)}
        ${this.#knows("Bob", "bob", outcome.steps)}
      </div>`;
  }

  get #middleName(): string {
    return this.middle === "eve" ? "Eve" : "Mallory";
  }

  #begin({ middle, keys, count }: { middle: Middle; keys: Keys; count: number }): void {
    Object.assign(this, { middle, keys, count });
    void this.#shake();
  }

  // The step.

  #step({ steps, alicesNumber, bobsNumber }: Outcome): TemplateResult {
    const step = steps[this.count - 1];
    const isLast = this.count === steps.length;
    return html`<div role="status"><p class="part">${this.count} of ${steps.length}: ${step?.title}</p>
        <p>${step?.words}</p>
        ${isLast ? numbers(alicesNumber, bobsNumber) : nothing}
        ${isLast && this.keys.group.name === "toy" ? html`<p class="warning">With p = 23 the number proves nothing: whoever listens finds both private keys (P4.6).</p>` : nothing}</div>
      <p class="buttons">
        <button type="button" class="main" aria-disabled=${isLast} @click=${() => this.#go(1, steps.length)}>Next step</button>
        <button type="button" aria-disabled=${this.count === 1} @click=${() => this.#go(-1, steps.length)}>Back</button>
        <button type="button" @click=${() => this.#begin({ middle: this.middle, keys: drawKeys(this.keys.group), count: 1 })}>Other keys</button>
      </p>
      <p class="quiet">${
        this.keys.group.name === "toy"
          ? html`p = ${toyGroup.prime}, g = ${toyGroup.generator}: the group <code>toy</code>.`
          : html`Group 14 of RFC 3526. Only the first eight digits of each number are shown. The page's code for it is for teaching.`
      }</p>`;
  }

  #go(by: number, last: number): void {
    this.count = Math.max(1, Math.min(this.count + by, last));
  }

  // The drawing.

  #drawing(steps: readonly Step[]): TemplateResult {
    const rows = steps.flatMap(({ sent }) => sent);
    const before = steps.slice(0, this.count - 1).flatMap(({ sent }) => sent).length;
    const until = before + (steps[this.count - 1]?.sent.length ?? 0);
    const height = FIRST_ROW + ROW_HEIGHT * rows.length;
    return html`<svg class=${`sequence ${this.middle}`} viewBox=${`0 0 400 ${height}`} role="img" aria-label=${this.#inWords(rows.slice(0, until))}>
      ${this.#lane("Alice", LANES.alice, height, "")}
      ${this.#lane(this.#middleName, LANES.middle, height, this.middle)}
      ${this.#lane("Bob", LANES.bob, height, "")}
      ${rows.slice(0, until).map((sent, i) => arrow(sent, FIRST_ROW + ROW_HEIGHT * i, i >= before))}
    </svg>`;
  }

  #lane(name: string, x: number, height: number, kind: string): SVGTemplateResult {
    return svg`<g class=${`lane ${kind}`}><line class="post" x1=${x} x2=${x} y1="34" y2=${height}></line>
      <rect class="head" x=${x - 43} y="4" width="86" height="30" rx="7"></rect><text class="called" x=${x} y="25">${name}</text></g>`;
  }

  #inWords(rows: readonly Sent[]): string {
    const names = { alice: "Alice", middle: this.#middleName, bob: "Bob" };
    const way = this.middle === "eve" ? "Eve on the way between them" : "Mallory between them";
    const lines = rows.map(({ from, to, text }) => `${names[from]} to ${names[to]}: ${text}.`);
    return `Alice and Bob, ${way}. ${lines.length === 0 ? "Nothing has been sent." : lines.join(" ")}`;
  }

  // Who knows what.

  #knows(name: string, who: Who, steps: readonly Step[]): TemplateResult {
    const known = knownAfter(steps, this.count, who);
    const older = knownAfter(steps, this.count - 1, who).length;
    return html`<section class=${`party ${who === "middle" ? this.middle : ""}`} aria-label=${`What ${name} knows`}><p class="part">${name} knows</p>
      ${known.length === 0 ? html`<p class="quiet">nothing yet</p>` : html`<dl>${known.map((fact, i) => shownFact(fact, i >= older))}</dl>`}</section>`;
  }
}

function shownFact({ name, value, kind }: Fact, isNew: boolean): TemplateResult {
  return html`<div><dt>${name}</dt><dd class=${`${kind} ${isNew ? "new" : ""}`}>${value}</dd></div>`;
}

function numbers(alices: string, bobs: string): TemplateResult {
  return html`<dl class=${`numbers ${alices === bobs ? "equal" : "different"}`}><dt>Alice's</dt><dd class="mono">${alices}</dd><dt>Bob's</dt><dd class="mono">${bobs}</dd></dl>`;
}

function arrow({ from, to, text }: Sent, y: number, isNow: boolean): SVGTemplateResult {
  const [start, end] = [LANES[from], LANES[to]];
  const direction = Math.sign(end - start);
  const head = `${end},${y} ${end - 8 * direction},${y - 5} ${end - 8 * direction},${y + 5}`;
  // On the whole way, the text stands on the first half, beside the lane of who listens.
  const middle = (start + (Math.abs(end - start) > 200 ? LANES.middle : end)) / 2;
  return svg`<g class=${`arrow ${isNow ? "now" : ""} ${from === "middle" ? "replaced" : ""}`}>
    <line class="shaft" x1=${start} y1=${y} x2=${end - 6 * direction} y2=${y}></line><polygon class="point" points=${head}></polygon>
    <text class="said" x=${middle} y=${y - 6}>${text}</text></g>`;
}

customElements.define("handshake-figure", HandshakeFigure);
