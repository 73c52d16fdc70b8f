// Two plots of a connection: bytes over time in each direction, and how readable each line is. A click on a point, or the
// arrow keys, choose a line.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import {
  MOST_BINS,
  MOST_POINTS,
  type ReadabilityPlot,
  type SideName,
  type Traffic,
} from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { pointWords, readabilityData, readabilityWords, trafficData, trafficWords } from "./plot-data.ts";
import { percentWords, shown, sizeWords } from "./words.ts";

const DARK = matchMedia("(prefers-color-scheme: dark)");

class CapturePlots extends PageElement {
  static override properties = {
    opened: { attribute: false },
    stream: { attribute: false },
    names: { attribute: false },
    chosen: { attribute: false },
    version: { attribute: false },
    traffic: { state: true },
    readability: { state: true },
    problem: { state: true },
    pointedAt: { state: true },
  };
  declare opened: number;
  declare stream: number;
  declare names: Record<SideName, string>;
  /** The line that is chosen; -1 if none is. */
  declare chosen: number;
  /** Of the keys: with others, the plots are others. */
  declare version: number;
  declare traffic: Traffic | undefined;
  declare readability: ReadabilityPlot | undefined;
  declare problem: string;
  /** The point under the pointer, among the points of readability; -1 if there is none. */
  declare pointedAt: number;
  #plots: uPlot[] = [];
  /** What draws them. It is loaded here because loading it fails where the browser's language is none (`C`). */
  #drawing: typeof uPlot | undefined;
  #asked = 0;
  readonly #sizes = new ResizeObserver(() => this.#resize());
  readonly #onColours = (): void => this.#draw();

