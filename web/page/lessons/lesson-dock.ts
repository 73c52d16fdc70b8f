// The terminals beside a lesson, one below the other.

import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { PageElement } from "../page-element.ts";
import type { Desk, DeskTerminal } from "./desk.ts";
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
