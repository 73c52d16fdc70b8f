// The table, to look at: simulated nodes on a ring, and a lookup that goes round by round. Nothing of it leaves the page.

import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { toUtf8 } from "../bytes.ts";
import {
  type Candidate,
  idOfKey,
  idsFromSeed,
  type Lookup,
  randomFromSeed,
  SimulatedNetwork,
  type SimulatedNode,
  sharedBits,
} from "../simulator.ts";
import {
  ARC_RADIUS,
  arcOf,
  arcPath,
  bitsOf,
  bucketArc,
  crossPath,
  dotsPath,
  linePath,
  MARK_RADIUS,
  placeOf,
  pointAt,
  SIDE,
  turnOf,
  WORD_RADIUS,
} from "./table-picture.ts";
import { count, describeDeaths, describeEnd, describeRound, describeStart } from "./table-words.ts";

/** The numbers of nodes that the slider offers. */
const SIZES = [20, 50, 100, 200, 500, 1000, 2000, 5000] as const;
const FIRST_SIZE = 3;
/** While nodes join, the page is given time to answer its user after so many milliseconds. */
const SLICE = 12;
/** Between two rounds of "Run", in milliseconds. */
const PACE = 900;
/** The share of all living nodes that "Kill some" kills. */
const KILLED_SHARE = 0.1;
/** So many of the first bits of an id are shown. */
const SHOWN_BITS = 16;

/** The drawing of rounds and shared bits: its sides and margins, in units. */
const CHART = { width: 400, height: 250, left: 34, right: 12, top: 14, bottom: 34 };

/** A network with one lookup in it. */
interface Scene {
  readonly network: SimulatedNetwork;
  lookup: Lookup;
}

