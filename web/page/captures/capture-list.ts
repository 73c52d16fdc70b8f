// The list of captures: those that were dropped in, the user's own, and the course's recordings.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { CaptureItem } from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { shown, sizeWords } from "./words.ts";

const GROUPS: readonly {
  kind: CaptureItem["kind"];
  title: string;
  /** What to do if there is none; undefined if that is nothing to speak of. */
  none?: TemplateResult;
}[] = [
  { kind: "dropped", title: "Dropped in" },
  {
    kind: "own",
    title: "Your own",
    none: html`None yet. In a terminal, <code>npm run capture -- 02</code> records one, of this stage or any other.`,
  },
  { kind: "course", title: "The course's recordings" },
];

class CaptureList extends PageElement {
  static override properties = {
    items: { state: true },
    problem: { state: true },
  };
  declare items: readonly CaptureItem[] | undefined;
  declare problem: string;
  #unhear: (() => void)[] = [];

  constructor() {
    super();
    this.problem = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unhear = [
      server.on("captures/listed", () => void this.#ask()),
      server.watch(() => {
        if (server.state === "open") void this.#ask();
      }),
    ];
    void this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const unhear of this.#unhear) unhear();
  }

  async #ask(): Promise<void> {
    try {
      this.items = await server.call("captures/list", {});
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  async #remove({ id }: CaptureItem): Promise<void> {
    try {
      await server.call("captures/remove", { capture: id });
      await this.focusOn("a");
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  protected override render(): TemplateResult {
    return html`<div class="captures-list">
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      ${
        this.items === undefined
          ? html`<p class="loading" role="status">Looking which captures there are …</p>`
          : GROUPS.map(({ kind, title, none }) => this.#group(kind, title, none))
      }
    </div>`;
  }

  #group(
    kind: CaptureItem["kind"],
    title: string,
    none: TemplateResult | undefined,
  ): TemplateResult | typeof nothing {
    const items = (this.items ?? []).filter((item) => item.kind === kind);
    if (items.length === 0 && none === undefined) return nothing;
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      ${
        items.length === 0
          ? html`<p class="quiet">${none}</p>`
          : html`<ul class="capture-items">${repeat(
              items,
              ({ id }) => id,
              (item) => this.#item(item),
            )}</ul>`
      }
    </section>`;
  }

  #item(item: CaptureItem): TemplateResult {
    const name = shown(item.name);
    return html`<li class="panel">
      ${item.stage === null ? nothing : html`<span class="stage"><span class="for-readers">Stage </span>${item.stage}</span>`}
      <span class="about">
        <a href=${linkTo("captures", item.id)}><bdi>${name}</bdi></a>
        ${item.title === "" ? nothing : html`<span class="title">${shown(item.title)}</span>`}
        <span class="quiet facts">${sizeWords(item.bytes)}${item.keys === null ? nothing : html` · <span class="has-keys">with its ${item.keys === "log" ? "keys" : "passphrase"}</span>`}</span>
      </span>
      ${
        item.kind === "dropped"
          ? html`<button type="button" aria-label=${`Remove ${name}`} @click=${() => this.#remove(item)}>Remove</button>`
          : nothing
      }
    </li>`;
  }
}

customElements.define("capture-list", CaptureList);
