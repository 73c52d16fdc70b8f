// The place "The wire": a stage's programs in terminals, the wire between them with Mallory on it, its lines, and a line
// that is open.

import { html, nothing, type TemplateResult } from "lit";
import {
  type Party,
  type SceneTerminal,
  WIRE_STAGES,
  type WireLine,
  type WireStage,
} from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import "../terminal/course-terminal.ts";
import { counted } from "../words.ts";
import { FIRST_STAGE, linkToSpot, readSpot } from "./address.ts";
import "./findings-table.ts";
import { isListed, isQuietHeartbeat } from "./journeys.ts";
import "./held-time.ts";
import "./line-list.ts";
import "./line-log.ts";
import "./line-view.ts";
import { OpenLine } from "./open-line.ts";
import "./save-packets.ts";
import { sayingsOf } from "./sayings.ts";
import "./wire-lanes.ts";
import { wire } from "./wire-store.ts";
import { nameOf, outcomeSentence, programOf, SIGHT_WORDS, STAGE_WORDS } from "./words.ts";
import "./wire.css";

class WirePlace extends PageElement {
  static override properties = {
    parts: { attribute: false },
    stage: { state: true },
    field: { state: true },
    isFolded: { state: true },
    showsHeartbeats: { state: true },
  };
  /** What follows the place's name in the address. */
  declare parts: readonly string[];
  declare stage: WireStage;
  /** The field that stays lit; empty if none does. */
  declare field: string;
  /** Whether the lane around the wire, and its lines, are hidden. */
  declare isFolded: boolean;
  /** Whether heartbeats stand in the list. */
  declare showsHeartbeats: boolean;
  readonly #open = new OpenLine(() => {
    this.#nameSpot();
    this.requestUpdate();
  });
  /** The line as it was when it was explained last. */
  #explained: WireLine | undefined;
  #unwatch: (() => void)[] = [];

  constructor() {
    super();
    this.parts = [];
    this.stage = FIRST_STAGE;
    this.field = "";
    this.isFolded = false;
    this.showsHeartbeats = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = [
      wire.watch(() => this.#followScene()),
      wire.watchLines((line, before) => {
        const hasOffer = line.offer !== undefined && before?.offer === undefined;
        const isWanted = line.state === "held" && (before === undefined || hasOffer);
        if (isWanted && this.#isHere) this.#lookAt(line);
      }),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const unwatch of this.#unwatch) unwatch();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("parts")) this.#go();
  }

  protected override updated(changed: Map<string, unknown>): void {
    // Where the window is narrow, the stages are scrolled.
    if (changed.has("stage"))
      this.querySelector(".stages [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Follows the address. */
  #go(): void {
    const spot = readSpot(this.parts);
    const isHere = this.parts.length === 0 && wire.scene?.isOpen === true;
    this.stage = isHere ? (wire.scene?.stage ?? spot.stage) : spot.stage;
    this.field = spot.field ?? "";
    if (spot.line !== undefined) {
      void this.#open.showBytes(spot.stage, spot.line);
      return;
    }
    this.#close();
    void wire.show(this.stage);
  }

  #followScene(): void {
    // Another scene: what was open belongs to one that has ended.
    if (this.#open.number !== 0 && this.#open.scene !== wire.scene?.number) this.#close();
    const line = this.#openedLine;
    // What Mallory does to the line that is open is seen at once.
    if (
      line !== undefined &&
      this.#explained?.number === line.number &&
      this.#explained.changed !== line.changed
    )
      this.#show(line);
    // A line that waits no more makes room for the next one that does.
    const { waiting = [] } = wire.scene ?? {};
    const isDecided = this.#explained?.state === "held" && line?.state !== "held";
    if (isDecided && waiting[0] !== undefined && this.#isHere) this.#show(waiting[0]);
    // The stage may have been left while another one was being opened.
    if (
      wire.opening === undefined &&
      wire.scene?.isOpen === true &&
      wire.scene.stage !== this.stage &&
      !this.#isAway
    )
      void wire.show(this.stage);
    this.requestUpdate();
  }

  /**
   * A line stands at Mallory: it is what one wants to see, unless one is busy with another that does. Of the lines of a
   * frame, it is the one that can be changed with one click.
   */
  #lookAt(line: WireLine): void {
    const opened = this.#openedLine;
    const isBusy = opened?.state === "held" && (opened.offer !== undefined || opened.acts.length > 0);
    if (opened?.state !== "held" || (line.offer !== undefined && !isBusy)) this.#show(line);
  }

  #show(line: WireLine, isChanged = line.changed !== undefined): void {
    if (wire.scene === undefined) return;
    if (this.#open.number !== line.number) this.field = "";
    this.#explained = line;
    void this.#open.show(wire.scene.number, line, isChanged);
  }

  get #openedLine(): WireLine | undefined {
    return this.#open.scene === wire.scene?.number ? wire.scene.line(this.#open.number) : undefined;
  }

  /** Whether the scene is the one of the stage that is shown, and stays it. */
  get #isHere(): boolean {
    return wire.opening === undefined && wire.scene?.stage === this.stage;
  }

  #close(): void {
    this.#explained = undefined;
    this.#open.close();
  }

  /** Whether only a line is shown, and no program was started for it. */
  get #isAway(): boolean {
    return wire.scene?.stage !== this.stage && this.#open.explained !== undefined;
  }

  /** The address of what is shown stands in the address bar, without a step back for each line. */
  #nameSpot(): void {
    const { explained } = this.#open;
    const { stage, field } = this;
    const spot =
      explained === undefined
        ? { stage }
        : {
            stage: explained.stage,
            line: { link: explained.link, bytes: explained.bytes },
            ...(field === "" ? {} : { field }),
          };
    history.replaceState(null, "", linkToSpot(spot));
  }

  protected override render(): TemplateResult {
    return html`<h1 class="for-readers">The wire</h1>
      <div class="show">${this.#stages()}${this.#notices()}
      <div class=${`people stage-${this.stage}`}>${this.#people()}</div>
      <section class="panel wires" aria-label="The wire">
        <wire-lanes .scene=${wire.scene} .stage=${this.stage} .isFolded=${this.isFolded} .version=${wire.version}
          @open-line=${this.#onOpen} @fold=${() => (this.isFolded = !this.isFolded)}></wire-lanes>
        ${this.#outcome()}
      </section>
      <div class="below">
        <section class="panel passed" aria-label="The lines that have passed">
          <line-list .lines=${this.#shownLines} .opened=${this.#open.number} @open-line=${this.#onOpen}></line-list>${this.#heartbeats()}
        </section>
        <section class="panel opened" aria-label="The line that is open">${this.#opened()}</section>
      </div></div>
      <section class="panel findings">
        <div class="findings-head"><h2>What somebody on the way could do</h2><save-packets .scene=${wire.scene}></save-packets></div>
        <findings-table .rows=${wire.rows} .closing=${wire.closing}></findings-table>
      </section>
      <line-log></line-log>`;
  }

  #stages(): TemplateResult {
    return html`<nav class="stages" aria-label="Stages">${WIRE_STAGES.map(
      (
        stage,
      ) => html`<a href=${linkTo("wire", stage)} aria-current=${stage === this.stage ? "page" : nothing}>
        <span class="stage-name"><span class="stage-number">${stage}</span> ${STAGE_WORDS[stage].name}</span>
        <span class="stage-news">${STAGE_WORDS[stage].news}</span></a>`,
    )}</nav>`;
  }

  #notices(): TemplateResult {
    const { scene, notice } = wire;
    return html`${
      notice === ""
        ? nothing
        : html`<div class="notice" role="status"><p>${notice}</p>
          <button type="button" @click=${this.#dismiss}>All right</button></div>`
    }${
      scene?.state === "failed"
        ? html`<div class="notice" role="alert"><p>The programs did not start: ${scene.says}</p>
          <button type="button" @click=${this.#again}>Start again</button></div>`
        : nothing
    }`;
  }

  #people(): TemplateResult | TemplateResult[] {
    const { scene } = wire;
    if (this.#isAway) return this.#away();
    if (scene?.stage !== this.stage && wire.opening === undefined && wire.problem !== "")
      return html`<div class="panel starting"><p>The programs of stage ${this.stage} did not start.</p>
        <button type="button" class="main" @click=${this.#again}>Start again</button></div>`;
    if (scene?.stage !== this.stage || scene.terminals.length === 0)
      return html`<p class="panel starting" role="status">Starting the programs of stage ${this.stage} …</p>`;
    return scene.terminals
      .filter(({ party }) => party !== "registry")
      .map((terminal) => this.#person(terminal));
  }

  #away(): TemplateResult {
    return html`<div class="panel starting"><p>This line was shared. No program runs for it.</p>
      <button type="button" class="main" @click=${() => void wire.open(this.stage)}>Start stage ${this.stage}</button></div>`;
  }

  #person(terminal: SceneTerminal): TemplateResult {
    const { party } = terminal;
    const name = party === "calculator" ? "Bob\u2019s calculator" : nameOf(party);
    const isEnded = wire.hasEnded(terminal);
    return html`<section class=${`person ${party}`} aria-label=${name}>
      ${
        isEnded
          ? html`<div class="ended"><span>${programOf(party)} has ended.</span>
            <button type="button" @click=${this.#again}>Start again</button></div>`
          : html`<div class="sayings">${this.#sayings(terminal, name)}</div>`
      }
      <course-terminal .terminal=${terminal.terminal} label=${name}></course-terminal>
    </section>`;
  }

  /** Their chat has ended: nobody hears what they would say. */
  #isSilent(party: Party): boolean {
    const { scene } = wire;
    const isCaller = party === "alice" || party === "bob";
    return isCaller && scene?.state === "ready" && !scene.isTalking;
  }

  #sayings(terminal: SceneTerminal, name: string): TemplateResult | TemplateResult[] {
    const { party } = terminal;
    const isSilent = this.#isSilent(party);
    if (isSilent && party === "alice")
      return html`<button type="button" class="main" ?disabled=${wire.isCalling} @click=${() => void wire.call()}>${
        wire.isCalling ? "Alice calls Bob \u2026" : "Call Bob again"
      }</button>`;
    return sayingsOf(this.stage, party).map(
      ({ text, typed }) => html`<button type="button" ?disabled=${wire.scene?.state !== "ready" || isSilent}
        aria-label=${`Let ${name} say: ${text}`} title=${`Types it in ${name}\u2019s terminal`}
        @click=${() => this.#say(terminal, typed)}>${text}</button>`,
    );
  }

  /** Also heard: what a program did is the point of it all. */
  #outcome(): TemplateResult {
    const { scene, problem } = wire;
    const outcome = scene?.outcomes.at(-1);
    if (problem !== "") return html`<p class="outcome problem" role="alert">${problem}</p>`;
    const [first] = scene?.waiting ?? [];
    if (first !== undefined)
      return html`<p class="outcome" role="status"><strong class="at-mallory">A line stands at Mallory.</strong> Change it, drop it, or pass it on. <held-time .line=${first} aria-hidden="true"></held-time></p>`;
    const state = scene?.isOpen === true ? asSentence(scene.says) : "";
    return html`<p class="outcome" role="status">${
      outcome === undefined
        ? state
        : html`<strong class=${outcome.noticed === null ? "" : outcome.noticed ? "good" : "bad"}>${outcomeSentence(outcome)}.</strong>
          <span class=${outcome.noticed === null ? "quiet" : "printed"}>${outcome.noticed === null ? asSentence(outcome.words) : outcome.words}</span>`
    }</p>`;
  }

  get #shownLines(): readonly WireLine[] {
    const { lines = [], stage } = wire.scene ?? {};
    if (stage !== this.stage) return [];
    return lines.filter((line) => isListed(line, this));
  }

  /** The registry's heartbeats would push what is said out of the list. */
  #heartbeats(): TemplateResult | typeof nothing {
    const { lines = [], stage } = wire.scene ?? {};
    const count = stage === this.stage && !this.isFolded ? lines.filter(isQuietHeartbeat).length : 0;
    if (count === 0) return nothing;
    return html`<button type="button" class="heartbeats" aria-pressed=${this.showsHeartbeats}
      @click=${() => (this.showsHeartbeats = !this.showsHeartbeats)}>${counted(count, "heartbeat")} ${this.showsHeartbeats ? "shown" : "hidden"}</button>`;
  }

  #opened(): TemplateResult {
    const { explained, problem, isChanged } = this.#open;
    if (problem !== "") return html`<p class="problem" role="alert">${problem}</p>`;
    if (explained === undefined) return legend();
    const line = this.#openedLine;
    return html`<line-view .explained=${explained} .line=${line} .scene=${wire.scene?.number ?? 0} .field=${this.field}
      .isChanged=${isChanged} .canSend=${line !== undefined && line.state !== "held" && wire.scene?.isOpen === true}
      @close-line=${this.#onClose} @open-field=${this.#onField} @show-changed=${this.#onShowChanged}
      @send-again=${this.#onSendAgain} @decided=${() => void this.focusOn(".lines")}></line-view>`;
  }

  #onOpen({ detail }: CustomEvent<number>): void {
    const line = wire.scene?.line(detail);
    if (line !== undefined) this.#show(line);
  }

  #onClose(): void {
    this.field = "";
    this.#close();
    void this.focusOn(".lines");
  }

  #onField({ detail }: CustomEvent<string>): void {
    this.field = detail;
    this.#nameSpot();
  }

  #onShowChanged({ detail }: CustomEvent<boolean>): void {
    const line = this.#openedLine;
    if (line !== undefined) this.#show(line, detail);
  }

  #onSendAgain(): void {
    const { scene } = wire;
    const line = this.#open.number;
    if (scene !== undefined) void wire.do(() => server.call("wire/again", { scene: scene.number, line }));
  }

  #say({ terminal }: SceneTerminal, typed: string): void {
    void wire.do(() => server.call("terminals/type", { terminal, text: `${typed}\r` }));
  }

  #again(): void {
    void wire.open(this.stage);
  }

  #dismiss(): void {
    wire.notice = "";
    wire.changed();
  }
}

function asSentence(text: string): string {
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** What one sees before a line is open. */
function legend(): TemplateResult {
  return html`<div class="legend">
    <h2>What a stranger sees</h2>
    <ul>
      <li><span class="sample readable">hello, Bob</span> ${SIGHT_WORDS.readable}</li>
      <li><span class="sample known">"type"</span> ${SIGHT_WORDS.known}</li>
      <li><span class="sample sealed">5f1c09a2</span> ${SIGHT_WORDS.sealed}</li>
    </ul>
    <p class="quiet">Open a line, with a click or with Enter, to see what each of its bytes is. Let Mallory hold the next one to change
      it, drop it, or send it again.</p>
  </div>`;
}

customElements.define("wire-place", WirePlace);
