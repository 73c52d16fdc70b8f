// The place "lessons" of the page: the contents, a lesson, or a file that a lesson leads to.

import { html, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import "./contents.ts";
import "./course-file.ts";
import "./lesson-page.ts";

class LessonsPlace extends PageElement {
  static override properties = { parts: { attribute: false } };
  /** What follows the place's name in the address. */
  declare parts: readonly string[];

  constructor() {
    super();
    this.parts = [];
  }

  protected override render(): TemplateResult {
    const [first, second = "", third = ""] = this.parts;
    if (first === undefined) return html`<lesson-contents></lesson-contents>`;
    if (first === "file") return html`<course-file .name=${second} .section=${third}></course-file>`;
    return html`<lesson-page .page=${first} .section=${second}></lesson-page>`;
  }
}

customElements.define("lessons-place", LessonsPlace);
