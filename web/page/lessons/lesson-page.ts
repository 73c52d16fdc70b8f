// A page of the course: its text, its figures and its exercise, and beside it the terminals in which its commands run.

import { html, nothing, type TemplateResult } from "lit";
import type { LessonPage, Part } from "../../shared/lessons.ts";
import "../figures/course-figure.ts";
import { figuresOf } from "../figures/figures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { Desk } from "./desk.ts";
import "./exercise.ts";
import "./lesson-dock.ts";
import { partsOf, sectionId } from "./parts.ts";
import "./lesson.css";

class LessonPageElement extends PageElement {
  static override properties = {
    page: { type: String },
    section: { type: String },
    lesson: { state: true },
    problem: { state: true },
    isRead: { state: true },
  };
  /** The page's id, such as 01-1. */
  declare page: string;
  /** Where on the page to begin; empty for its beginning. */
  declare section: string;
  declare lesson: LessonPage | undefined;
  declare problem: string;
  declare isRead: boolean;
  #desk: Desk | undefined;
  #end: IntersectionObserver | undefined;

  constructor() {
    super();
    this.page = "";
    this.section = "";
    this.problem = "";
    this.isRead = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#desk?.leave();
    this.#desk = undefined;
    this.#end?.disconnect();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("page")) return;
    this.#desk?.leave();
    this.#desk = new Desk(this.page, () => this.requestUpdate());
    void this.#load(this.page, changed.get("page") !== undefined);
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("section") || changed.has("lesson")) void this.#goToSection();
  }

  /** @param isMove whether another page was open before: then the focus goes to the title */
  async #load(page: string, isMove: boolean): Promise<void> {
    this.problem = "";
    try {
      const lesson = await server.call("lessons/open", { page });
      if (page !== this.page) return;
      this.lesson = lesson;
      this.isRead = lesson.entry?.isRead ?? false;
      document.title = `${lesson.title} · Lessons`;
      if (this.section === "") scrollTo(0, 0);
      if (isMove) await this.focusOn("h1");
      await this.updateComplete;
      this.#watchEnd();
    } catch (error) {
      this.lesson = undefined;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  async #goToSection(): Promise<void> {
    if (this.section === "" || this.lesson?.id !== this.page) return;
    // The texts are drawn by elements of their own.
    await new Promise(requestAnimationFrame);
    const target = document.getElementById(sectionId(this.section)) ?? document.getElementById(this.section);
    target?.scrollIntoView();
  }

  /** A page is read when its end was on the screen. */
  #watchEnd(): void {
    this.#end?.disconnect();
    const end = this.querySelector(".end");
    if (end === null) return;
    const { page } = this;
    this.#end = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting !== true || this.isRead || page !== this.page) return;
      this.isRead = true;
      void server.call("lessons/read", { page });
    });
    this.#end.observe(end);
  }

  protected override render(): TemplateResult {
    if (this.problem !== "")
      return html`<p class="problem" role="alert">${this.problem} <a href=${linkTo("lessons")}>All lessons</a></p>`;
    if (this.lesson === undefined) return html`<p class="loading" role="status">Loading …</p>`;
    const terminals = this.#desk?.terminals ?? [];
    return html`<div class="lesson-layout ${terminals.length > 0 ? "with-terminals" : ""}">
      ${this.#article(this.lesson)}
      ${
        terminals.length > 0
          ? html`<aside class="beside-lesson" aria-label="Terminals"><lesson-dock .desk=${this.#desk} .terminals=${terminals} .active=${this.#desk?.active ?? ""}></lesson-dock></aside>`
          : this.#sections(this.lesson)
      }
    </div>`;
  }

  #article({ id, title, stage, entry, parts, ...around }: LessonPage): TemplateResult {
    const surroundings = {
      place: ["lessons", id],
      desk: this.#desk,
      exercise: (exercise: string) => html`<course-exercise .exercise=${exercise}></course-exercise>`,
    };
    const split = figurePlace(parts);
    return html`<article class="lesson">
      <p class="where"><a href=${linkTo("lessons")}>Lessons</a>${stage === "" ? nothing : html` › Stage ${stage} › ${id}`}</p>
      <h1 tabindex="-1">${title}</h1>
      ${
        entry === undefined
          ? nothing
          : html`<p class="head">
              <span class="chip ${entry.isShort ? "short" : ""}">${entry.isShort ? "Short way" : "In depth"}</span>
              <span>${entry.reading} minutes to read${entry.exercising === 0 ? nothing : html`, ${entry.exercising} for the exercise`}</span>
              ${this.isRead ? html`<span class="ok">✓ read</span>` : nothing}
            </p>`
      }
      ${partsOf(parts.slice(0, split), surroundings)}
      ${figuresOf(id)
        .filter(({ lessons }) => lessons[0] === id)
        .map((figure) => html`<course-figure .figure=${figure.id} .level=${2}></course-figure>`)}
      ${partsOf(parts.slice(split), surroundings)}
      <div class="end"></div>
      ${this.#around(around)}
    </article>`;
  }

  #around({
    previous,
    next,
    nextShort,
  }: Pick<LessonPage, "previous" | "next" | "nextShort">): TemplateResult {
    const link = (to: LessonPage["next"], words: string, kind: string) =>
      to === undefined
        ? nothing
        : html`<a class=${kind} href=${linkTo("lessons", to.id)}><span class="quiet">${words}</span><span>${to.id} ${to.title}</span></a>`;
    const isOther = nextShort !== undefined && nextShort.id !== next?.id;
    return html`<nav class="around" aria-label="Pages before and behind">
      ${link(previous, "← Before", "previous")}${link(next, "Next →", "next")}
      ${isOther && this.lesson?.entry?.isShort === true ? link(nextShort, "Next on the short way →", "next short") : nothing}
    </nav>`;
  }

  #sections({ id, parts }: LessonPage): TemplateResult {
    const headings = flat(parts).flatMap((part) =>
      part.kind === "heading" && part.depth === 2 ? [part] : [],
    );
    if (headings.length < 2) return html`<div class="beside-lesson"></div>`;
    return html`<nav class="beside-lesson sections" aria-label="On this page">
      <p class="quiet">On this page</p>
      <ul>${headings.map(({ id: section, html: words }) => html`<li><a href=${linkTo("lessons", id, section)}><lesson-prose .html=${words}></lesson-prose></a></li>`)}</ul>
    </nav>`;
  }
}

/** Figures stand below what they belong to: before what the stage leaves open, or before the exercise. */
function figurePlace(parts: readonly Part[]): number {
  const found = parts.findIndex(
    (part) => part.kind === "exercise" || (part.kind === "heading" && part.id === "still-unprotected"),
  );
  return found === -1 ? parts.length : found;
}

/** All parts, also those of the exercise; not those that are closed. */
function flat(parts: readonly Part[]): Part[] {
  return parts.flatMap((part) => (part.kind === "exercise" ? flat(part.parts) : [part]));
}

customElements.define("lesson-page", LessonPageElement);
