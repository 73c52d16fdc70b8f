// A figure: powers modulo 23 on a clock, a key exchange with them, and a listener who searches (lessons 03-1 and 03-7).

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { choice, slider } from "./controls.ts";
import {
  exchange,
  isAcceptable,
  isGenerator,
  NUMBERS,
  PRIME,
  PRIVATE_KEYS,
  powersOf,
  type Side,
  TOY_GENERATOR,
  triesUntil,
  yearsToTry,
} from "./modular-powers.ts";

type View = "powers" | "exchange" | "search";

const VIEWS: readonly (readonly [View, string])[] = [
  ["powers", "Powers of g"],
  ["exchange", "An exchange"],
  ["search", "Eve's search"],
];

/** The radius of the ring of numbers, and of a number's disc, in units of the drawing. */
const RING = 168;
const DISC = 19;

/** A fast computer, generously: keys tried in a second. */
const TRIES_PER_SECOND = 1e9;
const PRIVATE_KEY_BITS = 256;

class ClockFigure extends PageElement {
  static override properties = {
    view: { state: true },
    generator: { state: true },
    steps: { state: true },
    alice: { state: true },
    bob: { state: true },
    tried: { state: true },
  };
  declare view: View;
  declare generator: number;
  /** How many powers are walked. */
  declare steps: number;
  /** Both private keys. */
  declare alice: number;
  declare bob: number;
  /** How many exponents Eve has tried. */
  declare tried: number;

  constructor() {
    super();
    this.view = "powers";
    this.generator = TOY_GENERATOR;
    this.steps = 5;
    this.alice = 6;
    this.bob = 15;
    this.tried = 0;
  }

  protected override render(): TemplateResult {
    return html`${choice("What to look at", VIEWS, this.view, (view) => {
      this.view = view;
    })}
      <div class="halves">
        ${this.#clock()}
        <div class="side">${this.view === "powers" ? this.#powers() : this.view === "exchange" ? this.#exchange() : this.#search()}</div>
      </div>`;
  }

  // The clock.

