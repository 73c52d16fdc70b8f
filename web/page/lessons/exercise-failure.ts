// The verdict of a check: what was done and sent, what was expected and received, with the first difference marked.

import { html, nothing, type TemplateResult } from "lit";
import type { ComparedTexts, FailureView, OutcomeView } from "../../shared/exercises.ts";
import { linkTo } from "../route.ts";
import "./exercise-failure.css";

/** How many characters are shown before the first difference, and in all. */
const BEFORE = 48;
const MOST = 400;

/** Why an exercise has not passed, or what was observed when it passed. */
export function outcomeDetails({ explanation, failure, notes, again }: OutcomeView): TemplateResult {
  return html`
    ${explanation === "" ? nothing : explained(explanation)}
    ${failure === undefined ? nothing : failureDetails(failure, again)}
    ${notes.map((note) => html`<p class="note">${note}</p>`)}`;
}

/** A sentence is text; what a program has printed keeps its lines and blanks. */
function explained(explanation: string): TemplateResult {
  return explanation.includes("\n")
    ? html`<pre class="observed" tabindex="0" role="region" aria-label="What was found">${explanation}</pre>`
    : html`<p class="observed">${explanation}</p>`;
}

function failureDetails(failure: FailureView, again: string | undefined): TemplateResult {
  const { check, title, clause, problem, step, sent, compared, lastWords, likelyCause } = failure;
  const protocol = linkTo("lessons", "protocol", clause);
  return html`<div class="failure">
    <p class="demand"><code>${check}</code> ${title} (<a href=${protocol}>clause ${clause}</a>)</p>
    <dl>
      ${problem === undefined ? nothing : row("could not run", html`<pre>${problem}</pre>`)}
      ${step === undefined ? nothing : row("step", step)}
      ${sent === undefined ? nothing : row(sent.label, html`<code>${sent.text}</code>`)}
      ${compared === undefined ? nothing : comparedRows(compared)}
      ${lastWords === undefined ? nothing : row("it said", html`<pre>${lastWords}</pre>`)}
      ${likelyCause === undefined ? nothing : row("likely", likelyCause)}
      ${again === undefined ? nothing : row("again", html`In a terminal, the same random values once more: <code>${again}</code>`)}
    </dl>
  </div>`;
}

function row(label: string, value: unknown): TemplateResult {
  return html`<dt>${label}</dt><dd>${value}</dd>`;
}

/** The two texts one below the other, from the same column on. */
function comparedRows({ labels, expected, received, difference, character }: ComparedTexts): TemplateResult {
  const [one, other] = labels;
  if (difference === undefined)
    return html`${row(one, html`<code class="expected">${expected}</code>`)}${row(other, html`<code class="received">${received}</code>`)}`;
  const text = (label: string, kind: string, value: string): TemplateResult =>
    html`<pre class=${`compared ${kind}`} tabindex="0" role="region" aria-label=${label}>${marked(value, difference)}</pre>`;
  return html`${row(one, text(one, "expected", expected))}${row(
    other,
    html`${text(other, "received", received)}<p class="quiet">The first difference is at character ${character ?? difference + 1}.</p>`,
  )}`;
}

/** A text with a mark on its first character that differs, cut so that the mark is in sight. */
function marked(text: string, difference: number): TemplateResult {
  const characters = [...text];
  const start = difference > BEFORE ? difference - BEFORE : 0;
  const before = characters.slice(start, difference).join("");
  const differs = characters[difference];
  const after = characters.slice(difference + 1, start + MOST).join("");
  const mark =
    differs === undefined
      ? html`<mark class="end"><span class="for-readers">(it ends here)</span></mark>`
      : html`<mark>${differs}</mark>`;
  return html`${start === 0 ? "" : "…"}${before}${mark}${after}${characters.length > start + MOST ? "…" : ""}`;
}
