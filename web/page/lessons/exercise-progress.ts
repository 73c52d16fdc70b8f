// How far the student is: a bar for each stage, where to go on, and the check of everything that has passed.

import { html, nothing, type TemplateResult } from "lit";
import type { ExerciseRow, Overview, RowOfAll } from "../../shared/exercises.ts";
import { CallError } from "../../shared/fields.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { outcomeDetails } from "./exercise-failure.ts";
import { exercises } from "./exercise-store.ts";
import "./exercise.css";
import "./exercise-progress.css";

class CourseProgress extends PageElement {
  static override properties = { problem: { state: true }, page: { type: String } };
  /** The page that the contents already say to go on with. */
  declare page: string;
  /** Why the last click had no effect. */
  declare problem: string;
  #unwatch: () => void = () => {};

  constructor() {
    super();
    this.problem = "";
    this.page = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = exercises.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  protected override render(): TemplateResult {
    const { overview } = exercises;
    if (overview === undefined) return html`<p class="loading">Loading …</p>`;
    const { rows, isShort, finished, problem, all } = overview;
    const way = isShort ? rows.filter((row) => row.isShort) : rows;
    return html`<section class="progress-of-all panel" aria-labelledby="progress-title">
      <header>
        <h2 id="progress-title">Exercises</h2>
        <p class="quiet">${sumOf(way)}</p>
        ${this.#goOn(overview)}
      </header>
      <ul class="stages">${stagesOf(way).map(([stage, some]) => stageBar(stage, some))}</ul>
      <div class="buttons">
        ${overview.current === "" ? nothing : this.#checkButton(all?.isRunning === true)}
      </div>
      ${[this.problem, problem].map((one) => (one === "" ? nothing : html`<p class="problem" role="alert">${one}</p>`))}
      ${all === undefined ? nothing : resultsOfAll(all)}
      ${finished.length === 0 ? nothing : html`<div class="finished"><h3>Finished</h3>${finished.map((one) => html`<p>${one}</p>`)}</div>`}
    </section>`;
  }

  #checkButton(isRunning: boolean): TemplateResult {
    const [name, call] = isRunning
      ? (["Stop", "exercises/stop-all"] as const)
      : (["Check everything", "exercises/check-all"] as const);
    return html`<button type="button" @click=${() => void this.#ask(() => server.call(call, {}))}>${name}</button>`;
  }

  /** The exercise that is open, or the next one. */
  #goOn({ rows, current, next }: Overview): TemplateResult | typeof nothing {
    const open = rows.find(({ id, standing }) => id === current && standing === "open");
    const row = open ?? rows.find(({ id }) => id === next);
    if (row === undefined || row.page === this.page) return nothing;
    return html`<a class="button" href=${linkTo("lessons", row.page)}>${open === undefined ? "Next exercise" : "Your exercise"}: ${row.title}</a>`;
  }

  async #ask(call: () => Promise<unknown>): Promise<void> {
    this.problem = "";
    try {
      await call();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.problem = error.message;
    }
  }
}

/** How many have passed. What was given solved counts for nobody. */
function sumOf(rows: readonly ExerciseRow[]): string {
  const own = rows.filter(({ standing }) => standing !== "given");
  const given = rows.length - own.length;
  const passed = own.filter(({ standing }) => standing === "passed").length;
  return `${passed} of ${own.length} passed${given === 0 ? "" : `, ${given} given solved`}`;
}

function stagesOf(rows: readonly ExerciseRow[]): [string, ExerciseRow[]][] {
  const stages = [...new Set(rows.map(({ stage }) => stage))];
  return stages.map((stage) => [stage, rows.filter((row) => row.stage === stage)]);
}

function stageBar(stage: string, rows: readonly ExerciseRow[]): TemplateResult {
  const done = rows.filter(({ standing }) => standing !== "open").length;
  return html`<li>
    <span>Stage ${stage}</span>
    <span class="segments" aria-hidden="true">${rows.map(
      ({ standing, isCurrent }) => html`<span class=${`${standing} ${isCurrent ? "current" : ""}`}></span>`,
    )}</span>
    <span class="count">${done} of ${rows.length}</span>
  </li>`;
}

function resultsOfAll({ isRunning, of, done }: NonNullable<Overview["all"]>): TemplateResult {
  const bad = done.filter(({ outcome }) => outcome.verdict !== "passed").length;
  const sum = bad === 0 ? "All of it passes." : `${bad} of them ${bad === 1 ? "does" : "do"} not pass.`;
  return html`<div class="all">
    <p role="status"><strong>${isRunning ? `Checking: ${done.length} of ${of} …` : `Checked ${done.length} of ${of}. ${sum}`}</strong></p>
    <ul>${done.map(resultOfOne)}</ul>
  </div>`;
}

function resultOfOne({ id, page, outcome }: RowOfAll): TemplateResult {
  const line = html`<a href=${linkTo("lessons", page)}>${id}</a> <span class=${outcome.verdict}>${outcome.headline}</span>`;
  if (outcome.verdict === "passed" && outcome.notes.length === 0) return html`<li>${line}</li>`;
  return html`<li>${line}<details><summary>Why</summary>${outcomeDetails(outcome)}</details></li>`;
}

customElements.define("course-progress", CourseProgress);