  /** The powers that are joined by lines. */
  get #walk(): readonly number[] {
    const powers = powersOf(this.generator);
    if (this.view === "powers") return powers.slice(0, this.steps);
    return this.view === "search" ? this.#tries.map(({ power }) => power) : [];
  }

  get #tries(): readonly { exponent: number; power: number }[] {
    return triesUntil(this.#sides.alice.publicKey, this.generator).slice(0, this.tried);
  }

  get #sides(): { alice: Side; bob: Side } {
    return exchange(this.generator, this.alice, this.bob);
  }

  #clock(): TemplateResult {
    const walk = this.#walk;
    const points = walk.map((number) => placeOf(number, RING - DISC).join(",")).join(" ");
    return html`<svg class="clock" viewBox="-215 -215 430 430" role="img" aria-label=${this.#inWords()}>
      <circle class="ring" r=${RING}></circle>
      <polyline class="walk" points=${points}></polyline>
      ${NUMBERS.map((number) => this.#number(number, walk))}
      <text class="middle" y="-6">modulo</text>
      <text class="middle large" y="26">${PRIME}</text>
    </svg>`;
  }

  #number(number: number, walk: readonly number[]): SVGTemplateResult {
    const [x, y] = placeOf(number);
    const [outerX, outerY] = placeOf(number, RING + 36);
    const names = this.#namesOf(number);
    const kind = number === walk.at(-1) ? "now" : walk.includes(number) ? "walked" : "";
    const isPublic = /[AB]/.test(names);
    return svg`<g class=${`number ${kind} ${isPublic ? "public" : names === "" ? "" : "secret"}`}>
      <circle cx=${x} cy=${y} r=${DISC}></circle>
      <text x=${x} y=${y + 6}>${number}</text>
      ${names === "" ? nothing : svg`<text class="name" x=${outerX} y=${outerY + 6}>${names}</text>`}
    </g>`;
  }

  /** Whose number it is: A and B are the public keys, S the secret. */
  #namesOf(number: number): string {
    if (this.view === "powers") return "";
    const { alice, bob } = this.#sides;
    const names = [alice.publicKey === number ? "A" : "", bob.publicKey === number ? "B" : ""];
    if (this.view === "exchange" && alice.secret === number) names.push("S");
    return names.join("");
  }

  #inWords(): string {
    const { alice, bob } = this.#sides;
    const circle = "A clock with the numbers 1 to 22.";
    if (this.view === "powers") return `${circle} Lines lead along ${this.#walk.join(", ")}.`;
    const keys = `Alice's public key A is at ${alice.publicKey}, Bob's public key B at ${bob.publicKey}`;
    if (this.view === "exchange") return `${circle} ${keys}, the shared secret S at ${alice.secret}.`;
    return `${circle} ${keys}. Eve has walked ${this.tried === 0 ? "nowhere yet" : `along ${this.#walk.join(", ")}`}.`;
  }

  // Powers of g.

  #powers(): TemplateResult {
    const powers = powersOf(this.generator);
    const walk = this.#walk;
    return html`
      ${this.#generatorSlider()}
      ${slider({
        label: "how many powers",
        smallest: 1,
        largest: powers.length,
        value: walk.length,
        change: (value) => {
          this.steps = value;
        },
      })}
      <p class="row-of-numbers"><span class="for-readers">The powers: </span>${powers.map((number, i) => html`<span class=${i < walk.length ? "walked" : ""}>${number}</span> `)}</p>
      <p role="status">${this.generator}^${walk.length} mod ${PRIME} = <strong>${walk.at(-1)}</strong>. ${circleOf(this.generator)}</p>
      <fieldset class="all-generators">
        <legend>Every g, and how many numbers its powers make</legend>
        ${NUMBERS.map((number) => this.#generator(number))}
      </fieldset>`;
  }

  #generator(number: number): TemplateResult {
    return html`<button type="button" class=${isGenerator(number) ? "generates" : ""} aria-pressed=${number === this.generator} @click=${() => this.#choose(number)}>
      <span class="for-readers">g = </span>${number}<span class="for-readers">: </span>
      <small>${powersOf(number).length}<span class="for-readers"> numbers</span></small></button>`;
  }

  #generatorSlider(): TemplateResult {
    return slider({
      label: "g",
      smallest: 1,
      largest: PRIME - 1,
      value: this.generator,
      change: (value) => this.#choose(value),
    });
  }

  #choose(generator: number): void {
    this.generator = generator;
    this.steps = powersOf(generator).length;
    this.tried = 0;
  }

  // An exchange.

  #exchange(): TemplateResult {
    const { alice, bob } = this.#sides;
    return html`
      ${this.#generatorSlider()}
      ${this.#privateKey("Alice's private key", this.alice, (value) => {
        this.alice = value;
      })}
      ${this.#privateKey("Bob's private key", this.bob, (value) => {
        this.bob = value;
      })}
      <div class="who">
        ${this.#side("Alice", alice, bob.publicKey, "A")}
        ${this.#side("Bob", bob, alice.publicKey, "B")}
      </div>
      <p role="status">${this.#sameSecret(alice, bob)}</p>
      <p class="stranger"><strong>Eve, on the way,</strong> has ${PRIME}, ${this.generator}, ${alice.publicKey} and ${bob.publicKey}.
        Multiplied, the public keys are ${alice.publicKey} · ${bob.publicKey} mod ${PRIME} = ${(alice.publicKey * bob.publicKey) % PRIME}: of no use.</p>`;
  }

  #privateKey(label: string, value: number, change: (value: number) => void): TemplateResult {
    const changed = (key: number): void => {
      change(key);
      this.tried = 0;
    };
    const { smallest, largest } = PRIVATE_KEYS;
    return slider({ label, smallest, largest, value, change: changed });
  }

  #side(name: string, side: Side, others: number, letter: string): TemplateResult {
    return html`<section class="party" aria-label=${name}><p class="part">${name}</p>
      <dl>
        <dt>keeps</dt><dd>${side.privateKey}</dd>
        <dt>sends ${letter}</dt><dd>${this.generator}^${side.privateKey} mod ${PRIME} = <strong class="seen">${side.publicKey}</strong></dd>
        <dt>computes S</dt><dd>${others}^${side.privateKey} mod ${PRIME} = <strong class="kept">${side.secret}</strong></dd>
      </dl></section>`;
  }

  #sameSecret(alice: Side, bob: Side): TemplateResult {
    const refused = [alice.publicKey, bob.publicKey].find((key) => !isAcceptable(key));
    if (refused !== undefined)
      return html`<strong class="warning">No program takes ${refused} as a public key</strong> (P4.4). Whoever has drawn this private key draws
        again (P4.3): with 1 or ${PRIME - 1} the secret is no secret.`;
    return html`Both have <strong>${alice.secret}</strong>: Alice computes (${this.generator}^${bob.privateKey})^${alice.privateKey}, Bob
      (${this.generator}^${alice.privateKey})^${bob.privateKey}, and both are ${this.generator}^${alice.privateKey * bob.privateKey}.`;
  }

  // Eve's search.

  #search(): TemplateResult {
    const { alice, bob } = this.#sides;
    const all = triesUntil(alice.publicKey, this.generator);
    const isFound = this.tried === all.length;
    return html`
      <p>Eve has heard <strong class="seen">A = ${alice.publicKey}</strong> and <strong class="seen">B = ${bob.publicKey}</strong>, and asks: which
        exponent of ${this.generator} makes ${alice.publicKey}?</p>
      <p class="buttons">
        <button type="button" class="main" aria-disabled=${isFound} @click=${() => this.#try(1)}>Try the next exponent</button>
        <button type="button" aria-disabled=${isFound} @click=${() => this.#try(all.length)}>Try until it is found</button>
        <button type="button" aria-disabled=${this.tried === 0} @click=${() => this.#try(-this.tried)}>Anew</button>
      </p>
      <ol class="tries">${this.#tries.map(({ exponent, power }) => html`<li class=${power === alice.publicKey ? "hit" : ""}>${this.generator}^${exponent} = ${power}</li>`)}</ol>
      <p role="status">${this.#tried(all.length, isFound, bob.publicKey)}</p>
      ${isFound ? largePrime() : nothing}`;
  }

  #try(steps: number): void {
    const all = triesUntil(this.#sides.alice.publicKey, this.generator);
    this.tried = Math.min(this.tried + steps, all.length);
  }

  #tried(exponent: number, isFound: boolean, othersKey: number): TemplateResult | string {
    if (this.tried === 0) return "Nothing tried yet.";
    if (!isFound) return `Exponents tried: ${this.tried}. Not it.`;
    const { secret } = this.#sides.alice;
    const isOther = exponent !== this.alice;
    return html`<strong>Found after ${exponent} ${exponent === 1 ? "step" : "steps"}: ${exponent}.</strong> ${
      isOther
        ? html`Alice drew ${this.alice}; ${exponent} does the same, because ${this.generator} goes round sooner. `
        : nothing
    }Eve computes ${othersKey}^${exponent} mod ${PRIME} = <strong>${secret}</strong>, as Alice and Bob did.`;
  }
}

