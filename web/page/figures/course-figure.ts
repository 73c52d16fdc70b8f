// A figure in its frame: title, sentence, and the figure itself, which is loaded when it is first shown. It stands in lessons
// and in a place of its own.

import { html, nothing, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { type Figure, findFigure } from "./figures.ts";
import "./figures.css";

class CourseFigure extends PageElement {
  static override properties = {
    figure: { type: String },
    level: { type: Number },
    alone: { type: Boolean },
    shown: { state: true },
    problem: { state: true },
  };
  /** The figure's id. */
  declare figure: string;
  /** The level of its title among the headings around it. */
  declare level: number;
  /** Whether it has the page for itself; if not, it says where it would. */
  declare alone: boolean;
  declare shown: HTMLElement | undefined;
  declare problem: boolean;

  constructor() {
    super();
    this.figure = "";
    this.level = 3;
    this.alone = false;
    this.problem = false;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("figure")) return;
    this.shown = undefined;
    this.problem = false;
    const figure = findFigure(this.figure);
    if (figure !== undefined) void this.#load(figure);
  }

  async #load(figure: Figure): Promise<void> {
    try {
      await figure.load();
      if (this.figure === figure.id) this.shown = document.createElement(figure.element);
    } catch {
      this.problem = true;
    }
  }

  protected override render(): TemplateResult {
    const figure = findFigure(this.figure);
    if (figure === undefined) return html`<p class="problem">There is no figure "${this.figure}".</p>`;
    const title = `figure-title-${figure.id}`;
    return html`<figure class="course-figure panel" aria-labelledby=${title}>
      <figcaption>
        <p class="title" id=${title} role="heading" aria-level=${this.level}>${figure.title}</p>
        <p class="quiet">${figure.sentence}${this.alone ? nothing : html` <a href=${linkTo("figures", figure.id)}>Open it alone</a>`}</p>
      </figcaption>
      ${this.problem ? html`<p class="problem" role="alert">The figure could not be loaded. Reload the page.</p>` : (this.shown ?? html`<p class="loading" role="status">Loading …</p>`)}
    </figure>`;
  }
}

customElements.define("course-figure", CourseFigure);
