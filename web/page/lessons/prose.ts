// Text of a lesson: paragraphs, lists and tables.

import { sanitised } from "./sanitise.ts";

class LessonProse extends HTMLElement {
  #html = "";

  /** Is sanitised before it is shown. */
  set html(html: string) {
    if (html === this.#html) return;
    this.#html = html;
    this.replaceChildren(sanitised(html));
    // What scrolls can be scrolled by keyboard, too.
    for (const wide of this.querySelectorAll(".scrolls")) {
      wide.setAttribute("tabindex", "0");
      wide.setAttribute("role", "group");
      wide.setAttribute("aria-label", "a table");
    }
  }
}

customElements.define("lesson-prose", LessonProse);
