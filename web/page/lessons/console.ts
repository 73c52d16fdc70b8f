// A console block of a lesson: what to type, what comes, and buttons that do it in a terminal beside the lesson.

import { html, nothing, type TemplateResult } from "lit";
import type { ConsoleLine } from "../../shared/lessons.ts";
import { PageElement } from "../page-element.ts";
import { type BlockState, type ConsolePart, type Desk, nextOf } from "./desk.ts";
import "./code.css";

class LessonConsole extends PageElement {
  static override properties = {
    block: { attribute: false },
    desk: { attribute: false },
    state: { attribute: false },
  };
  declare block: ConsolePart;
  /** Undefined where commands cannot be run: in a file that is no lesson. */
  declare desk: Desk | undefined;
  declare state: BlockState | undefined;

  protected override render(): TemplateResult {
    const { terminal, lines, reason } = this.block;
    const name = terminal === "" ? "Terminal" : `Terminal ${terminal}`;
    return html`<figure class="console" aria-label=${name}>
      <figcaption><span>${name}</span>${this.#main()}</figcaption>
      <div class="entries" tabindex="0" role="group" aria-label=${`${name}: what to type, and what comes`}>${lines.map((line, i) => this.#line(line, i))}</div>
      ${reason === "" ? nothing : this.#reason()}
      ${this.state === undefined || this.state.problem === "" ? nothing : html`<p class="problem" role="alert">${this.state.problem}</p>`}
    </figure>`;
  }

  get #canRun(): boolean {
    return this.desk !== undefined && this.block.reason === "" && nextOf(this.block, -1) !== undefined;
  }

  /** The button for what is next. */
  #main(): TemplateResult | typeof nothing {
    if (!this.#canRun) return nothing;
    const first = nextOf(this.block, -1) ?? 0;
    const last = Math.max(-1, ...(this.state?.done ?? []));
    const next = nextOf(this.block, last) ?? first;
    const line = this.block.lines[next];
    const isAgain = last !== -1 && next === first;
    return html`<button type="button" class="small" aria-disabled=${this.state?.waiting !== undefined} @click=${(event: Event) => this.#take(next, event)}>${isAgain ? "Run again" : nameOf(line)}</button>`;
  }

  #line(line: ConsoleLine, index: number): TemplateResult {
    const { kind, text } = line;
    const isDone = this.state?.done.has(index) === true;
    if (kind === "output" || !this.#canRun)
      return html`<div class="entry ${kind}"><span class="gutter"></span><code>${text === "" ? " " : text}</code></div>`;
    return html`<div class="entry ${kind} ${isDone ? "done" : ""}">
      <button type="button" class="gutter" title=${nameOf(line)} aria-label=${`${nameOf(line)}: ${text}${isDone ? " (done)" : ""}`} @click=${(event: Event) => this.#take(index, event)}>${isDone ? "✓" : "▶"}</button><code>${text}</code></div>
      ${this.state?.waiting === index ? html`<p class="waits" role="status">${waitsFor(this.block.lines, index)}</p>` : nothing}`;
  }

  #reason(): TemplateResult {
    const { reason, instead } = this.block;
    return html`<p class="reason">${reason}${instead === "" ? nothing : html` <a href=${instead}>Open it here</a>`}</p>`;
  }

  #take(line: number, { currentTarget }: Event): void {
    void this.desk?.take(this.block, line, currentTarget instanceof HTMLElement ? currentTarget : undefined);
  }
}

/** What a line waits for: what stands above it in its own block, if something does. */
function waitsFor(lines: readonly ConsoleLine[], line: number): string {
  const above = lines.slice(0, line);
  const begin = above.findLastIndex(({ kind }) => kind !== "output") + 1;
  const last = above.slice(begin).findLast(({ text }) => text.trim() !== "" && text !== "…");
  return last === undefined
    ? "Waits until the terminals show what stands above …"
    : `Waits until the terminal shows “${last.text.trim()}” …`;
}

/** What a button does with a line. */
function nameOf(line: ConsoleLine | undefined): string {
  switch (line?.kind) {
    case "typed":
      return "Type this line";
    case "key":
      return line.text === "^C" ? "Press Ctrl-C" : "Press Ctrl-D";
    default:
      return "Run";
  }
}

customElements.define("lesson-console", LessonConsole);
