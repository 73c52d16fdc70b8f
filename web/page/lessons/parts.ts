// Draws the parts of a lesson or of a file of the course.

import { html, nothing, type TemplateResult } from "lit";
import { html as staticHtml, unsafeStatic } from "lit/static-html.js";
import type { Part } from "../../shared/lessons.ts";
import { linkTo } from "../route.ts";
import type { Desk } from "./desk.ts";
import { diagramPicture } from "./diagram.ts";
import "./closed-part.ts";
import "./code.ts";
import "./console.ts";
import "./labelled-bytes.ts";
import "./prose.ts";
import "./recorded-table.ts";

/** What the parts need to know of their page. */
export interface Surroundings {
  /** The parts between slashes that lead to it, such as lessons and 01-1. */
  place: readonly string[];
  /** Where commands are run; undefined where none are. */
  desk: Desk | undefined;
  /** Draws the place of the exercise. @param parts what the page says of it: task, starter, hints, meaning */
  exercise(id: string, parts: readonly Part[]): TemplateResult;
}

export function partsOf(parts: readonly Part[], surroundings: Surroundings): TemplateResult {
  return html`${parts.map((part) => partOf(part, surroundings))}`;
}

function partOf(part: Part, surroundings: Surroundings): TemplateResult {
  const { place, desk } = surroundings;
  switch (part.kind) {
    case "heading":
      return heading(part, place);
    case "prose":
      return html`<lesson-prose class="prose" .html=${part.html}></lesson-prose>`;
    case "code":
      return html`<lesson-code .language=${part.language} .label=${part.label} .text=${part.text}></lesson-code>`;
    case "console":
      return html`<lesson-console .block=${part} .desk=${desk} .state=${desk?.stateOf(part.block)}></lesson-console>`;
    case "diagram":
      return diagramPicture(part.diagram);
    case "bytes":
      return html`<labelled-bytes .heading=${part.title} .capture=${part.capture} .ranges=${part.ranges}></labelled-bytes>`;
    case "recorded":
      return html`<recorded-table .page=${place[1] ?? ""} .block=${part.block} .heading=${part.title} .capture=${part.capture} .columns=${part.heading} .rows=${part.rows}></recorded-table>`;
    case "closed":
      return html`<closed-part .name=${`${place.join("/")}/${part.number}`} .summary=${part.summary} .isPrediction=${part.isPrediction} .asked=${part.asked} .inside=${() => partsOf(part.parts, surroundings)}></closed-part>`;
    case "exercise":
      return surroundings.exercise(part.id, part.parts);
  }
}

const LEVELS = { 2: unsafeStatic("h2"), 3: unsafeStatic("h3"), 4: unsafeStatic("h4") };

function heading(
  { depth, id, html: words }: Extract<Part, { kind: "heading" }>,
  place: readonly string[],
): TemplateResult {
  const level = LEVELS[Math.max(2, Math.min(4, depth)) as 2 | 3 | 4];
  const [first = "", ...rest] = place;
  const address = first === "lessons" ? linkTo("lessons", ...rest, id) : undefined;
  return staticHtml`<${level} id=${sectionId(id)} class="section"><lesson-prose .html=${words}></lesson-prose>${
    address === undefined
      ? nothing
      : html`<a class="anchor" href=${address} aria-label="Address of this section">#</a>`
  }</${level}>`;
}

/** The id of a heading's element: none of the page's own. */
export function sectionId(id: string): string {
  return `section-${id}`;
}
