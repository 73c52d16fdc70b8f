// What is said of an exercise: how it stands, its verdict, its texts.

import { html, nothing, type TemplateResult } from "lit";
import type { CodeLine, ExerciseState, OutcomeView } from "../../shared/exercises.ts";
import type { Part } from "../../shared/lessons.ts";
import { outcomeDetails } from "./exercise-failure.ts";
import { partsOf } from "./parts.ts";

/** The verdict, and what to make of it. @param isTouched whether something was saved since the exercise was opened */
export function details(outcome: OutcomeView, isCode: boolean, isTouched: boolean): TemplateResult {
  const { verdict, failure, checks } = outcome;
  const isAtFirst = !isTouched && verdict === "failed" && failure !== undefined;
  const isDamaged = isCode && verdict === "could-not-run" && checks.length === 0;
  return html`${isAtFirst ? html`<p class="quiet">This is what the check says of the code as it stands.</p>` : nothing}
    ${outcomeDetails(outcome)}
    ${isDamaged ? html`<p class="note">Mend the file and save, or begin again: a copy of yours is kept.</p>` : nothing}`;
}

/** Whether both versions are the same. */
export function isSame(lines: readonly CodeLine[]): boolean {
  return lines.every(({ kind }) => kind === " ");
}

/** Texts of the exercise, drawn as those of its page are. */
export function texts(parts: readonly Part[], page: string): TemplateResult {
  return partsOf(parts, { place: ["lessons", page], desk: undefined, exercise: () => html`` });
}

/** @param problem why nothing is known of the exercise; undefined as long as nothing is wrong */
export function problemOrLoading(problem: string | undefined): TemplateResult {
  return problem === undefined
    ? html`<p class="loading">Loading …</p>`
    : html`<p class="problem" role="alert">${problem}</p>`;
}

/** What the button that opens the exercise is called. */
export function openingName({ standing, isBegun }: ExerciseState): string {
  if (isBegun) return "Go on with it";
  return standing === "open" ? "Begin this exercise" : "Open it again";
}

/** How the exercise stands, in one or two words. */
export function standing({ standing, isChecking, isCurrent, isBegun, day }: ExerciseState): TemplateResult {
  if (isChecking) return html`<span class="standing checking">checking …</span>`;
  if (standing === "passed")
    return html`<span class="standing passed">✓ passed${day === "" ? "" : html` <time datetime=${day}>${day}</time>`}</span>`;
  if (standing === "given") return html`<span class="standing passed">given solved</span>`;
  if (isCurrent) return html`<span class="standing current">current</span>`;
  return html`<span class="standing">${isBegun ? "begun" : "not begun"}</span>`;
}

/** The verdict in one line, for who writes: not yet, and the gist of why. */
export function shortVerdict({ outcome, isChecking }: ExerciseState): TemplateResult | typeof nothing {
  if (isChecking) return html`<strong>checking …</strong>`;
  if (outcome === undefined) return nothing;
  const { verdict, failure, explanation } = outcome;
  if (verdict === "passed") return html`<strong>✓ passed</strong>`;
  const gist = failure?.title ?? explanation.split("\n").find((line) => line.trim() !== "") ?? "";
  return html`<strong>${verdict === "failed" ? "not yet" : "could not run"}</strong>${gist === "" ? nothing : `: ${gist}`}`;
}

/** The verdict in a line; it is read out when it changes. */
export function headline({ outcome, isChecking }: ExerciseState): TemplateResult | string {
  if (isChecking) return "Checking …";
  if (outcome === undefined) return "";
  const time = new Date(outcome.at);
  return html`<strong>${outcome.headline}</strong> <time class="quiet" datetime=${time.toISOString()}>${time.toTimeString().slice(0, 8)}</time>`;
}
