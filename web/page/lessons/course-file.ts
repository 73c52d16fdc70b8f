// A file of the course that a lesson leads to.

import { html, type TemplateResult } from "lit";
import type { CourseFile } from "../../shared/lessons.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { partsOf, sectionId } from "./parts.ts";
import "./lesson.css";

class CourseFileElement extends PageElement {
  static override properties = {
    name: { type: String },
    section: { type: String },
    file: { state: true },
    problem: { state: true },
  };
  /** Its name in the server's list, such as captures/README.md. */
  declare name: string;
  declare section: string;
  declare file: CourseFile | undefined;
  declare problem: string;

  constructor() {
    super();
    this.name = "";
    this.section = "";
    this.problem = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("name")) void this.#load(this.name);
  }

  async #load(name: string): Promise<void> {
    this.problem = "";
    try {
      const file = await server.call("lessons/file", { file: name });
      if (name !== this.name) return;
      this.file = file;
      document.title = `${name} · Lessons`;
      scrollTo(0, 0);
      await this.updateComplete;
      await new Promise(requestAnimationFrame);
      document.getElementById(sectionId(this.section))?.scrollIntoView();
    } catch (error) {
      if (name !== this.name) return;
      this.file = undefined;
      this.problem = problemWords(error);
    }
  }

  protected override render(): TemplateResult {
    if (this.problem !== "")
      return html`<p class="problem" role="alert">${this.problem} <a href=${linkTo("lessons")}>All lessons</a></p>`;
    if (this.file === undefined) return html`<p class="loading" role="status">Loading …</p>`;
    const { name, language, text, parts } = this.file;
    const surroundings = {
      place: ["lessons", "file", name],
      desk: undefined,
      exercise: () => html``,
    };
    return html`<div class="lesson-layout"><article class="lesson file">
      <p class="where"><a href=${linkTo("lessons")}>Lessons</a> › a file of the course</p>
      <h1>${name}</h1>
      ${
        language === "markdown"
          ? partsOf(parts, surroundings)
          : html`<lesson-code .language=${language} .label=${name} .text=${text}></lesson-code>`
      }
    </article></div>`;
  }
}

customElements.define("course-file", CourseFileElement);
