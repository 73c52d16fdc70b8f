// A page of the course: its text, its figures and its exercise, and beside it the terminals in which its commands run.

import { html, nothing, type TemplateResult } from "lit";
import type { LessonPage, Part } from "../../shared/lessons.ts";
import "../figures/course-figure.ts";
import { figuresOf } from "../figures/figures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo, readRoute } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { beginAt, type Desk, deskOf } from "./desk.ts";
import "./exercise.ts";
import "./lesson-dock.ts";
import { partsOf, type Surroundings, sectionId } from "./parts.ts";
import "./lesson.css";

/** The address of the exercise on its page. */
const EXERCISE = "exercise";

/** What is to be known of a page when it is read in the browser. */
const NOTES: Readonly<Record<string, string>> = {
  "00-1":
    "You are reading this in the browser: the page has terminals of its own, and opens one beside the text when you run a command. You need no other terminal.",
};

/** How far each page was scrolled, in pixels. */
const positions = new Map<string, number>();
/** The page that was open last. */
let shownLast = "";

class LessonPageElement extends PageElement {
  static override properties = {
    page: { type: String },
    section: { type: String },
    lesson: { state: true },
    problem: { state: true },
    isRead: { state: true },
    endedPage: { state: true },
  };
  /** The page's id, such as 01-1. */
  declare page: string;
  /** Where on the page to begin; empty for its beginning. */
  declare section: string;
  declare lesson: LessonPage | undefined;
  declare problem: string;
  declare isRead: boolean;
  /** The page whose programs have ended because this one was opened; empty if none ran. */
  declare endedPage: string;
  #desk: Desk | undefined;
  #unwatch = (): void => {};
  #end: IntersectionObserver | undefined;
  /** Where the page is scrolled to when it is shown; undefined: to its section, or its top. */
  #position: number | undefined;
  readonly #noteScroll = (): void => {
    const { place, parts } = readRoute(location.hash);
    if (place === "lessons" && parts[0] === this.page && this.lesson?.id === this.page)
      positions.set(this.page, scrollY);
  };

  constructor() {
    super();
    this.page = "";
    this.section = "";
    this.problem = "";
    this.isRead = false;
    this.endedPage = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("scroll", this.#noteScroll, { passive: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("scroll", this.#noteScroll);
    this.#unwatch();
    this.#end?.disconnect();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("page")) return;
    this.#unwatch();
    this.#desk = deskOf(this.page);
    this.#unwatch = this.#desk.watch(() => this.requestUpdate());
    void this.#load(this.page, changed.get("page") !== undefined);
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("section") || (changed.has("lesson") && this.#position === undefined))
      void this.#goToSection();
  }

  /** @param isMove whether another page was open before: then the focus goes to the title */
  async #load(page: string, isMove: boolean): Promise<void> {
    this.problem = "";
    this.endedPage = "";
    // Who comes back finds the page as it was; who follows a link to another page begins at its top.
    const isKnown = wasHere() || (!isMove && this.section === "" && page === shownLast);
    const position = isKnown ? positions.get(page) : undefined;
    this.#position = position;
    shownLast = page;
    history.replaceState(HERE, "");
    try {
      const lesson = await server.call("lessons/open", { page });
      if (page !== this.page) return;
      this.lesson = lesson;
      if (this.#desk !== undefined && runsSomething(lesson.parts)) this.endedPage = beginAt(this.#desk);
      this.isRead = lesson.entry?.isRead ?? false;
      document.title = `${lesson.title} · Lessons`;
      if (position !== undefined) this.#stayAt(() => scrollTo(0, position));
      else if (this.section === "") scrollTo(0, 0);
      if (isMove) await this.focusOn("h1");
      await this.updateComplete;
      this.#watchEnd();
    } catch (error) {
      if (page !== this.page) return;
      this.lesson = undefined;
      this.problem = problemWords(error);
    }
  }

  async #goToSection(): Promise<void> {
    if (this.section === "" || this.lesson?.id !== this.page) return;
    // The texts are drawn by elements of their own.
    await new Promise(requestAnimationFrame);
    const named = document.getElementById(sectionId(this.section)) ?? document.getElementById(this.section);
    // What belongs to the exercise has no heading of its own.
    const isOfExercise = this.lesson.parts.some(
      (part) =>
        part.kind === "exercise" &&
        part.parts.some((one) => one.kind === "heading" && one.id === this.section),
    );
    const target = named ?? (isOfExercise ? document.getElementById(sectionId(EXERCISE)) : null);
    if (target !== null) this.#stayAt(() => target.scrollIntoView());
  }

  /** Parts that are loaded late move what stands below them: until the reader does something, the page stays in place. */
  #stayAt(scroll: () => void): void {
    const keep = new ResizeObserver(scroll);
    keep.observe(this);
    const events = ["wheel", "keydown", "pointerdown", "hashchange"];
    const stop = (): void => {
      keep.disconnect();
      for (const name of events) removeEventListener(name, stop);
    };
    for (const name of events) addEventListener(name, stop);
  }

  /** A page is read when its end was on the screen. */
  #watchEnd(): void {
    this.#end?.disconnect();
    const end = this.querySelector(".end");
    if (end === null) return;
    const { page } = this;
    this.#end = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true && page === this.page) this.#noteRead();
    });
    this.#end.observe(end);
  }

  #noteRead(): void {
    if (this.isRead) return;
    this.isRead = true;
    void server.call("lessons/read", { page: this.page });
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
    const surroundings: Surroundings = {
      place: ["lessons", id],
      desk: this.#desk,
      exercise: (exercise, said) => this.#exercise(exercise, said, surroundings),
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
      ${NOTES[id] === undefined ? nothing : html`<p class="note">${NOTES[id]}</p>`}
      <p class=${this.endedPage === "" ? "for-readers" : "note"} role="status">${this.endedPage === "" ? (this.#desk?.said ?? "") : `What ran for page ${this.endedPage} has ended: this page may need its ports.`}</p>
      ${partsOf(parts.slice(0, split), surroundings)}
      ${figuresOf(id).map((figure) =>
        figure.lessons[0] === id
          ? html`<course-figure .figure=${figure.id} .level=${2}></course-figure>`
          : html`<p class="to-play">To play with: <a href=${linkTo("figures", figure.id)}>${figure.title}</a></p>`,
      )}
      ${partsOf(parts.slice(split), surroundings)}
      <div class="end"></div>
      ${this.#around(around)}
    </article>`;
  }

  /** The exercise says its task, its hints and what it meant. What the page says of the starter stands below it. */
  #exercise(exercise: string, said: readonly Part[], surroundings: Surroundings): TemplateResult {
    const starter = sectionOf(said, "starter");
    const byHand = said.filter(({ kind }) => kind === "console");
    const { place } = surroundings;
    return html`${isAboutLearn(said) ? html`<p class="quiet">In this page, the button below does what <code>npm run learn</code> does in a terminal.</p>` : nothing}
      <course-exercise id=${sectionId(EXERCISE)} .exercise=${exercise} .byHand=${() => partsOf(byHand, surroundings)}></course-exercise>
      ${starter.length === 0 ? nothing : html`<closed-part .name=${`${place.join("/")}/starter`} summary="The starter, and what the check says of it" .isPrediction=${false} .inside=${() => partsOf(starter, surroundings)}></closed-part>`}`;
  }

  #around({
    previous,
    next,
    nextShort,
  }: Pick<LessonPage, "previous" | "next" | "nextShort">): TemplateResult {
    const link = (to: LessonPage["next"], words: string, kind: string) =>
      to === undefined
        ? nothing
        : html`<a class=${kind} href=${linkTo("lessons", to.id)} @click=${() => kind !== "previous" && this.#noteRead()}><span class="quiet">${words}</span><span>${to.id} ${to.title}</span></a>`;
    const isOther = nextShort !== undefined && nextShort.id !== next?.id;
    return html`<nav class="around" aria-label="Pages before and behind">
      ${link(previous, "← Before", "previous")}${link(next, "Next →", "next")}
      ${isOther && this.lesson?.entry?.isShort === true ? link(nextShort, "Next on the short way →", "next short") : nothing}
    </nav>`;
  }

  #sections({ id, parts }: LessonPage): TemplateResult {
    const headings = parts.flatMap((part) => {
      if (part.kind === "exercise") return [{ id: EXERCISE, html: "Exercise" }];
      return part.kind === "heading" && part.depth === 2 ? [part] : [];
    });
    if (headings.length < 2) return html`<div class="beside-lesson"></div>`;
    return html`<nav class="beside-lesson sections" aria-label="On this page">
      <p class="quiet">On this page</p>
      <ul>${headings.map(({ id: section, html: words }) => html`<li><a href=${linkTo("lessons", id, section)}><lesson-prose .html=${words}></lesson-prose></a></li>`)}</ul>
    </nav>`;
  }
}

/** What an entry of the browser's history knows of a page that was shown. */
const HERE = { wasHere: true };

/** Whether the browser went back, or forward, to where the page was shown before. */
function wasHere(): boolean {
  return (history.state as Partial<typeof HERE> | null)?.wasHere === true;
}

/** Whether one of the parts has a command that can be run. */
function runsSomething(parts: readonly Part[]): boolean {
  return parts.some((part) => {
    if ("parts" in part) return runsSomething(part.parts);
    return part.kind === "console" && part.reason === "";
  });
}

/** Figures stand below what they belong to: before what the stage leaves open, or before the exercise. */
function figurePlace(parts: readonly Part[]): number {
  const found = parts.findIndex(
    (part) => part.kind === "exercise" || (part.kind === "heading" && part.id === "still-unprotected"),
  );
  return found === -1 ? parts.length : found;
}

/** The parts below a heading. */
function sectionOf(parts: readonly Part[], id: string): readonly Part[] {
  const start = parts.findIndex((part) => part.kind === "heading" && part.id === id);
  if (start === -1) return [];
  const behind = parts.slice(start + 1);
  const end = behind.findIndex(({ kind }) => kind === "heading");
  return end === -1 ? behind : behind.slice(0, end);
}

/** Whether the task says how to begin it in a terminal. */
function isAboutLearn(parts: readonly Part[]): boolean {
  return parts.some((part) => part.kind === "prose" && part.html.includes("<code>npm run learn"));
}

customElements.define("lesson-page", LessonPageElement);
