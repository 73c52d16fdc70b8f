// The terminals beside a lesson, one below the other.

import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { PageElement } from "../page-element.ts";
import type { CourseTerminal } from "../terminal/course-terminal.ts";
import type { Desk, DeskTerminal, FocusMove } from "./desk.ts";
import "./lesson-dock.css";

class LessonDock extends PageElement {
  static override properties = {
    desk: { attribute: false },
    terminals: { attribute: false },
    active: { type: String },
  };
  declare desk: Desk;
  declare terminals: readonly DeskTerminal[];
  /** The terminal that should be on the screen. */
  declare active: string;

  protected override updated(): void {
    const active = this.querySelector<HTMLElement>(".active");
    if (active !== null) this.scrollTo({ top: active.offsetTop });
    for (const move of this.desk.takeMoves()) void this.#moveFocus(move);
  }

  /** Who has gone elsewhere meanwhile, or has typed into the terminal, stays where they are. */
  async #moveFocus({ number, by, isBack }: FocusMove): Promise<void> {
    const terminals = [...this.querySelectorAll<CourseTerminal>("course-terminal")];
    const terminal = terminals.find((one) => one.terminal === number);
    const { activeElement } = document;
    if (isBack) {
      if (terminal?.contains(activeElement) === true && !terminal.isTypedInto)
        by?.focus({ preventScroll: true });
      return;
    }
    const isRunning = this.terminals.some((one) => one.number === number && !one.isOver);
    const isFree = [null, document.body, by].includes(activeElement as HTMLElement | null);
    if (isRunning && (isFree || this.contains(activeElement))) await terminal?.focusTerminal();
  }

  protected override render(): TemplateResult {
    return html`${repeat(
      this.terminals,
      ({ key }) => key,
      (terminal) => this.#terminal(terminal),
    )}`;
  }

  #terminal(terminal: DeskTerminal): TemplateResult {
    const { title, command, number, isOver } = terminal;
    const name = title === "" ? "Terminal" : title;
    return html`<section class=${`terminal-beside ${terminal.key === this.active ? "active" : ""}`} aria-label=${`Terminal ${title}`}>
      <header>
        <strong>${name}</strong>
        <code title=${command}>$ ${command.split("\n")[0]}</code>
        <span class="state ${isOver ? "over" : ""}">${isOver ? "ended" : "runs"}</span>
        <button type="button" class="small" aria-label=${`Close terminal ${title}: ends its program`} @click=${() => this.desk.close(terminal)}>×</button>
      </header>
      ${keyed(number, html`<course-terminal .terminal=${number} .label=${`Terminal ${title}`}></course-terminal>`)}
    </section>`;
  }
}

customElements.define("lesson-dock", LessonDock);
