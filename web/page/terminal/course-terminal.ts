// A terminal of the page: a screen in a box, with its name, whether its program runs, and how to leave it by keyboard.

import "@xterm/xterm/css/xterm.css";
import "./terminal.css";
import { html, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { type Ending, type Screen, screenOf } from "./screens.ts";

let count = 0;

/**
 * Shows a terminal of the server.
 *
 *     <course-terminal .terminal=${number} label="Alice's terminal"></course-terminal>
 *
 * It fills its box: give it a height. `focusTerminal()` moves the keyboard's focus into it.
 */
export class CourseTerminal extends PageElement {
  static override properties = {
    terminal: { attribute: false },
    label: { type: String },
    ending: { state: true },
  };
  /** The number that the server has given it. Undefined: none is open yet. */
  declare terminal: number | undefined;
  /** What it is called. */
  declare label: string;
  declare ending: Ending | undefined;
  #screen: Screen | undefined;
  #unwatch = (): void => {};
  readonly #hintId: string;
  readonly #observer = new ResizeObserver(() => this.#screen?.fit());

  constructor() {
    super();
    this.label = "Terminal";
    count += 1;
    this.#hintId = `terminal-hint-${count}`;
  }

  async focusTerminal(): Promise<void> {
    await this.updateComplete;
    this.#screen?.focus();
  }

  /** Whether somebody has typed into it. */
  get isTypedInto(): boolean {
    return this.#screen?.isTypedInto === true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // It was taken out of the page, and is put back.
    if (this.hasUpdated) this.#show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("terminal") || changed.has("label")) this.#show();
  }

  #show(): void {
    this.#leave();
    const box = this.querySelector<HTMLElement>(".terminal-box");
    if (box === null || this.terminal === undefined) return;
    const screen = screenOf(this.terminal);
    this.#screen = screen;
    const follow = (): void => {
      this.ending = screen.ending;
    };
    follow();
    this.#unwatch = screen.watch(follow);
    screen.showIn(box, this.label, this.#hintId);
    this.#observer.observe(box);
  }

  #leave(): void {
    this.#observer.disconnect();
    this.#unwatch();
    this.#unwatch = () => {};
    this.#screen = undefined;
    this.querySelector(".terminal-box")?.replaceChildren();
  }

  protected override render(): TemplateResult {
    return html`<div class="terminal-head">
        <span class="terminal-label">${this.label}</span>
        <span class="terminal-state" role="status">${this.ending === undefined ? "" : endingText(this.ending)}</span>
      </div>
      <div class="terminal-box" role="group" aria-label=${this.label}></div>
      <p class="terminal-hint" id=${this.#hintId}><kbd>Esc</kbd>, then <kbd>Tab</kbd> leaves the terminal</p>`;
  }
}

/** One line that says how a program ended. */
function endingText({ code, signal, problem }: Ending): string {
  if (problem !== null) return `ended: ${problem}`;
  return signal === null ? `ended with code ${code}` : `ended by ${signal}`;
}

customElements.define("course-terminal", CourseTerminal);
