// The wire as a drawing: who stands where, the packets that move between them, and Mallory in the middle.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Direction, WireLine, WireStage } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { styles } from "../styles.ts";
import { isAroundToken, journeyOf, type Lane, laneOf, malloryPlace, placesOf } from "./journeys.ts";
import { packetText } from "./line-text.ts";
import { type Packet, Packets, sightOf } from "./packets.ts";
import { isSameDirection, type SceneModel } from "./scene-model.ts";
import { wire } from "./wire-store.ts";
import { AROUND_WORDS, directionWords, LINK_WORDS, nameOf } from "./words.ts";

/** The most characters of what a packet says. */
const MOST_CHARACTERS = 48;

/** With three people on the wire, packets are narrow, so that they cover neither each other nor a name. */
const NARROW = { "--most": "20cqw" };

const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Emits `open-line` with the number of a line, and `fold` when the lane around the wire is to be shown or hidden. */
export class WireLanes extends PageElement {
  static override properties = {
    scene: { attribute: false },
    stage: { attribute: false },
    isFolded: { attribute: false },
    version: { attribute: false },
  };
  declare scene: SceneModel | undefined;
  declare stage: WireStage;
  /** Whether the lane around the wire is hidden. */
  declare isFolded: boolean;
  /** Another number whenever the scene has changed. */
  declare version: number;
  readonly #packets = new Packets();
  #unwatch = (): void => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = wire.watchLines((line, before) => this.#take(line, before));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("scene")) return;
    this.#packets.clear();
    for (const line of this.scene?.waiting ?? []) this.#take(line, undefined);
  }

  protected override render(): TemplateResult {
    const hasAround = placesOf(this.stage, "around").size > 0;
    return html`${hasAround ? this.#around() : nothing}
      <div class="lane lane-wire">${this.#track("wire")}</div>
      ${this.#mallory()}`;
  }

  #around(): TemplateResult {
    const count = this.scene?.lines.filter(({ link }) => laneOf(link) === "around").length ?? 0;
    return html`<div class="lane lane-around">
      <button type="button" class="fold" aria-expanded=${!this.isFolded} @click=${() => this.dispatchEvent(new CustomEvent("fold"))}>
        <span aria-hidden="true">${this.isFolded ? "▸" : "▾"}</span> ${AROUND_WORDS[this.stage]} <span class="quiet">${count}</span>
      </button>
      ${this.isFolded ? nothing : this.#track("around")}
    </div>`;
  }

  #track(lane: Lane): TemplateResult {
    const stops = [...placesOf(this.stage, lane)];
    const packets = this.#packets.all.filter(({ journey }) => journey.lane === lane);
    return html`<div class="track">
      <div class="cable"></div>
      ${stops.map(
        ([party, place]) =>
          html`<span class=${`stop ${party}`} ${styles({ "--place": String(place) })}>${nameOf(party)}</span>`,
      )}
      ${
        lane === "wire"
          ? html`<span class="stop mallory" ${styles({ "--place": String(malloryPlace(this.stage)) })}>Mallory</span>`
          : nothing
      }
      ${repeat(
        onlyFirstWaiting(packets),
        ({ key }) => key,
        (packet) => this.#packet(packet),
      )}
    </div>`;
  }

  #packet({ key, number, journey }: Packet): TemplateResult | typeof nothing {
    const line = this.scene?.line(number);
    if (line === undefined) return nothing;
    const { from, to, ending } = journey;
    const journeyStyles = styles({
      "--from": String(from),
      "--to": String(to),
      ...(this.stage === "05" ? NARROW : {}),
    });
    const classes = `packet ${sightOf(line)} ${ending} ${line.acts.length > 0 ? "touched" : ""}`;
    // The same line stands in the list, where the keyboard reaches it.
    return html`<div class=${classes} ${journeyStyles} aria-hidden="true" @click=${() => this.#open(number)}
      @animationend=${() => this.#end(key)}>${packetText(line, MOST_CHARACTERS)}</div>`;
  }

  #mallory(): TemplateResult {
    const { scene } = this;
    const directions = scene?.directions ?? [];
    const main = directions.filter(
      ({ link, from, to }) => laneOf(link) === "wire" && from !== "carol" && to !== "carol",
    );
    const others = directions.filter((one) => !main.includes(one));
    return html`<div class="mallory-row" role="group" aria-label="Mallory">
      ${main.map((direction, i) => this.#holdButton(direction, i === 0 ? "Hold the next line →" : "← Hold the next line"))}
      ${
        others.length === 0
          ? nothing
          : html`<details class="other-ways"><summary>Other ways</summary>
            <div>${others.map((direction) => this.#holdButton(direction, `${LINK_WORDS[direction.link]}: ${directionWords(direction)}`))}</div>
          </details>`
      }
    </div>`;
  }

  #holdButton(direction: Direction, text: string): TemplateResult {
    const { scene } = this;
    const isHeld = scene?.holds(direction) ?? false;
    const count = scene?.waiting.filter((line) => isSameDirection(line, direction)).length ?? 0;
    const state = !isHeld ? text : count === 0 ? "Waiting for a line …" : `${count} at Mallory: let all pass`;
    return html`<button type="button" class="hold" aria-pressed=${isHeld} ?disabled=${!(scene?.isOpen ?? false)}
      title=${`${LINK_WORDS[direction.link]}: from ${directionWords(direction)}`}
      @click=${() => this.#hold(direction, !isHeld)}>${state}<span class="for-readers">, from ${directionWords(direction)}</span></button>`;
  }

  #hold(direction: Direction, holds: boolean): void {
    const { scene } = this;
    if (scene === undefined) return;
    const { link, from, to } = direction;
    void wire.do(() => server.call("wire/hold", { scene: scene.number, holds, link, from, to }));
  }

  #take(line: WireLine, before: WireLine | undefined): void {
    const journey = journeyOf(this.stage, line, before);
    if (journey === undefined) return;
    this.#packets.add(line.number, journey, !still.matches && !document.hidden && !isAroundToken(line));
    this.requestUpdate();
  }

  #end(key: number): void {
    this.#packets.end(key);
    this.requestUpdate();
  }

  #open(number: number): void {
    this.dispatchEvent(new CustomEvent("open-line", { detail: number }));
  }
}

/** Of packets that wait at one place, the first one: the others would cover it. */
function onlyFirstWaiting(packets: readonly Packet[]): Packet[] {
  const taken = new Set<number>();
  return packets.filter(({ journey: { ending, to } }) => {
    if (ending !== "waits") return true;
    const isFirst = !taken.has(to);
    taken.add(to);
    return isFirst;
  });
}

customElements.define("wire-lanes", WireLanes);
