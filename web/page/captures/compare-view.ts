// Two captures of the same conversation side by side: the lines of the first chat of each, paired.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { CaptureSummary, CompareCell, Compared, CompareSide } from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { ServerRows } from "./capture-lists.ts";
import { hasKeys, type KeysDialog } from "./keys-dialog.ts";
import { lock } from "./marks.ts";
import { OpenCapture } from "./open-capture.ts";
import type { Column, ListedRow } from "./row-list.ts";
import "./row-list.ts";
import { partsOf } from "./view-address.ts";
import { percentWords, shown } from "./words.ts";

const SIDES = ["left", "right"] as const;
type SideOfTwo = (typeof SIDES)[number];
type Pair = Compared["rows"][number];

class CompareView extends PageElement {
  static override properties = {
    left: { attribute: false },
    right: { attribute: false },
    compared: { state: true },
    chosen: { state: true },
    problem: { state: true },
    version: { state: true },
  };
  /** Their ids in the list. */
  declare left: string;
  declare right: string;
  declare compared: Compared | undefined;
  declare chosen: number;
  declare problem: string;
  declare version: number;
  #open: Partial<Record<SideOfTwo, OpenCapture>> = {};
  #rows: ServerRows<Pair> | undefined;
  /** Of which captures, with which keys, the rows are. */
  #rowsOf = "";