/** Where a number stands: 1 just right of the top, then clockwise. */
function placeOf(number: number, radius = RING): [x: number, y: number] {
  const angle = (2 * Math.PI * number) / NUMBERS.length - Math.PI / 2;
  return [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))];
}

function circleOf(generator: number): TemplateResult {
  const { length } = powersOf(generator);
  if (isGenerator(generator))
    return html`The powers of ${generator} make each of the numbers 1 to 22, once: ${generator} is a <em>generator</em> of all of them.`;
  if (length === (PRIME - 1) / 2)
    return html`The powers of ${generator} make ${length} numbers, half of them: the squares. Then they begin anew.`;
  return html`The powers of ${generator} make ${length === 1 ? "1 number" : `${length} numbers`}: a small circle, into which nobody should be lured.`;
}

function largePrime(): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What a large prime changes"><table>
    <caption>What changes with a prime of 2,048 bits</caption>
    <thead><tr><th scope="col">Eve's way</th><th scope="col">p = ${PRIME}</th><th scope="col">2,048 bits</th></tr></thead>
    <tbody>
      <tr><th scope="row">try them all</th><td>20 steps</td><td>2<sup>${PRIVATE_KEY_BITS}</sup>: some 10<sup>${yearsToTry(PRIVATE_KEY_BITS, TRIES_PER_SECOND)}</sup> years, with a thousand million in a second</td></tr>
      <tr><th scope="row">the square root</th><td>5 steps</td><td>2<sup>128</sup></td></tr>
      <tr><th scope="row">number field sieve</th><td>–</td><td>2<sup>110</sup> or 2<sup>112</sup></td></tr>
    </tbody></table></div>
    <p class="quiet">Alice's way stays short: some 400 multiplications (lesson 03-2).</p>`;
}

customElements.define("clock-figure", ClockFigure);
