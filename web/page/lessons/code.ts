// Code of a lesson, or a file of the course, with colours.

import highlighter from "highlight.js/lib/core";
import diff from "highlight.js/lib/languages/diff";
import json from "highlight.js/lib/languages/json";
import lua from "highlight.js/lib/languages/lua";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import { html, nothing, type TemplateResult } from "lit";
import { PageElement } from "../page-element.ts";
import { sanitised } from "./sanitise.ts";
import "./code.css";

/** Only the languages that occur. */
const LANGUAGES = { diff, json, lua, python, ts: typescript };
for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

class LessonCode extends PageElement {
  static override properties = {
    language: { type: String },
    label: { type: String },
    text: { attribute: false },
    isCopied: { state: true },
  };
  declare language: string;
  /** What the reader should know before the code. */
  declare label: string;
  declare text: string;
  declare isCopied: boolean;
  #coloured: DocumentFragment | undefined;

  constructor() {
    super();
    this.language = "";
    this.label = "";
    this.text = "";
    this.isCopied = false;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("text") || changed.has("language")) this.#coloured = coloured(this.text, this.language);
  }

  protected override render(): TemplateResult {
    const name = this.label || "code";
    return html`<figure class=${this.label === "" ? "code bare" : "code"}>
      <figcaption>
        <span>${this.label}</span>
        <button type="button" class="small" @click=${() => void this.#copy()}>${this.isCopied ? "Copied" : "Copy"}<span class="for-readers"> ${name}</span></button>
      </figcaption>
      <pre tabindex="0" role="group" aria-label=${name}><code>${this.#coloured ?? nothing}</code></pre>
    </figure>`;
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.text);
    this.isCopied = true;
    setTimeout(() => {
      this.isCopied = false;
    }, 2000);
  }
}

/** The text with an element around each word that has a colour. */
function coloured(text: string, language: string): DocumentFragment {
  if (Object.hasOwn(LANGUAGES, language))
    return sanitised(highlighter.highlight(text, { language, ignoreIllegals: true }).value);
  const plain = document.createDocumentFragment();
  plain.append(text);
  return plain;
}

customElements.define("lesson-code", LessonCode);
