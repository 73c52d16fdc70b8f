// An exercise in its page: its task, the file to write in, the verdict after each save, hints, and what it meant.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import {
  type CodeLine,
  type ExerciseFile,
  type ExerciseState,
  type ExerciseText,
  MOST_ANSWER,
  type PacketsView,
} from "../../shared/exercises.ts";
import { CallError } from "../../shared/fields.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { codeComparison } from "./exercise-code.ts";
import { packetTables } from "./exercise-packets.ts";
import { exercises } from "./exercise-store.ts";
import {
  details,
  headline,
  isSame,
  openingName,
  problemOrLoading,
  standing,
  texts,
} from "./exercise-words.ts";
import "./exercise-editor.ts";
import "./exercise.css";

/** What was asked for about the exercise, and is shown below its verdict. */
type Shown =
  | { kind: "packets"; packets: PacketsView }
  | { kind: "changes"; lines: readonly CodeLine[]; elsewhere: readonly string[] }
  | { kind: "solution"; code: string };

class CourseExercise extends PageElement {
  static override properties = {
    exercise: { attribute: false },
    byHand: { attribute: false },
    shown: { state: true },
    problem: { state: true },
    message: { state: true },
    isWriting: { state: true },
    asksReset: { state: true },
  };
  /** The exercise's id, such as 01-hello. */
  declare exercise: string;
  /** Draws the command that starts the student's own program, if its page names one. */
  declare byHand: () => TemplateResult;
  declare shown: Shown | undefined;
  /** Why the last click had no effect. */
  declare problem: string;
  /** What the last click has done. */
  declare message: string;
  /** Whether the file is written in the page. */
  declare isWriting: boolean;
  declare asksReset: boolean;
  /** When the verdict arrived that `shown` belongs to. */
  #shownAt = 0;
  #hide: () => void = () => {};
  #unwatch: () => void = () => {};

