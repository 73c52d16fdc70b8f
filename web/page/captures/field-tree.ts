// The fields of a packet or a line as a tree: layer by layer, and below these what a key has opened.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { PageElement } from "../page-element.ts";
import type { Block, Field, Span } from "./blocks.ts";

/** A range of bytes, in one of the blocks. */
export interface Place extends Span {
  block: number;
}

/** A row of the tree as it is drawn. */
interface Node extends Place {
  key: string;
  level: number;
  label: string;
  look: Field["look"] | "";
  clause: string | null;
  /** Of a layer: whether its fields are shown. */
  isOpen: boolean | undefined;
}

/** What the course is about stands behind these, so they are closed at first, if there is anything behind. */
const CLOSED_AT_FIRST = ["Ethernet", "IP", "TCP", "UDP"];

class FieldTree extends PageElement {
  static override properties = {
    blocks: { attribute: false },
    chosen: { attribute: false },
    lit: { attribute: false },
    toggled: { state: true },
    atKey: { state: true },
  };
  declare blocks: readonly Block[];
  declare chosen: Place | undefined;
  declare lit: Place | undefined;
  /** The layers that the user has opened or closed, by name: so they stay with the next packet. */
  declare toggled: ReadonlyMap<string, boolean>;
  /** Where the keyboard is. */
  declare atKey: string;

  constructor() {
    super();
    this.blocks = [];
    this.toggled = new Map();
    this.atKey = "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("chosen") && this.chosen !== undefined) this.#uncover(this.chosen);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("chosen") || changed.has("atKey"))
      this.querySelector(".at, [aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** Opens the layer in which a field stands. */
  #uncover(place: Place): void {
    const layers = this.blocks[place.block]?.layers ?? [];
    const layer = layers.find(({ start, end }) => place.start >= start && place.end <= end);
    const isWhole = layer?.start === place.start && layer.end === place.end;
    if (layer !== undefined && !isWhole && !this.#isOpen(layer.title))
      this.toggled = new Map(this.toggled).set(layer.title, true);
    this.atKey = keyOf(this.#nodes(), place) ?? "";
  }

  #isOpen(title: string): boolean {
    const known = this.toggled.get(title);
    if (known !== undefined) return known;
    const layers = this.blocks[0]?.layers ?? [];
    return !CLOSED_AT_FIRST.includes(title) || layers.at(-1)?.title === title;
  }

  #nodes(): Node[] {
    const isOne = this.blocks.length === 1;
    return this.blocks.flatMap((block, number) => {
      const own: Node = {
        key: `${number}`,
        level: 1,
        label: block.title,
        look: "",
        clause: null,
        isOpen: this.toggled.get(`block ${number}`) ?? true,
        block: number,
        start: 0,
        end: block.bytes.length,
      };
      const inside = this.#layerNodes(block, number, isOne ? 1 : 2);
      return isOne ? inside : [own, ...(own.isOpen ? inside : [])];
    });
  }

  #layerNodes({ layers }: Block, block: number, level: number): Node[] {
    return layers.flatMap(({ title, start, end, fields }, index): Node[] => {
      const key = `${block}-${index}`;
      const isOpen = this.#isOpen(title);
      const layer: Node = { key, level, label: title, look: "", clause: null, isOpen, block, start, end };
      const inside = fields.map(
        (field, i): Node => ({ ...field, key: `${key}-${i}`, level: level + 1, isOpen: undefined, block }),
      );
      const [only] = inside;
      if (inside.length === 1 && only !== undefined)
        return [{ ...only, label: `${title}: ${only.label}`, level }];
      // One layer that is all there is needs no name.
      if (layers.length === 1 && level > 1) return inside.map((node) => ({ ...node, level }));
      return [layer, ...(isOpen ? inside : [])];
    });
  }

