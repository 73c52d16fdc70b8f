// What several figures are worked with: a slider that says its value, and buttons of which one is chosen.

import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

export interface Slider {
  label: string;
  smallest: number;
  largest: number;
  value: number;
  /** How the value is written; default: as a number. */
  shown?: string;
  change(value: number): void;
}

/** A slider with its label and its value. The arrow keys move it by one. */
export function slider({ label, smallest, largest, value, shown, change }: Slider): TemplateResult {
  const read = (event: Event) => change((event.target as HTMLInputElement).valueAsNumber);
  return html`<label class="slider"><span>${label}</span>
    <input type="range" min=${smallest} max=${largest} step="1" .value=${live(String(value))} aria-valuetext=${shown ?? String(value)} @input=${read}>
    <output>${shown ?? value}</output></label>`;
}

/** Buttons of which one is chosen. */
export function choice<Name extends string>(
  legend: string,
  names: readonly (readonly [Name, string])[],
  chosen: Name,
  choose: (name: Name) => void,
): TemplateResult {
  return html`<div class="choice" role="group" aria-label=${legend}>${names.map(
    ([name, text]) =>
      html`<button type="button" aria-pressed=${name === chosen} @click=${() => choose(name)}>${text}</button>`,
  )}</div>`;
}
