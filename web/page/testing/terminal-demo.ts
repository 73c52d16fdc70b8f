// A page for tests alone: it shows each terminal that the server opens for it.

import "../style.css";
import "../terminal/course-terminal.ts";
import { html, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";

class TerminalDemo extends PageElement {
  static override properties = { terminals: { state: true } };
  declare terminals: readonly number[];

  constructor() {
    super();
    this.terminals = [];
    server.on("terminals/output", ({ terminal }) => {
      if (!this.terminals.includes(terminal))
        this.terminals = [...this.terminals, terminal].sort((a, b) => a - b);
    });
  }

  protected override render(): TemplateResult {
    return html`<h1>Terminals</h1>
      <button type="button">Before</button>
      ${this.terminals.map((terminal, i) => html`<course-terminal .terminal=${terminal} label=${`Terminal ${i + 1}`}></course-terminal>`)}
      <button type="button">After</button>`;
  }
}

customElements.define("terminal-demo", TerminalDemo);
const main = document.createElement("main");
main.append(document.createElement("terminal-demo"));
document.body.append(main);
