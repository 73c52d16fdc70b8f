// What is in a capture that was read: lists of connections, packets and lines above, fields and bytes of what is chosen below.
// Whatever is chosen stands in the address.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { CaptureSummary, Hit } from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { counted, problemWords } from "../words.ts";
import "./capture-detail.ts";
import {
  DATAGRAM_COLUMNS,
  datagramRows,
  LINE_COLUMNS,
  LineRows,
  PACKET_COLUMNS,
  packetRows,
  TALK_COLUMNS,
  type Talk,
  TalkRows,
} from "./capture-lists.ts";
import { type Detail, detailOf, type Linked, NO_DETAIL, placeOf } from "./details.ts";
import "./capture-plots.ts";
import "./capture-search.ts";
import type { CompareDialog } from "./compare-dialog.ts";
import "./compare-dialog.ts";
import { connectionDetail } from "./facts.ts";
import type { Place } from "./field-tree.ts";
import { hasKeys, type KeysDialog } from "./keys-dialog.ts";
import type { Column, RowList, RowSource } from "./row-list.ts";
import "./row-list.ts";
import { partsOf, readView, type View } from "./view-address.ts";
import { shown } from "./words.ts";

const FILTER_HELP =
  "tcp, udp, data, sealed, clear, port N, stream N, conversation N, from A; not before any of them";