  constructor() {
    super();
    this.opened = 0;
    this.stream = 0;
    this.names = { a: "a", b: "b" };
    this.chosen = -1;
    this.version = 0;
    this.problem = "";
    this.pointedAt = -1;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    DARK.addEventListener("change", this.#onColours);
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    DARK.removeEventListener("change", this.#onColours);
    this.#sizes.disconnect();
    this.#clear();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["opened", "stream", "version"].some((name) => changed.has(name))) void this.#ask();
  }

  protected override updated(changed: PropertyValues): void {
    if (["traffic", "readability", "names"].some((name) => changed.has(name))) this.#draw();
    else if (changed.has("chosen")) for (const plot of this.#plots) plot.redraw(false, false);
  }

  async #ask(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const { opened, stream } = this;
    this.problem = "";
    try {
      const [traffic, readability, drawing] = await Promise.all([
        server.call("captures/traffic", { opened, stream, bins: MOST_BINS / 2 }),
        server.call("captures/readability", { opened, stream, points: MOST_POINTS }),
        import("uplot"),
      ]);
      if (asked !== this.#asked) return;
      this.#drawing = drawing.default;
      this.traffic = traffic;
      this.readability = readability;
      this.pointedAt = -1;
    } catch (problem) {
      if (asked === this.#asked) this.problem = problemWords(problem);
    }
  }

  #clear(): void {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = [];
  }

  #draw(): void {
    this.#clear();
    const [over, how] = this.querySelectorAll<HTMLElement>(".plot");
    if (this.#drawing === undefined) return;
    if (this.traffic !== undefined && over !== undefined)
      this.#plots.push(this.#drawTraffic(this.#drawing, this.traffic, over));
    if (this.readability !== undefined && how !== undefined)
      this.#plots.push(this.#drawReadability(this.#drawing, this.readability, how));
  }

  #resize(): void {
    for (const plot of this.#plots) {
      const parent = plot.root.parentElement;
      if (parent !== null) plot.setSize(sizeIn(parent));
    }
  }

  #drawTraffic(Plot: typeof uPlot, traffic: Traffic, parent: HTMLElement): uPlot {
    const bars = Plot.paths.bars?.({ size: [0.9, 40] });
    const side = (name: string, colour: string): uPlot.Series => ({
      label: shown(name),
      stroke: colourOf(this, colour),
      fill: `${colourOf(this, colour)}40`,
      width: 1.5,
      points: { show: false },
      value: (_, value) => (value === null ? "" : sizeWords(Math.abs(value))),
      ...(bars === undefined ? {} : { paths: bars }),
    });
    return new Plot(
      {
        ...this.#frame(parent),
        axes: [
          this.#axis({ values: (_, ticks) => ticks.map((tick) => `${tick} s`) }),
          this.#axis({ size: 80, values: (_, ticks) => ticks.map((tick) => sizeWords(Math.abs(tick))) }),
        ],
        series: [
          { label: "Time", value: (_, value) => (value === null ? "" : `${value.toFixed(3)} s`) },
          side(this.names.a, "--accent"),
          side(this.names.b, "--mallory"),
        ],
      },
      trafficData(traffic),
      parent,
    );
  }

  #drawReadability(Plot: typeof uPlot, plot: ReadabilityPlot, parent: HTMLElement): uPlot {
    const [readable, sealed] = [colourOf(this, "--readable"), colourOf(this, "--sealed")];
    // What is printable is a filled point, bits per byte are a ring.
    const points = (label: string, scale: string, colour: string, fill: string): uPlot.Series => ({
      label,
      scale,
      stroke: colour,
      paths: () => null,
      points: { show: true, size: 7, fill, stroke: colour, width: 1.5 },
    });
    const ground = colourOf(this, "--panel");
    const drawn = new Plot(
      {
        ...this.#frame(parent),
        scales: { x: { time: false }, "%": { range: [0, 1] }, bits: { range: [0, 8] } },
        axes: [
          this.#axis({
            values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? `${tick}` : "")),
          }),
          this.#axis({
            scale: "%",
            splits: () => [0, 0.5, 1],
            values: (_, ticks) => ticks.map(percentWords),
          }),
          this.#axis({
            scale: "bits",
            splits: () => [0, 2, 4, 6, 8],
            side: 1,
            grid: { show: false },
            values: (_, ticks) => ticks.map((tick) => `${tick}`),
          }),
        ],
        series: [
          { label: "Line" },
          points("readable, %", "%", readable, readable),
          points("readable, bits", "bits", readable, ground),
          points("sealed, %", "%", sealed, sealed),
          points("sealed, bits", "bits", sealed, ground),
        ],
        legend: {
          live: false,
          markers: {
            width: 2,
            stroke: (_, series) => (series < 3 ? readable : sealed),
            fill: (_, series) => (series === 1 ? readable : series === 3 ? sealed : ground),
          },
        },
        hooks: {
          draw: [(self) => this.#markChosen(self, plot)],
          setCursor: [(self) => this.#pointAt(self.cursor.idx ?? -1)],
        },
      },
      readabilityData(plot),
      parent,
    );
    drawn.over.addEventListener("click", () => this.#choose(drawn.cursor.idx ?? -1));
    return drawn;
  }

  #frame(
    parent: HTMLElement,
  ): Pick<uPlot.Options, "width" | "height" | "scales" | "cursor" | "legend" | "hooks"> {
    return {
      ...sizeIn(parent),
      scales: { x: { time: false } },
      cursor: { drag: { x: false, y: false } },
      legend: { live: true },
      // Without a pointer there is no value: the legend then only says which colour is whose.
      hooks: {
        setCursor: [({ root, cursor }) => root.classList.toggle("at-point", typeof cursor.idx === "number")],
      },
    };
  }

  #axis(axis: uPlot.Axis): uPlot.Axis {
    const line = colourOf(this, "--line");
    return {
      stroke: colourOf(this, "--quiet"),
      font: "12px system-ui, sans-serif",
      ticks: { stroke: line, width: 1 },
      ...axis,
      grid: { stroke: line, width: 1, ...axis.grid },
    };
  }

  #pointAt(index: number): void {
    this.pointedAt = index;
  }

  /** A line through the points that are chosen. */
  #markChosen({ ctx, bbox, valToPos }: uPlot, plot: ReadabilityPlot): void {
    if (!plot.lines.includes(this.chosen)) return;
    const x = Math.round(valToPos(this.chosen, "x", true)) + 0.5;
    ctx.save();
    ctx.strokeStyle = colourOf(this, "--accent");
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }

  /** @param index among the points */
  #choose(index: number): void {
    const detail = this.readability?.lines[index];
    if (detail !== undefined) this.dispatchEvent(new CustomEvent("line-chosen", { detail }));
  }

  #onKey(event: KeyboardEvent): void {
    const lines = this.readability?.lines ?? [];
    const index = lines.indexOf(this.chosen);
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: index + 1,
      ArrowLeft: Math.max(0, index - 1),
      PageDown: Math.min(lines.length - 1, index + 10),
      PageUp: Math.max(0, index - 10),
      Home: 0,
      End: lines.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#choose(to);
  }

  protected override render(): TemplateResult {
    if (this.problem !== "") return html`<p class="problem" role="alert">${this.problem}</p>`;
    const { traffic, readability } = this;
    if (traffic === undefined || readability === undefined)
      return html`<p class="loading" role="status">Counting …</p>`;
    if (readability.lines.length === 0)
      return html`<p class="empty quiet panel">Nothing was said on this connection: there is nothing to plot.</p>`;
    const index = readability.lines.indexOf(this.chosen);
    const shownPoint = this.pointedAt < 0 ? index : this.pointedAt;
    return html`<figure class="panel">
        <figcaption><h2>Bytes over time</h2><p class="quiet">${trafficWords(traffic, this.names)}</p></figcaption>
        <div class="plot" role="img" aria-label=${`Bytes over time. ${trafficWords(traffic, this.names)}`}></div>
      </figure>
      <figure class="panel">
        <figcaption><h2>How readable each line is</h2><p class="quiet">${readabilityWords(readability)}${
          readability.sealed.includes(true)
            ? " Of a sealed line, the ciphertext is measured, not the letters and digits that it is written with."
            : nothing
        }</p></figcaption>
        <div class="plot points" tabindex="0" role="slider" aria-label="Line" aria-orientation="horizontal" aria-valuemin=${readability.lines[0] ?? 0}
          aria-valuemax=${readability.lines.at(-1) ?? 0} aria-valuenow=${index < 0 ? (readability.lines[0] ?? 0) : this.chosen}
          aria-valuetext=${index < 0 ? "none chosen: use the arrow keys" : pointWords(readability, index)} @keydown=${this.#onKey}></div>
        ${shownPoint < 0 ? nothing : html`<p class="quiet">${pointWords(readability, shownPoint)}</p>`}
      </figure>`;
  }
}

/** What the style sheet calls by this name, light or dark. */
function colourOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function sizeIn(parent: HTMLElement): { width: number; height: number } {
  // So that both plots and the chosen line's bytes have room in a window.
  const height = Math.min(320, Math.max(150, innerHeight / 2 - 300));
  return { width: Math.max(240, parent.clientWidth), height };
}

customElements.define("capture-plots", CapturePlots);