  constructor() {
    super();
    this.exercise = "";
    this.byHand = () => html``;
    this.#forget();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = exercises.watch(() => this.requestUpdate());
    this.#show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
    this.#hide();
    this.#hide = () => {};
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("exercise") && this.hasUpdated) {
      this.#forget();
      this.#show();
    }
    void this.#refreshShown();
  }

  /** With a new verdict, the packets of the run before are put away; what was changed is asked for again. */
  async #refreshShown(): Promise<void> {
    const { shown } = this;
    const at = exercises.state(this.exercise)?.outcome?.at ?? 0;
    if (shown === undefined || shown.kind === "solution" || at === this.#shownAt) return;
    this.#shownAt = at;
    if (shown.kind === "packets") {
      this.shown = undefined;
      return;
    }
    const next = await this.#ask(() => this.#askFor(shown.kind));
    if (next !== undefined && this.shown?.kind === shown.kind) this.shown = next;
  }

  #show(): void {
    this.#hide();
    this.#hide = this.exercise === "" ? () => {} : exercises.show(this.exercise);
  }

  #forget(): void {
    this.shown = undefined;
    this.problem = "";
    this.message = "";
    this.isWriting = false;
    this.asksReset = false;
  }

  protected override render(): TemplateResult {
    const text = exercises.text(this.exercise);
    const state = exercises.state(this.exercise);
    if (text === undefined || state === undefined)
      return html`<section class="exercise panel" aria-label="Exercise">${problemOrLoading(exercises.problem(this.exercise))}</section>`;
    const isQuestion = text.kind === "predict" || text.kind === "capture";
    return html`<section class="exercise panel" aria-labelledby="exercise-title">
      <header>
        <h2 id="exercise-title">Exercise <code>${text.id}</code></h2>
        ${standing(state)}
      </header>
      <h3>${isQuestion ? "Question" : "Task"}</h3>
      ${texts(text.task, text.page)}
      ${text.checked.length === 0 ? nothing : html`<h3>What is checked</h3>${texts(text.checked, text.page)}`}
      ${isQuestion ? this.#question(text, state) : this.#program(state)}
      ${[this.problem, exercises.overview?.problem ?? ""].map((one) => (one === "" ? nothing : html`<p class="problem" role="alert">${one}</p>`))}
      ${state.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
      ${this.#verdict(text, state)}
      ${this.#hints(text, state)}
      ${text.meaning.length === 0 ? nothing : this.#passed(text, state)}
    </section>`;
  }

  /** Where the code is written, and how to get there. */
  #program(state: ExerciseState): TemplateResult {
    const { file, isCurrent } = state;
    if (file === undefined) return html``;
    if (!isCurrent)
      return html`<p class="buttons"><button type="button" class="main" @click=${() => void this.#begin()}>${openingName(state)}</button>
        <span class="quiet">You write in <code>${file.name}</code>.</span></p>`;
    return html`<div class="file">
      <p>You write in <button type="button" class="link" title="Open it in your editor" @click=${() => void this.#openEditor(file)}><code>${file.name}</code></button>, line ${file.line}. Each save is checked.</p>
      <div class="buttons">
        <button type="button" class="main" @click=${() => void this.#openEditor(file)}>Open in your editor</button>
        <button type="button" aria-expanded=${this.isWriting} @click=${() => {
          this.isWriting = !this.isWriting;
        }}>${this.isWriting ? "Close the text field" : "Write it here"}</button>
        <button type="button" @click=${() => void this.#copyPath(file)}>Copy the path</button>
        <span role="status" class="quiet">${this.message}</span>
      </div>
      ${this.isWriting ? html`<exercise-editor .exercise=${this.exercise} .file=${file} .state=${state}></exercise-editor>` : nothing}
      ${this.byHand()}
    </div>`;
  }

  #question({ kind }: ExerciseText, { answer, standing }: ExerciseState): TemplateResult {
    const name = kind === "predict" ? "guess" : "answer";
    const given =
      answer === "" ? nothing : html`<p>Your ${name}: <strong class="given">${answer}</strong></p>`;
    return html`${given}
      <form class="buttons" @submit=${(event: SubmitEvent) => void this.#answer(event)}>
        <label for="exercise-answer">Your ${name}</label>
        <input id="exercise-answer" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength=${MOST_ANSWER} required>
        <button type="submit" class=${standing === "open" ? "main" : ""}>${kind === "predict" ? "Say it, and run the programs" : "Answer"}</button>
      </form>`;
  }

  #verdict({ kind }: ExerciseText, state: ExerciseState): TemplateResult {
    const { outcome, isChecking, isCurrent, isTouched } = state;
    const isCode = kind === "code" || kind === "attack";
    return html`<div class=${`verdict ${isChecking ? "checking" : (outcome?.verdict ?? "")}`}>
      <p class="headline" role=${this.isWriting ? nothing : "status"}>${headline(state)}</p>
      ${outcome === undefined ? nothing : details(outcome, isCode, isTouched)}
      ${isCurrent && isCode ? this.#actions() : nothing}
      ${this.shown === undefined ? nothing : this.#shownPart(this.shown)}
    </div>`;
  }

  #actions(): TemplateResult {
    return html`<div class="buttons">
        ${this.#toggleButton("packets", "Packets of this run")}
        ${this.#toggleButton("changes", "What I have changed")}
        <button type="button" @click=${() => void this.#ask(() => server.call("exercises/check", this.#named))}>Check again</button>
        <button type="button" aria-expanded=${this.asksReset} @click=${() => {
          this.asksReset = !this.asksReset;
        }}>Begin again …</button>
      </div>
      ${this.asksReset ? this.#resetChoice() : nothing}`;
  }

  #toggleButton(kind: Shown["kind"], name: string): TemplateResult {
    return html`<button type="button" aria-expanded=${this.shown?.kind === kind} @click=${() => void this.#toggle(kind)}>${name}</button>`;
  }

  #resetChoice(): TemplateResult {
    return html`<div class="choice" role="group" aria-label="Begin again?">
      <p>The starter takes the place of what you have written; a copy of your files is kept.</p>
      <div class="buttons">
        <button type="button" @click=${() => void this.#reset()}>Begin again</button>
        <button type="button" @click=${() => {
          this.asksReset = false;
        }}>Leave it as it is</button>
      </div>
    </div>`;
  }

  #shownPart(shown: Shown): TemplateResult {
    switch (shown.kind) {
      case "packets":
        return packetTables(shown.packets);
      case "changes":
        return html`<h3>Your code, compared with the starter</h3>
          ${isSame(shown.lines) ? html`<p>It is still the starter.</p>` : codeComparison(shown.lines, "Your code, compared with the starter", { old: "the starter", now: "yours" })}
          ${shown.elsewhere.length === 0 ? nothing : html`<p>Changed outside of exercises, too: ${shown.elsewhere.join(", ")}</p>`}`;
      case "solution":
        return html`<h3>The course's solution</h3>
          <p class="note">Shown because you have seen all hints. Close it, and write your own.</p>
          <pre class="comparison" tabindex="0" role="region" aria-label="The course's solution">${shown.code}</pre>`;
    }
  }

  #hints(
    { hints, hintCount, page }: ExerciseText,
    { isCurrent, whyNoSolution, standing }: ExerciseState,
  ): TemplateResult {
    const isLast = hints.length === hintCount;
    const seesSolution = isLast && isCurrent && standing === "open" && whyNoSolution === "";
    return html`<div class="hints">
      ${hints.map((hint, index) => html`<details open><summary>Hint ${index + 1} of ${hintCount}</summary>${texts(hint, page)}</details>`)}
      <p class="buttons">
        ${isLast ? nothing : html`<button type="button" @click=${() => void this.#hint()}>Hint ${hints.length + 1} of ${hintCount}</button>`}
        ${seesSolution ? this.#toggleButton("solution", "The solution") : nothing}
      </p>
    </div>`;
  }

  #passed({ meaning, page }: ExerciseText, { comparison, next }: ExerciseState): TemplateResult {
    return html`<div class="passed">
      <h3>What it meant</h3>
      ${texts(meaning, page)}
      ${comparison.length === 0 ? nothing : html`<h3>Your code (−), compared with the course's own (+)</h3>`}
      ${comparison.length > 0 && isSame(comparison) ? html`<p>They are the same, line by line.</p>` : nothing}
      ${comparison.length === 0 ? nothing : codeComparison(comparison, "Your code, compared with the course's own", { old: "yours", now: "the course's" })}
      ${next === undefined ? html`<p>All exercises on the way have passed: check everything once more.</p>` : html`<p class="buttons"><a class="button main" href=${linkTo("lessons", next.page)}>Next exercise: ${next.title}</a></p>`}
    </div>`;
  }

  get #named(): { exercise: string } {
    return { exercise: this.exercise };
  }

  /** Asks the server. What it refuses is shown. */
  async #ask<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
    this.problem = "";
    this.message = "";
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.problem = error.message;
      return undefined;
    }
  }

  async #take(call: () => Promise<ExerciseState>): Promise<void> {
    const state = await this.#ask(call);
    if (state !== undefined) exercises.take(state);
  }

  async #begin(): Promise<void> {
    await this.#take(() => server.call("exercises/begin", this.#named));
    await this.focusOn(".file button");
  }

  async #hint(): Promise<void> {
    await this.#take(() => server.call("exercises/hint", this.#named));
  }

  async #reset(): Promise<void> {
    this.asksReset = false;
    this.shown = undefined;
    await this.#take(() => server.call("exercises/reset", this.#named));
  }

  async #answer(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const field = this.querySelector<HTMLInputElement>("#exercise-answer");
    const text = field?.value.trim() ?? "";
    if (text === "") return;
    if (exercises.state(this.exercise)?.isCurrent !== true)
      await this.#take(() => server.call("exercises/begin", this.#named));
    await this.#ask(() => server.call("exercises/answer", { ...this.#named, text }));
  }

  async #openEditor(file: ExerciseFile): Promise<void> {
    const opened = await this.#ask(() => server.call("exercises/open-editor", this.#named));
    if (opened === undefined) return;
    if (opened.editor !== "") {
      this.message = `Opened in ${opened.editor}.`;
      return;
    }
    await this.#copyPath(file);
    this.message = `No editor with a window was found. ${this.message} Open it yourself, or write it here.`;
  }

  async #copyPath({ path }: ExerciseFile): Promise<void> {
    const isCopied = await navigator.clipboard.writeText(path).then(
      () => true,
      () => false,
    );
    this.problem = "";
    this.message = isCopied ? `The path is on the clipboard: ${path}` : `The path: ${path}`;
  }

  /** Shows something about the exercise, or hides it again. */
  async #toggle(kind: Shown["kind"]): Promise<void> {
    if (this.shown?.kind === kind) {
      this.shown = undefined;
      return;
    }
    this.#shownAt = exercises.state(this.exercise)?.outcome?.at ?? 0;
    const shown = await this.#ask(() => this.#askFor(kind));
    if (shown !== undefined) this.shown = shown;
  }

  async #askFor(kind: Shown["kind"]): Promise<Shown> {
    switch (kind) {
      case "packets":
        return { kind, packets: await server.call("exercises/packets", this.#named) };
      case "changes":
        return { kind, ...(await server.call("exercises/changes", this.#named)) };
      case "solution":
        return { kind, ...(await server.call("exercises/solution", this.#named)) };
    }
  }
}

customElements.define("course-exercise", CourseExercise);