class CaptureBrowser extends PageElement {
  static override properties = {
    opened: { attribute: false },
    summary: { attribute: false },
    parts: { attribute: false },
    view: { state: true },
    packetRow: { state: true },
    filter: { state: true },
    detail: { state: true },
    hit: { state: true },
    problem: { state: true },
    version: { state: true },
  };
  declare opened: number;
  declare summary: CaptureSummary;
  declare parts: readonly string[];
  declare view: View;
  /** The row of the chosen packet in the list of packets; -1 if it is not in it. */
  declare packetRow: number;
  declare filter: string;
  declare detail: Detail;
  declare hit: Place | undefined;
  declare problem: string;
  /** Counts up when rows have come. */
  declare version: number;
  #talks: TalkRows | undefined;
  #packets: ReturnType<typeof packetRows> | undefined;
  #lines: { talk: Talk; rows: LineRows | ReturnType<typeof datagramRows> } | undefined;
  /** Counts what was wanted below the list: only the last is shown. */
  #wanted = 0;
  #isLoading = false;
  /** Whether the keyboard goes to the list of lines once it is there. */
  #goesToList = false;
  /** Until the view to which a hit belongs is there. */
  #hitToShow: Hit | undefined;
  readonly #changed = (problem?: unknown): void => {
    this.version += 1;
    if (problem !== undefined) this.problem = problemWords(problem);
  };

  constructor() {
    super();
    this.opened = 0;
    this.parts = [];
    this.packetRow = -1;
    this.filter = "";
    this.detail = NO_DETAIL;
    this.problem = "";
    this.version = 0;
  }

  protected override willUpdate(changed: PropertyValues<CaptureBrowser>): void {
    const before = changed.get("summary");
    const isStale =
      changed.has("opened") || (changed.has("summary") && before?.keys.version !== this.summary.keys.version);
    if (isStale) this.#renew();
    if (changed.has("parts")) this.#show(readView(this.parts));
    else if (isStale) this.#show(this.view);
  }

  protected override updated(): void {
    if (this.#goesToList && this.view.tab === "lines") {
      this.#goesToList = false;
      void this.querySelector<RowList>("row-list")?.focusOn(".grid");
    }
    document.title = `${headingOf(this.view)} · ${shown(this.summary.item.name)} · From plaintext to ciphertext`;
  }

  /** All rows are asked for again: it was opened anew, or there are other keys. */
  #renew(): void {
    this.#talks = new TalkRows(this.opened, this.summary, this.#changed);
    this.#talks.want(0, 1);
    this.#packets = undefined;
    this.#lines = undefined;
  }

  #show(view: View): void {
    this.problem = "";
    this.view = view;
    void this.#load();
  }

  /** Shows another view, and says so in the address. @param isStep whether "back" should lead to the one before */
  #go(view: View, isStep = false): void {
    const address = linkTo("captures", this.summary.item.id, ...partsOf(view));
    if (isStep) {
      location.hash = address;
      return;
    }
    history.replaceState(null, "", address);
    this.#show(view);
  }

  /** Asks for what stands below the list: one after the other, and of those that are no longer wanted by then, none. */
  async #load(): Promise<void> {
    this.#wanted += 1;
    if (this.#isLoading) return;
    this.#isLoading = true;
    for (let wanted = 0; wanted !== this.#wanted; ) {
      wanted = this.#wanted;
      await this.#loadOnce(() => wanted === this.#wanted);
    }
    this.#isLoading = false;
  }

  /** @param isWanted whether nothing else has been asked for since */
  async #loadOnce(isWanted: () => boolean): Promise<void> {
    const hit = this.#hitToShow;
    this.#hitToShow = undefined;
    try {
      const { view, opened, summary } = this;
      const [found, row] = await Promise.all([detailOf(opened, summary.item.id, view), this.#rowOf(view)]);
      if (!isWanted()) return;
      const detail = found ?? this.#nothingChosen(view);
      this.detail = detail;
      this.packetRow = row;
      this.hit = hit && placeOf(hit, detail.blocks);
    } catch (problem) {
      if (!isWanted()) return;
      this.detail = NO_DETAIL;
      this.problem = problemWords(problem);
    }
  }

  /** Of a view in which nothing is chosen: what was chosen before, as far as it belongs to the view. */
  #nothingChosen(view: View): Detail {
    return { ...NO_DETAIL, linked: { ...this.detail.linked, ...this.#linkedBy(view) } };
  }

  #linkedBy(view: View): Linked {
    if (view.tab === "lines") return { talk: view.talk, line: undefined };
    if (view.tab === "plots") return { talk: { kind: "stream", number: view.stream }, line: undefined };
    if (view.tab !== "connections" || view.row === undefined) return {};
    return { talk: this.#talks?.talkAt(view.row), line: undefined };
  }

  /** In which row of the list of packets the chosen one stands: -1 if the filter leaves it out. */
  async #rowOf(view: View): Promise<number> {
    if (view.tab !== "packets" || view.packet === undefined) return -1;
    if (this.filter === "") return view.packet - 1;
    const { opened, filter } = this;
    const { row } = await server.call("captures/row-of", { opened, filter, packet: view.packet });
    const [found] = (await server.call("captures/packets", { opened, filter, from: row, count: 1 })).rows;
    return found?.number === view.packet ? row : -1;
  }

  #onHit(event: CustomEvent<Hit | null>): void {
    const hit = event.detail;
    this.hit = undefined;
    if (hit === null) return;
    this.#hitToShow = hit;
    if (hit.where === "line" && hit.stream !== null && hit.line !== null)
      this.#go({ tab: "lines", talk: { kind: "stream", number: hit.stream }, line: hit.line });
    else this.#go({ tab: "packets", packet: hit.packet });
  }

  #onFilter(event: Event): void {
    this.filter = (event.currentTarget as HTMLInputElement).value.trim();
    this.#packets = undefined;
    this.#show(this.view);
  }

  protected override render(): TemplateResult {
    const { item, words, damage, notUnderstood } = this.summary;
    return html`<div class="browser">
      <header class="title">
        <p class="crumbs"><a href=${linkTo("captures")}>Captures</a></p>
        <h1><bdi>${shown(item.name)}</bdi></h1>
        <p class="quiet counts">${words}</p>
        <div class="actions">
          <button type="button" @click=${() => this.querySelector<KeysDialog>("keys-dialog")?.show()}>${
            hasKeys(this.summary.keys) ? `Keys: ${this.summary.keys.opened} opened` : "Open with keys …"
          }</button>
          <button type="button" @click=${() => this.querySelector<CompareDialog>("compare-dialog")?.show()}>Lay beside …</button>
        </div>
      </header>
      ${damage === null ? nothing : html`<p class="remark problem" role="status">${shown(damage)}</p>`}
      ${
        notUnderstood.length === 0
          ? nothing
          : html`<p class="remark quiet">Not understood, and perhaps TCP or UDP as well: ${notUnderstood
              .map(({ name, count }) => `${counted(count, "packet")} of ${shown(name)}`)
              .join(", ")}</p>`
      }
      ${this.problem === "" ? nothing : html`<p class="remark problem" role="alert">${this.problem}</p>`}
      <div class="bar">${this.#tabs()}
        <capture-search .opened=${this.opened} .keysVersion=${this.summary.keys.version} .hasKeys=${hasKeys(this.summary.keys)}
          .tab=${this.view.tab} @hit-shown=${this.#onHit}></capture-search></div>
      ${this.#top()}
      ${this.#below()}
      <keys-dialog .opened=${this.opened} .item=${item} .keys=${this.summary.keys}></keys-dialog>
      <compare-dialog .item=${item}></compare-dialog>
    </div>`;
  }

  #tabs(): TemplateResult {
    const { packet, line, talk = this.#firstTalk() } = this.detail.linked;
    const row = talk && this.#talks?.indexOf(talk);
    const isStream = talk?.kind === "stream";
    const tabs: readonly [View["tab"], string, View | undefined][] = [
      ["connections", "Connections", { tab: "connections", row }],
      ["packets", "Packets", { tab: "packets", packet }],
      ["lines", isStream ? "Lines" : "Datagrams", talk && { tab: "lines", talk, line }],
      ["plots", "Plots", isStream ? { tab: "plots", stream: talk.number, line } : undefined],
    ];
    return html`<nav class="tabs" aria-label="What is shown">${tabs.map(([tab, name, view]) =>
      view === undefined
        ? nothing
        : html`<a href=${linkTo("captures", this.summary.item.id, ...partsOf(view))}
            aria-current=${tab === this.view.tab ? "true" : nothing}>${name}</a>`,
    )}</nav>`;
  }

  /** Undefined if nobody said anything. */
  #firstTalk(): Talk | undefined {
    const { connections, conversations } = this.summary;
    if (connections > 0) return { kind: "stream", number: 0 };
    return conversations > 0 ? { kind: "conversation", number: 0 } : undefined;
  }

  #top(): TemplateResult {
    const { view } = this;
    switch (view.tab) {
      case "connections":
        return this.#list("Connections", TALK_COLUMNS, this.#talks, view.row ?? -1, (row) =>
          this.#go({ tab: "connections", row }),
        );
      case "packets":
        return html`${this.#filterBar()}${this.#list(
          "Packets",
          PACKET_COLUMNS,
          this.#packetSource(),
          this.packetRow,
          (row) => this.#choosePacket(row),
        )}`;
      case "lines":
        return this.#talkLines(view.talk, view.line);
      case "plots":
        return html`<capture-plots class="upper" .opened=${this.opened} .stream=${view.stream} .names=${this.#namesOf(view.stream)}
          .chosen=${view.line ?? -1} .version=${this.summary.keys.version}
          @line-chosen=${(event: CustomEvent<number>) => this.#go({ ...view, line: event.detail })}></capture-plots>`;
    }
  }

  #list(
    label: string,
    columns: readonly Column[],
    source: (RowSource & { isKnown?: boolean }) | undefined,
    chosen: number,
    choose: (row: number) => void,
  ): TemplateResult {
    if (source === undefined || (source.count === 0 && source.isKnown !== false))
      return this.#nothingIn(label);
    return html`<row-list class="upper list-${label.toLowerCase()}" id=${label.toLowerCase()} .label=${label} .columns=${columns}
      .source=${source} .version=${this.version} .chosen=${chosen}
      @row-chosen=${(event: CustomEvent<number>) => choose(event.detail)}
      @row-opened=${(event: CustomEvent<number>) => this.#open(event.detail)}></row-list>`;
  }

  #nothingIn(label: string): TemplateResult {
    const words: Readonly<Record<string, string>> = {
      Connections: "No TCP and no UDP was understood in it. Look at its packets.",
      Packets:
        this.filter === ""
          ? "There is no packet in it."
          : "No packet fits this filter: take it out, or type another one.",
      Lines: "Nothing was said on this connection. Choose another one.",
      Datagrams: "There is no datagram in it.",
    };
    return html`<p class="upper empty quiet panel">${words[label]}</p>`;
  }

  /** Enter, or a double click. */
  #open(row: number): void {
    if (this.view.tab !== "connections" || this.#talks === undefined) return;
    this.#goesToList = true;
    this.#go({ tab: "lines", talk: this.#talks.talkAt(row), line: undefined }, true);
  }

  #choosePacket(row: number): void {
    const known = this.#packets?.row(row)?.number;
    if (known === undefined && this.filter !== "") return;
    // At once: while a key is held down, the next row is counted from here.
    this.packetRow = row;
    this.#go({ tab: "packets", packet: known ?? row + 1 });
  }

  #filterBar(): TemplateResult {
    return html`<div class="filter"><label>Filter <input type="text" .value=${this.filter} placeholder="all packets" size="30"
      autocomplete="off" spellcheck="false" aria-describedby="filter-help" @change=${this.#onFilter}></label>
      <span id="filter-help" class="quiet">${FILTER_HELP}</span></div>`;
  }

  #packetSource(): ReturnType<typeof packetRows> {
    this.#packets ??= packetRows(this.opened, this.filter, this.#changed);
    return this.#packets;
  }

  #talkLines(talk: Talk, line: number | undefined): TemplateResult {
    const isStream = talk.kind === "stream";
    const rows = this.#linesOf(talk);
    const count = isStream ? this.summary.connections : this.summary.conversations;
    const about = rows instanceof LineRows ? rows.about : undefined;
    const step = (number: number, words: string, mark: string): TemplateResult =>
      number < 0 || number >= count
        ? html`<button type="button" disabled aria-label=${words}>${mark}</button>`
        : html`<button type="button" aria-label=${words}
            @click=${() => this.#go({ tab: "lines", talk: { ...talk, number }, line: undefined }, true)}>${mark}</button>`;
    return html`<div class="of">
        ${step(talk.number - 1, "The one before", "‹")}
        <strong>${isStream ? "Connection" : "Conversation"} ${talk.number}</strong>
        ${step(talk.number + 1, "The next one", "›")}
        <span class="quiet">${this.#talkWords(talk)}${about === undefined || about.about === "" ? nothing : html` · ${shown(about.about)}`}${
          about?.isCut ? " · more lines than can be shown here" : nothing
        }</span>
      </div>
      ${this.#list(
        isStream ? "Lines" : "Datagrams",
        isStream ? LINE_COLUMNS : DATAGRAM_COLUMNS,
        rows,
        line ?? -1,
        (row) => this.#go({ tab: "lines", talk, line: row }),
      )}`;
  }

  #linesOf(talk: Talk): LineRows | ReturnType<typeof datagramRows> {
    const known = this.#lines;
    if (known !== undefined && known.talk.kind === talk.kind && known.talk.number === talk.number)
      return known.rows;
    const names = (): Record<"a" | "b", string> => {
      const row = this.#talks?.conversation(talk.number);
      return { a: row?.a ?? "a", b: row?.b ?? "b" };
    };
    const rows =
      talk.kind === "stream"
        ? new LineRows(this.opened, talk.number, this.#changed)
        : datagramRows(this.opened, talk.number, names, this.#changed);
    this.#lines = { talk, rows };
    this.#wantTalk(talk);
    return rows;
  }

  /** Sees to it that its ends are known. */
  #wantTalk(talk: Talk): void {
    const index = this.#talks?.indexOf(talk) ?? 0;
    this.#talks?.want(index, index + 1);
  }

  #talkWords({ kind, number }: Talk): string {
    const row = kind === "stream" ? this.#talks?.connection(number) : this.#talks?.conversation(number);
    return row === undefined ? "" : shown(row.what);
  }

  #namesOf(stream: number): Record<"a" | "b", string> {
    this.#wantTalk({ kind: "stream", number: stream });
    return this.#talks?.connection(stream)?.names ?? { a: "a", b: "b" };
  }

  #below(): TemplateResult {
    const { view } = this;
    if (view.tab === "connections") {
      const talk = view.row === undefined ? undefined : this.#talks?.talkAt(view.row);
      return connectionDetail(this.summary.item.id, talk, this.#talks);
    }
    return html`<capture-detail .heading=${this.detail.heading} .facts=${this.detail.facts} .blocks=${this.detail.blocks}
      .hit=${this.hit} .hint=${view.tab === "plots" ? "Choose a point, by click or with the arrow keys" : "Choose a row of the list"}></capture-detail>`;
  }
}

function headingOf(view: View): string {
  switch (view.tab) {
    case "connections":
      return "Connections";
    case "packets":
      return view.packet === undefined ? "Packets" : `Packet ${view.packet}`;
    case "lines":
      return `${view.talk.kind === "stream" ? "Connection" : "Conversation"} ${view.talk.number}`;
    case "plots":
      return `Plots of connection ${view.stream}`;
  }
}

customElements.define("capture-browser", CaptureBrowser);