export class TableView extends LitElement {
  static override properties = {
    seed: { type: Number },
    sizeIndex: { state: true },
    from: { state: true },
    scene: { state: true },
    joined: { state: true },
    said: { state: true },
    isRunning: { state: true },
    isShowingBuckets: { state: true },
  };
  /** The same number gives the same network and the same keys. */
  declare seed: number;
  declare sizeIndex: number;
  /** The number of the node that looks for keys. */
  declare from: number;
  /** Undefined while nodes join. */
  declare scene: Scene | undefined;
  declare joined: number;
  declare said: string;
  declare isRunning: boolean;
  declare isShowingBuckets: boolean;
  #keys = 0;
  #networks = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    this.sizeIndex = FIRST_SIZE;
    this.from = 0;
    this.scene = undefined;
    this.joined = 0;
    this.said = "";
    this.isRunning = false;
    this.isShowingBuckets = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.scene === undefined) void this.#build();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#pause();
    this.#networks++; // Nodes that are still joining stop doing so.
  }

  get #size(): number {
    return SIZES[this.sizeIndex] ?? SIZES[FIRST_SIZE];
  }

  /** Has all nodes join, one after the other, and leaves time for the page between them. */
  async #build(): Promise<void> {
    this.#pause();
    const turn = ++this.#networks;
    this.scene = undefined;
    this.joined = 0;
    this.from = 0;
    this.said = `${count(this.#size)} nodes are joining, one after the other.`;
    const ids = await idsFromSeed(`${this.seed} network ${turn}`, this.#size);
    if (turn !== this.#networks) return;
    const network = new SimulatedNetwork({ random: randomFromSeed(this.seed + turn) });
    let started = performance.now();
    for (const id of ids) {
      network.join(id);
      if (performance.now() - started < SLICE) continue;
      this.joined = network.nodes.length;
      await new Promise((resolve) => setTimeout(resolve));
      if (turn !== this.#networks) return;
      started = performance.now();
    }
    await this.#look(network);
  }

  /** Begins a lookup of a new key. */
  async #look(network: SimulatedNetwork): Promise<void> {
    this.#pause();
    const turn = this.#networks;
    const target = await idOfKey(toUtf8(`${this.seed} key ${++this.#keys}`));
    if (turn !== this.#networks) return;
    this.scene = { network, lookup: network.lookup(this.from, target) };
    this.said = describeStart(this.scene.lookup, network.nodes.length);
  }

  #step(): void {
    if (this.scene === undefined) return;
    const { network, lookup } = this.scene;
    const round = lookup.step();
    if (round === undefined) return this.#pause();
    const sentence = describeRound(lookup, round, lookup.rounds.length);
    if (!lookup.isOver) {
      this.said = sentence;
    } else {
      const truth = network.trueClosest(lookup.target, network.bucketSize, lookup.from);
      this.said = `${sentence} ${describeEnd(lookup, truth)}`;
      this.#pause();
    }
    this.requestUpdate();
  }

  #run(): void {
    if (this.isRunning || this.scene?.lookup.isOver !== false) return this.#pause();
    this.isRunning = true;
    this.#timer = setInterval(() => this.#step(), PACE);
    this.#step();
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.isRunning = false;
  }

  /** Kills a tenth of all; and while a lookup goes on, one of those that it would ask next, so that there is something to see. */
  #kill(): void {
    if (this.scene === undefined) return;
    const { network, lookup } = this.scene;
    const victims = new Set(network.drawVictims(KILLED_SHARE, new Set([this.from])));
    const [next] = lookup.next.filter(({ number }) => network.nodes[number]?.isAlive);
    if (next !== undefined) victims.add(next.number);
    network.kill(victims);
    this.said = describeDeaths(lookup, [...victims], network.alive().length);
    this.requestUpdate();
  }

  /** Another node looks for keys. What was typed and is no number of a node that lives is put right. */
  #choose(event: Event): void {
    const field = event.target as HTMLInputElement;
    const node = this.scene?.network.nodes[field.valueAsNumber];
    if (this.scene === undefined || node === undefined || !node.isAlive) {
      this.said = `There is no node ${field.value.slice(0, 12) || "without a number"} that answers.`;
      field.valueAsNumber = this.from;
      return;
    }
    this.from = node.number;
    this.#restart(this.scene);
  }

  /** Looks for the same key once more, with what the node has learned meanwhile. */
  #restart({ network, lookup }: Scene): void {
    this.#pause();
    this.scene = { network, lookup: network.lookup(this.from, lookup.target) };
    this.said = describeStart(this.scene.lookup, network.nodes.length);
  }

  protected override render(): TemplateResult {
    return html`<div class="table">
      ${this.#controls()}
      <p class="said" role="status">${this.said}</p>
      ${this.scene === undefined ? this.#joining() : this.#shown(this.scene)}
    </div>`;
  }

  #controls(): TemplateResult {
    const { scene } = this;
    const isOver = scene?.lookup.isOver ?? true;
    const resize = (event: Event) => {
      this.sizeIndex = (event.target as HTMLInputElement).valueAsNumber;
      void this.#build();
    };
    const showBuckets = () => {
      this.isShowingBuckets = !this.isShowingBuckets;
    };
    // Step and Run stay where the keyboard's focus is when the lookup is over, so they are not disabled for the browser.
    return html`<div class="controls">
      <label class="field"><span>Nodes: <output>${count(this.#size)}</output></span>
        <input type="range" min="0" max=${SIZES.length - 1} step="1" .value=${String(this.sizeIndex)}
          aria-valuetext="${count(this.#size)} nodes" @input=${resize}></label>
      <label class="field">Node that asks
        <input type="number" min="0" max=${(scene?.network.nodes.length ?? 1) - 1} .value=${String(this.from)}
          ?disabled=${scene === undefined} @change=${this.#choose}></label>
      <div class="buttons">
        <button class="main" aria-disabled=${isOver} @click=${this.#step}>Step</button>
        <button aria-disabled=${isOver} @click=${this.#run}>${this.isRunning ? "Pause" : "Run"}</button>
        <button ?disabled=${scene === undefined} @click=${() => scene && this.#look(scene.network)}>New key</button>
        <button ?disabled=${scene === undefined} @click=${() => scene && this.#restart(scene)}>Same key again</button>
        <button ?disabled=${scene === undefined} @click=${this.#kill}>Kill some</button>
        <button ?disabled=${scene === undefined} aria-pressed=${this.isShowingBuckets} @click=${showBuckets}>Show buckets</button>
      </div>
    </div>`;
  }

  #joining(): TemplateResult {
    return html`<p class="joining"><progress aria-label="Nodes that have joined" max=${this.#size} value=${this.joined}></progress>
      ${count(this.joined)} of ${count(this.#size)}</p>`;
  }

  #shown(scene: Scene): TemplateResult {
    const node = scene.network.nodes[this.from];
    return html`<div class="pictures">
        <figure>${this.#ring(scene)}
          <figcaption>Each node stands where its id begins, clockwise from the top. Lines lead to who was asked: in this round
            strong, before it faint; dashed to a cross if nobody answered. The coloured arc holds all ids that share as many
            bits with the key as the nearest so far.</figcaption></figure>
        <div class="beside"><figure>${this.#chart(scene)}
          <figcaption>Who was asked in which round, and how many bits their id shares with the key. A line leads there from who
            named them. Among ${count(scene.network.nodes.length)} ids the nearest shares about
            log2 of ${count(scene.network.nodes.length)} bits: the dashed line.</figcaption></figure>
          ${this.#figures(scene)}</div>
      </div>
      ${this.isShowingBuckets && node !== undefined ? this.#buckets(scene, node) : nothing}
      ${this.#shortlist(scene)} ${this.#rounds(scene)}`;
  }

  #ring({ network, lookup }: Scene): TemplateResult {
    const own = network.nodes[this.from];
    if (own === undefined) return html``;
    const place = (number: number) => placeOf(network.nodes[number]?.id ?? own.id);
    const from = placeOf(own.id);
    const last = lookup.rounds.at(-1)?.questions ?? [];
    const earlier = lookup.rounds.slice(0, -1).flatMap(({ questions }) => questions);
    const silent = [...earlier, ...last].filter(({ told }) => told === undefined);
    const heard = [...last, ...earlier].flatMap(({ news }) => news);
    const lines = (questions: typeof last) =>
      questions.map(({ asked }) => linePath(from, place(asked))).join(" ");
    const isAnswered = ({ told }: { told: unknown }) => told !== undefined;
    const nearest = lookup.found[0];
    const living = network.alive().map(({ id }) => placeOf(id));
    const dead = network.nodes.filter(({ isAlive }) => !isAlive).map(({ id }) => placeOf(id));
    const key = pointAt(turnOf(lookup.target), MARK_RADIUS);
    const word = pointAt(turnOf(lookup.target), WORD_RADIUS);
    const half = SIDE / 2;
    return html`<svg class="ring" viewBox="${-half} ${-half} ${SIDE} ${SIDE}" role="img"
      aria-label="Ring of ${count(network.nodes.length)} nodes; what happens is told in the line above and in the lists below">
      ${this.isShowingBuckets ? bucketArcs(own) : nothing}
      ${nearest === undefined ? nothing : svg`<path class="half" d=${arcPath(arcOf(lookup.target, sharedBits(lookup.target, nearest.id)), ARC_RADIUS)} />`}
      <path class="dot ${network.nodes.length > 1000 ? "small" : ""}" d=${dotsPath(living)} />
      <path class="dot dead" d=${dotsPath(dead)} />
      <path class="dot heard" d=${dotsPath(heard.map(place))} />
      <path class="line old" d=${lines(earlier.filter(isAnswered))} />
      <path class="line" d=${lines(last.filter(isAnswered))} />
      <path class="line silent" d=${lines(silent)} />
      <path class="dot asked" d=${dotsPath([...earlier, ...last].filter(isAnswered).map(({ asked }) => place(asked)))} />
      <path class="cross" d=${silent.map(({ asked }) => crossPath(place(asked), 5)).join(" ")} />
      <path class="dot found" d=${lookup.isOver ? dotsPath(lookup.found.map(({ id }) => placeOf(id))) : ""} />
      <rect class="own" x=${from.x - 6} y=${from.y - 6} width="12" height="12" />
      ${nearest === undefined ? nothing : svg`<circle class="nearest" cx=${placeOf(nearest.id).x} cy=${placeOf(nearest.id).y} r="8" />`}
      <path class="key" d="M${key.x} ${key.y - 8} l8 8 l-8 8 l-8 -8 Z" />
      <text class="label" x=${word.x} y=${word.y + 4} text-anchor="middle">◆ key</text>
      <text class="label" x="0" y="-6" text-anchor="middle">■ node ${this.from} asks</text>
      <text class="label" x="0" y="14" text-anchor="middle">◯ nearest so far</text>
    </svg>`;
  }

  #chart({ network, lookup }: Scene): TemplateResult {
    const expected = Math.log2(network.nodes.length);
    const roundOf = new Map<number, number>();
    for (const [index, { questions }] of lookup.rounds.entries()) {
      for (const { asked } of questions) roundOf.set(asked, index + 1);
    }
    const asked = [...roundOf.keys()].flatMap((number) => lookup.candidate(number) ?? []);
    const most = Math.max(expected + 2, ...asked.map(({ id }) => sharedBits(lookup.target, id)));
    const { width, height, left, right, top, bottom } = CHART;
    const rounds = Math.max(6, lookup.rounds.length);
    const x = (round: number) => left + ((width - left - right) * round) / rounds;
    const y = (bits: number) => height - bottom - ((height - top - bottom) * bits) / most;
    const spot = (candidate: Candidate) => {
      const round = roundOf.get(candidate.number) ?? 0;
      const peers = asked.filter(({ number }) => roundOf.get(number) === round);
      const shift = (peers.indexOf(candidate) - (peers.length - 1) / 2) * 11;
      return { x: x(round) + shift, y: y(sharedBits(lookup.target, candidate.id)) };
    };
    const chains = asked.flatMap((candidate) => {
      const teller = candidate.toldBy === undefined ? undefined : lookup.candidate(candidate.toldBy);
      return teller === undefined || !roundOf.has(teller.number)
        ? []
        : [linePath(spot(teller), spot(candidate))];
    });
    const step = Math.max(1, Math.ceil(most / 6));
    const levels = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
    const columns = Array.from({ length: rounds }, (_, index) => index + 1);
    return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img"
      aria-label="Bits shared with the key by who was asked, round by round; the same is in the lists below">
      ${levels.map(
        (
          bits,
        ) => svg`<path class="grid" d=${linePath({ x: left, y: y(bits) }, { x: width - right, y: y(bits) })} />
        <text class="label" x=${left - 6} y=${y(bits) + 4} text-anchor="end">${bits}</text>`,
      )}
      ${columns.map((round) => svg`<text class="label" x=${x(round)} y=${height - bottom + 16} text-anchor="middle">${round}</text>`)}
      <text class="label" x=${(left + width - right) / 2} y=${height - 4} text-anchor="middle">round</text>
      <path class="expected" d=${linePath({ x: left, y: y(expected) }, { x: width - right, y: y(expected) })} />
      <text class="label above" x=${left + 4} y=${y(expected) - 5}>log2 = ${expected.toFixed(1)}</text>
      <path class="line" d=${chains.join(" ")} />
      <path class="dot asked" d=${dotsPath(asked.filter(({ state }) => state === "answered").map(spot))} />
      <path class="cross" d=${asked
        .filter(({ state }) => state === "silent")
        .map((one) => crossPath(spot(one), 5))
        .join(" ")} />
    </svg>`;
  }

  #figures({ network, lookup }: Scene): TemplateResult {
    const { rounds, questions, timeOuts } = lookup.cost;
    const size = network.nodes.length;
    const figures: [string, string][] = [
      ["Rounds", count(rounds)],
      [`log2 of ${count(size)}`, Math.log2(size).toFixed(1)],
      ["Questions", count(questions)],
      ["Not answered", count(timeOuts)],
      ["Hops to the nearest", count(lookup.hops)],
      ["Living nodes", count(network.alive().length)],
    ];
    return html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  #shortlist({ lookup }: Scene): TemplateResult {
    return html`<div class="wide"><table>
      <caption>The ${lookup.shortlist.length} nearest heard of, and how many bits their ids share with the key. It
        begins with <code>${bitsOf(lookup.target, SHOWN_BITS)}</code></caption>
      <thead><tr><th scope="col">Node</th><th scope="col">Id begins with</th><th scope="col">Shared</th>
        <th scope="col">Named by</th><th scope="col">State</th></tr></thead>
      <tbody>${lookup.shortlist.map((candidate) => {
        const shared = sharedBits(lookup.target, candidate.id);
        const bits = bitsOf(candidate.id, SHOWN_BITS);
        return html`<tr><th scope="row">${candidate.number}</th>
          <td><code><mark>${bits.slice(0, shared)}</mark>${bits.slice(shared)}</code></td><td>${shared}</td>
          <td>${candidate.toldBy === undefined ? "own" : candidate.toldBy}</td><td>${candidate.state}</td></tr>`;
      })}</tbody></table></div>`;
  }

  #rounds({ lookup }: Scene): TemplateResult | typeof nothing {
    if (lookup.rounds.length === 0) return nothing;
    return html`<section aria-label="All rounds"><ol class="rounds">${lookup.rounds.map(
      (round, index) => html`<li>${describeRound(lookup, round, index + 1)}</li>`,
    )}</ol></section>`;
  }

  #buckets({ network }: Scene, node: SimulatedNode): TemplateResult {
    const inBucket = new Map<number, number>();
    for (const other of network.nodes) {
      if (other === node) continue;
      const bucket = sharedBits(node.id, other.id);
      inBucket.set(bucket, (inBucket.get(bucket) ?? 0) + 1);
    }
    return html`<div class="wide"><table>
      <caption>The buckets of node ${node.number}: it knows few of the many that are far, and nearly all of the few that are near.
        Its id begins with <code>${bitsOf(node.id, SHOWN_BITS)}</code></caption>
      <thead><tr><th scope="col">Shared</th><th scope="col">Known</th><th scope="col">Nodes there</th><th scope="col">Who</th></tr></thead>
      <tbody>${node.table.buckets().map(
        ({ bucket, contacts }) => html`<tr><th scope="row">${bucket}</th><td>${contacts.length}</td>
          <td>${count(inBucket.get(bucket) ?? 0)}</td><td>${contacts.map(({ number }) => number).join(", ")}</td></tr>`,
      )}</tbody></table></div>`;
  }

  static override styles = css`
    :host {
      display: block;
      container-type: inline-size;
      --_text: var(--text, light-dark(#16212b, #e6edf2));
      --_quiet: var(--quiet, light-dark(#51606d, #a0b1bd));
      --_panel: var(--panel, light-dark(#ffffff, #151e25));
      --_line: var(--line, light-dark(#d4dbe2, #2a3843));
      --_field: var(--field, light-dark(#ffffff, #0f171d));
      --_border: var(--field-line, light-dark(#7c8a96, #6f8494));
      --_accent: var(--accent, light-dark(#0b6b57, #4cc9a6));
      --_on-accent: var(--on-accent, light-dark(#ffffff, #05231a));
      --_chosen: var(--chosen, light-dark(#dff1ea, #173a32));
      --_danger: var(--danger, light-dark(#b3261e, #ff9b91));
      --_warm: light-dark(#a05a00, #f0b35a);
      color: var(--_text);
    }
    * { box-sizing: border-box; }
    .table { display: grid; gap: 1rem; min-width: 0; }
    .controls { display: flex; flex-wrap: wrap; gap: 0.75rem 1.25rem; align-items: end; }
    .field { display: grid; gap: 0.25rem; font-size: 0.9rem; color: var(--_quiet); }
    .field output { color: var(--_text); font-weight: 650; }
    input[type="range"] { width: 14rem; max-width: 100%; min-height: 2.75rem; accent-color: var(--_accent); }
    input[type="number"] { font: inherit; width: 7rem; min-height: 2.75rem; padding: 0.4rem 0.6rem; color: var(--_text);
      background: var(--_field); border: 1px solid var(--_border); border-radius: 10px; }
    .buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; }
    button { font: inherit; font-weight: 600; color: var(--_accent); background: transparent; border: 1px solid var(--_border);
      border-radius: 10px; padding: 0.5rem 0.9rem; min-height: 2.75rem; cursor: pointer; }
    button.main { color: var(--_on-accent); background: var(--_accent); border-color: var(--_accent); }
    button[aria-pressed="true"] { background: var(--_chosen); }
    button:disabled, button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
    :focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
    .said { margin: 0; padding: 0.75rem 1rem; background: var(--_chosen); border-radius: 10px; min-height: 6.2em; }
    .joining { margin: 0; }
    progress { accent-color: var(--_accent); width: min(20rem, 60%); }
    .pictures { display: grid; gap: 1rem; align-items: start; }
    .beside { display: grid; gap: 1rem; min-width: 0; }
    @container (min-width: 760px) { .pictures { grid-template-columns: 1fr 1fr; } .said { min-height: 4.7em; } }
    figure { margin: 0; min-width: 0; }
    figcaption, caption { font-size: 0.85rem; color: var(--_quiet); text-align: start; padding-block: 0.35rem; }
    svg { display: block; width: 100%; height: auto; max-height: 85vh; }
    path { fill: none; }
    .dot { stroke: var(--_border); stroke-width: 5; stroke-linecap: round; }
    .dot.small { stroke-width: 2; }
    .dot.dead { stroke: var(--_line); }
    .dot.heard { stroke: var(--_warm); }
    .dot.asked { stroke: var(--_accent); stroke-width: 8; }
    .dot.found { stroke: var(--_accent); stroke-width: 10; }
    .line { stroke: var(--_accent); stroke-width: 1.75; }
    .line.old { opacity: 0.35; stroke-width: 1; }
    .line.silent { stroke: var(--_danger); stroke-dasharray: 5 4; stroke-width: 1.25; }
    .cross { stroke: var(--_danger); stroke-width: 2.5; }
    .own { fill: var(--_text); }
    .nearest { fill: none; stroke: var(--_text); stroke-width: 2; }
    .key { fill: var(--_warm); }
    .half { stroke: var(--_warm); stroke-width: 5; }
    .bucket { stroke: var(--_quiet); stroke-width: 1.5; }
    .grid { stroke: var(--_line); stroke-width: 1; }
    .expected { stroke: var(--_warm); stroke-width: 1.5; stroke-dasharray: 6 4; }
    .label { fill: var(--_quiet); font-size: 12px; }
    .label.above { paint-order: stroke; stroke: var(--_panel); stroke-width: 6px; stroke-linejoin: round; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.5rem; margin: 0; }
    .figures div { border: 1px solid var(--_line); border-radius: 10px; padding: 0.5rem 0.75rem; }
    dt { font-size: 0.8rem; color: var(--_quiet); }
    dd { margin: 0; font-size: 1.25rem; font-weight: 650; font-variant-numeric: tabular-nums; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; overflow-wrap: normal; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    th, td { text-align: start; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--_line); vertical-align: top; }
    thead th { color: var(--_quiet); font-weight: 600; }
    code { overflow-wrap: anywhere; }
    @container (max-width: 440px) { table { font-size: 0.8rem; } th, td { padding-right: 0.35rem; } }
    mark { background: var(--_chosen); color: var(--_text); font-weight: 700; }
    .rounds { margin: 0; padding-left: 0; list-style: none; display: grid; gap: 0.4rem; font-size: 0.9rem; }
  `;
}

/** The arcs of a node's buckets, each a little further inside, with how many it knows there. */
function bucketArcs(own: SimulatedNode): TemplateResult[] {
  return own.table.buckets().map(({ bucket, contacts }) => {
    const arc = bucketArc(own.id, bucket);
    const radius = 90 - 4 * Math.min(bucket, 10);
    const label = pointAt((arc.start + arc.end) / 2, radius - 9);
    return svg`<path class="bucket" d=${arcPath(arc, radius)} />
      ${bucket < 3 ? svg`<text class="label" x=${label.x} y=${label.y + 4} text-anchor="middle">${contacts.length}</text>` : nothing}
      <path class="dot heard" d=${dotsPath(contacts.map(({ id }) => placeOf(id)))} />`;
  });
}

customElements.define("table-view", TableView);