  #toggle({ key, level, label, block, isOpen }: Node): void {
    if (isOpen === undefined) return;
    const isBlock = level === 1 && key === `${block}`;
    this.toggled = new Map(this.toggled).set(isBlock ? `block ${block}` : label, !isOpen);
  }

  #tell(name: "field-chosen" | "field-hovered", node: Node | undefined): void {
    const detail: Place | undefined = node && { block: node.block, start: node.start, end: node.end };
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #go(node: Node | undefined): void {
    if (node === undefined) return;
    this.atKey = node.key;
    this.#tell("field-chosen", node);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const nodes = this.#nodes();
    const index = nodes.findIndex(({ key }) => key === this.atKey);
    const node = nodes[index];
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.#go(nodes[index + 1]),
      ArrowUp: () => this.#go(nodes[Math.max(0, index - 1)]),
      Home: () => this.#go(nodes[0]),
      End: () => this.#go(nodes.at(-1)),
      ArrowRight: () => {
        if (node?.isOpen === false) this.#toggle(node);
        else if (node?.isOpen === true) this.#go(nodes[index + 1]);
      },
      ArrowLeft: () => {
        if (node?.isOpen === true) this.#toggle(node);
        else this.#go(nodes.slice(0, index).findLast(({ level }) => level < (node?.level ?? 0)));
      },
      Enter: () => node !== undefined && this.#toggle(node),
      " ": () => node !== undefined && this.#toggle(node),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  }

  protected override render(): TemplateResult {
    const nodes = this.#nodes();
    const chosen = keyOf(nodes, this.chosen);
    const lit = keyOf(nodes, this.lit);
    const isThere = nodes.some(({ key }) => key === this.atKey);
    return html`<div class="tree" role="tree" aria-label="Fields" tabindex="0"
      aria-activedescendant=${isThere ? this.#id(this.atKey) : nothing} @keydown=${this.#onKey}
      @pointerleave=${() => this.#tell("field-hovered", undefined)}>${repeat(
        nodes,
        ({ key }) => key,
        (node) => this.#node(node, node.key === chosen, node.key === lit),
      )}</div>`;
  }

  #id(key: string): string {
    return `${this.id}-node-${key}`;
  }

  #node(node: Node, isChosen: boolean, isLit: boolean): TemplateResult {
    const { key, level, label, look, clause, isOpen, start, end } = node;
    const classes = [
      "node",
      `level-${level}`,
      look === "" ? "" : `look-${look}`,
      isOpen === undefined ? "leaf" : "branch",
      key === this.atKey ? "at" : "",
      isLit ? "at-pointer" : "",
    ];
    return html`<div class=${classes.filter((one) => one !== "").join(" ")} role="treeitem" id=${this.#id(key)} aria-level=${level}
      aria-expanded=${isOpen ?? nothing} aria-selected=${isChosen}
      @click=${() => this.#onClick(node)} @pointerover=${() => this.#tell("field-hovered", node)}><span
        class="twist" aria-hidden="true" @click=${(event: Event) => this.#onTwist(event, node)}></span><span class="words">${label}</span>${
          clause === null
            ? nothing
            : html`<span class="clause"><span class="for-readers">, clause </span>${clause}</span>`
        }<span
        class="where"><span class="for-readers">, </span>${whereWords(start, end)}</span></div>`;
  }

  #onClick(node: Node): void {
    // A layer that is chosen already opens and closes.
    if (node.isOpen !== undefined && this.chosen !== undefined && isSame(node, this.chosen))
      this.#toggle(node);
    else if (node.isOpen === false) this.#toggle(node);
    this.#go(node);
  }

  #onTwist(event: Event, node: Node): void {
    if (node.isOpen === undefined) return;
    event.stopPropagation();
    this.#toggle(node);
  }
}

/** Of a layer and its only field, which have the same bytes, the field. */
function keyOf(nodes: readonly Node[], place: Place | undefined): string | undefined {
  return place && nodes.findLast((node) => isSame(node, place))?.key;
}

function isSame(one: Place, other: Place): boolean {
  return one.block === other.block && one.start === other.start && one.end === other.end;
}

function whereWords(start: number, end: number): string {
  const length = end - start;
  if (length === 0) return "no byte";
  return length === 1 ? `byte ${start}` : `bytes ${start}–${end - 1}`;
}

customElements.define("field-tree", FieldTree);
