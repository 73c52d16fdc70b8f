// The place of all figures: a list of them, and each alone at an address of its own.

import { html, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { FIGURES, type Figure, findFigure } from "./figures.ts";
import "./course-figure.ts";
import "./figures.css";

class FiguresPlace extends PageElement {
  static override properties = { parts: { attribute: false } };
  /** What follows the place's name in the address: the figure's id, or nothing. */
  declare parts: readonly string[];

  constructor() {
    super();
    this.parts = [];
  }

  protected override render(): TemplateResult {
    const [id] = this.parts;
    if (id === undefined) return this.#list();
    const figure = findFigure(id);
    return html`<div class="figures-place">
      <p class="way"><a href=${linkTo("figures")}>All figures</a>${figure === undefined ? "" : lessonsOf(figure)}</p>
      <course-figure figure=${id} level="1" alone></course-figure>
    </div>`;
  }

  #list(): TemplateResult {
    return html`<div class="figures-place">
      <h1>Figures to play with</h1>
      <p class="quiet">Each stands in its lesson, too. Everything in them is computed here, in the page, with the course's own numbers.</p>
      <ul class="cards">${FIGURES.map(
        (figure) => html`<li class="panel">
          <h2><a href=${linkTo("figures", figure.id)}>${figure.title}</a></h2>
          <p>${figure.sentence}</p>
          <p class="quiet pages">Lessons ${linksTo(figure)}</p>
        </li>`,
      )}</ul>
    </div>`;
  }
}

function lessonsOf(figure: Figure): TemplateResult {
  return html`<span class="quiet">Lessons ${linksTo(figure)}</span>`;
}

function linksTo({ lessons }: Figure): TemplateResult[] {
  return lessons
    .toSorted(inOrder)
    .map((page, i) => html`${i === 0 ? "" : ", "}<a href=${linkTo("lessons", page)}>${page}</a>`);
}

/** 04-2 comes before 04-10. */
function inOrder(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

customElements.define("figures-place", FiguresPlace);