  constructor() {
    super();
    this.left = "";
    this.right = "";
    this.chosen = -1;
    this.problem = "";
    this.version = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) for (const side of SIDES) this.#read(side);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const side of SIDES) this.#open[side]?.close();
  }

  protected override willUpdate(changed: PropertyValues): void {
    for (const side of SIDES) if (changed.has(side)) this.#read(side);
    this.#renew();
  }

  #read(side: SideOfTwo): void {
    this.#open[side]?.close();
    this.#open[side] = new OpenCapture(this[side], () => this.requestUpdate());
  }

  /** Asks for the rows anew when both are read, and when keys have come. */
  #renew(): void {
    const [left, right] = SIDES.map((side) => this.#open[side]?.state);
    if (left?.name !== "ready" || right?.name !== "ready") return;
    const rowsOf = [left, right].map(({ opened, summary }) => `${opened} ${summary.keys.version}`).join();
    if (rowsOf === this.#rowsOf) return;
    this.#rowsOf = rowsOf;
    this.problem = "";
    this.compared = undefined;
    this.#rows = new ServerRows(
      undefined,
      async (from, count) => {
        const given = { left: left.opened, right: right.opened, from, count };
        const compared = await server.call("captures/compare", given);
        this.compared = compared;
        return compared;
      },
      (pair) => this.#cells(pair),
      (problem) => {
        this.version += 1;
        if (problem !== undefined) this.problem = problemWords(problem);
      },
    );
  }

  #cells({ from, left, right }: Pair): ListedRow {
    const one = look(left);
    const other = look(right);
    return {
      look: `pair left-${one} right-${other}`,
      cells: [shown(this.compared?.names[from] ?? from), cell(left), cell(right)],
    };
  }

  protected override render(): TemplateResult {
    return html`<div class="browser beside">
      <header class="title">
        <p class="crumbs"><a href=${linkTo("captures")}>Captures</a></p>
        <h1>Side by side</h1>
      </header>
      ${this.problem === "" ? nothing : html`<p class="remark problem" role="alert">${this.problem}</p>`}
      <div class="two">${SIDES.map((side) => this.#side(side))}</div>
      ${this.#pairs()}
      ${this.#chosenPair()}
    </div>`;
  }

  #pairs(): TemplateResult | typeof nothing {
    if (this.#rows === undefined || this.problem !== "") return nothing;
    if (this.compared === undefined) return html`<p class="loading" role="status">Pairing the lines …</p>`;
    const columns: readonly Column[] = [
      { name: "Who", part: "name" },
      { name: `${this.compared.left.name}, stage ${this.compared.left.stage}`, part: "left" },
      { name: `${this.compared.right.name}, stage ${this.compared.right.stage}`, part: "right" },
    ];
    return html`<row-list class="upper list-pairs" id="pairs" label="Lines of both" .columns=${columns} .source=${this.#rows} .version=${this.version}
      .chosen=${this.chosen} @row-chosen=${(event: CustomEvent<number>) => {
        this.chosen = event.detail;
      }}></row-list>`;
  }

  #side(side: SideOfTwo): TemplateResult {
    const state = this.#open[side]?.state;
    if (state === undefined || state.name === "reading")
      return html`<div class="panel"><p role="status">Opening …</p></div>`;
    if (state.name === "failed")
      return html`<div class="panel"><h2><bdi>${shown(state.file || this[side])}</bdi> cannot be opened</h2><p class="problem" role="alert">${state.problem}</p></div>`;
    const { summary, opened } = state;
    const compared = this.compared?.[side];
    return html`<section class="panel" aria-label=${shown(summary.item.name)}>
      <h2><a href=${linkTo("captures", summary.item.id)}><bdi>${shown(summary.item.name)}</bdi></a></h2>
      ${compared === undefined ? nothing : verdict(compared)}
      ${this.#keys(side, opened, summary)}
    </section>`;
  }

  #keys(side: SideOfTwo, opened: number, summary: CaptureSummary): TemplateResult {
    const open = (event: Event): void =>
      (event.currentTarget as HTMLElement).parentElement?.querySelector<KeysDialog>("keys-dialog")?.show();
    return html`<div><button type="button" @click=${open}>${
      hasKeys(summary.keys) ? `Keys: ${summary.keys.opened} opened` : "Open with keys …"
    }</button>
      <keys-dialog .opened=${opened} .item=${summary.item} .keys=${summary.keys}
        @keys-changed=${(event: CustomEvent) => this.#open[side]?.takeKeys(event.detail)}></keys-dialog></div>`;
  }

  /** The chosen pair, whole, and where its lines stand. */
  #chosenPair(): TemplateResult {
    const pair = this.chosen < 0 ? undefined : this.#rows?.row(this.chosen);
    if (pair === undefined || this.compared === undefined)
      return html`<section class="detail empty" aria-label="The chosen lines"><p class="quiet">Choose a row: both lines appear here, whole.</p></section>`;
    const { compared } = this;
    return html`<section class="detail two-lines" aria-label="The chosen lines">${SIDES.map((side) => {
      const line = pair[side];
      if (line === null) return html`<div class="quiet">There is no such line.</div>`;
      const address = partsOf({
        tab: "lines",
        talk: { kind: "stream", number: compared[side].stream },
        line: line.line,
      });
      return html`<div><p><a href=${linkTo("captures", this[side], ...address)}>Line ${line.line}, byte by byte</a>
        <span class="quiet">${lookWords(line)}</span></p><pre class=${`look-${look(line)}`} tabindex="0" role="region" aria-label=${`Line ${line.line}`}>${shown(line.wire)}</pre></div>`;
    })}</section>`;
  }
}

function look(line: CompareCell | null): "none" | "sealed" | "readable" | "opened" {
  if (line === null) return "none";
  if (line.opened) return "opened";
  return line.sealed ? "sealed" : "readable";
}

function lookWords(line: CompareCell): string {
  if (line.opened) return "sealed on the wire, opened with keys";
  return line.sealed ? "sealed" : "a stranger can read it";
}

function cell(line: CompareCell | null): ListedRow["cells"][number] {
  return line === null ? "" : lock(line.sealed && !line.opened, shown(line.wire));
}

function verdict({ lines, readable, decrypted, wire, ciphertexts }: CompareSide): TemplateResult {
  const numbers = ({ printable, entropy }: CompareSide["wire"]): string =>
    `${percentWords(printable)} printable, ${entropy.toFixed(2)} bits per byte`;
  return html`<p class="sums"><strong class=${readable > 0 ? "look-readable" : "look-sealed"}>${readable} of ${lines}</strong> lines can be
      read by anybody${decrypted > 0 ? html`, ${decrypted} more with the keys` : nothing}.</p>
    <p class="quiet">On the wire: ${numbers(wire)}.${ciphertexts === null ? nothing : html` The ciphertexts in it: ${numbers(ciphertexts)}.`}</p>`;
}

customElements.define("compare-view", CompareView);
