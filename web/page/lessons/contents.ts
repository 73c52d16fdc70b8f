// The contents: all pages of all stages, what has been done, and what comes next.

import { html, nothing, type TemplateResult } from "lit";
import type { Contents, PageEntry, StageEntry } from "../../shared/lessons.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import "./exercise-progress.ts";
import { exercises } from "./exercise-store.ts";
import "./contents.css";

const KINDS: Readonly<Record<PageEntry["kind"], string>> = {
  read: "",
  code: "Code",
  predict: "Predict",
  capture: "Capture",
  attack: "Attack",
};

class LessonContents extends PageElement {
  static override properties = {
    contents: { state: true },
    isShort: { state: true },
    problem: { state: true },
  };
  declare contents: Contents | undefined;
  /** Whether only the short way is shown. */
  declare isShort: boolean;
  declare problem: string;
  #ends: (() => void)[] = [];

  constructor() {
    super();
    this.isShort = false;
    this.problem = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const load = (): void => void this.#load();
    // A reader in a terminal may have gone on meanwhile.
    addEventListener("focus", load);
    this.#ends = [
      () => removeEventListener("focus", load),
      server.on("lessons/progress", load),
      // The way is that of the exercises, in all windows.
      exercises.watch(() => {
        this.isShort = exercises.overview?.isShort ?? false;
      }),
    ];
    load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#ends) end();
  }

  async #load(): Promise<void> {
    try {
      this.contents = await server.call("lessons/contents", {});
    } catch (error) {
      this.problem = problemWords(error);
    }
  }

  protected override render(): TemplateResult {
    if (this.problem !== "") return html`<p class="problem" role="alert">${this.problem}</p>`;
    if (this.contents === undefined) return html`<p class="loading" role="status">Loading …</p>`;
    const { stages, beside } = this.contents;
    const all = stages.flatMap(({ pages }) => pages);
    return html`<div class="contents">
      <h1>Lessons</h1>
      ${this.#next(all)}
      <course-progress .page=${this.#goOn(all)?.id ?? ""}></course-progress>
      <label class="short-only"><input type="checkbox" .checked=${this.isShort} @change=${this.#chooseWay}> Only the short way (${minutes(all.filter(({ isShort }) => isShort))})</label>
      ${stages.map((stage) => this.#stage(stage))}
      <section class="stage"><h2>To look things up</h2><ul class="beside">${beside.map(({ id, title }) => html`<li><a href=${linkTo("lessons", id)}>${title}</a></li>`)}</ul></section>
    </div>`;
  }

  /** The page to go on with: the one where the reader stopped, or the first one behind it that they have not read. */
  #goOn(all: readonly PageEntry[]): PageEntry | undefined {
    const last = Math.max(0, this.#lastOf(all));
    const ordered = [...all.slice(last), ...all.slice(0, last)];
    return ordered.find(({ isRead, isShort }) => !isRead && (isShort || !this.isShort));
  }

  #lastOf(all: readonly PageEntry[]): number {
    return all.findIndex(({ id }) => id === this.contents?.last);
  }

  #next(all: readonly PageEntry[]): TemplateResult {
    const last = this.#lastOf(all);
    const next = this.#goOn(all);
    const read = all.filter(({ isRead }) => isRead).length;
    return html`<div class="go-on panel">
      <div>
        ${
          next === undefined
            ? html`<p><strong>You have read all of it.</strong></p>`
            : html`<p class="quiet">${last === -1 ? "Begin here" : "Go on with"}</p><p class="title"><a href=${linkTo("lessons", next.id)}>${next.id} ${next.title}</a></p>`
        }
      </div>
      <div class="sums">
        ${bar("pages read", read, all.length)}
      </div>
    </div>`;
  }

  #stage({ stage, title, pages }: StageEntry): TemplateResult | typeof nothing {
    const shown = pages.filter(({ isShort }) => isShort || !this.isShort);
    if (shown.length === 0) return nothing;
    const read = shown.filter(({ isRead }) => isRead).length;
    return html`<section class="stage" aria-labelledby=${`stage-${stage}`}>
      <header><h2 id=${`stage-${stage}`}><span class="number">${stage}</span> ${title}</h2>${bar("read", read, shown.length)}</header>
      <ol>${shown.map((page) => this.#page(page))}</ol>
    </section>`;
  }

  #page({
    id,
    title,
    kind,
    isShort,
    reading,
    exercising,
    exercise,
    isRead,
    isPassed,
  }: PageEntry): TemplateResult {
    return html`<li class=${isRead ? "read" : ""}>
      <span class="mark" aria-hidden="true">${isRead ? "✓" : ""}</span>
      <span class="id">${id}</span>
      <a href=${linkTo("lessons", id)}>${title}</a>${isRead ? html`<span class="for-readers"> (read)</span>` : nothing}
      <span class="way">${isShort ? html`<span class="chip short">short way</span>` : nothing}</span>
      <span class="kind">${exercise === "" ? nothing : html`<span class="chip ${isPassed ? "done" : ""}">${isPassed ? "✓ " : ""}${KINDS[kind]}${isPassed ? html`<span class="for-readers"> passed</span>` : nothing}</span>`}</span>
      <span class="minutes">${reading}${exercising === 0 ? nothing : ` + ${exercising}`} min</span>
    </li>`;
  }

  async #chooseWay(event: Event): Promise<void> {
    const { checked } = event.target as HTMLInputElement;
    try {
      await server.call("exercises/way", { short: checked });
    } catch (error) {
      this.problem = problemWords(error);
    }
  }
}

/** How much of something is done. */
function bar(what: string, done: number, all: number): TemplateResult {
  return html`<div class="share"><progress max=${all} value=${done} aria-label=${what}></progress><span>${done} of ${all} ${what}</span></div>`;
}

function minutes(pages: readonly PageEntry[]): string {
  const sum = pages.reduce((total, { reading }) => total + reading, 0);
  const hours = Math.floor(sum / 60);
  return `${pages.length} pages, ${hours === 0 ? "" : `${hours} h `}${sum % 60} min to read`;
}

customElements.define("lesson-contents", LessonContents);
