// A sequence diagram as a picture, and in words for those who do not see it.

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { Diagram, DiagramStep } from "../../shared/lessons.ts";
import { LINE, layOut, NAME_HEIGHT, type Placed } from "./diagram-layout.ts";
import "./diagram.css";

export function diagramPicture(diagram: Diagram): TemplateResult {
  const { width, height, lifelines, top, bottom, placed } = layOut(diagram);
  return html`<figure class="diagram" tabindex="0" role="group" aria-label="a sequence diagram">
    <svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
      ${lifelines.map(
        ({ name, x, width }) => svg`<line class="life" x1=${x} y1=${top} x2=${x} y2=${bottom}></line>
          <rect class="name" x=${x - width / 2} y=${top - NAME_HEIGHT} width=${width} height=${NAME_HEIGHT} rx="7"></rect>
          <text class="name" x=${x} y=${top - NAME_HEIGHT / 2 + 5} text-anchor="middle">${name}</text>`,
      )}
      ${placed.map(drawn)}
    </svg>
    <ol class="for-readers">${diagram.steps.map((step) => inWords(diagram, step)).map((words) => (words === "" ? nothing : html`<li>${words}</li>`))}</ol>
  </figure>`;
}

function drawn(part: Placed): SVGTemplateResult {
  switch (part.kind) {
    case "message":
      return message(part);
    case "note":
      return svg`<rect class="note" x=${part.x} y=${part.y} width=${part.width} height=${part.height} rx="4"></rect>
        ${lines(part.lines, part.x + part.width / 2, part.y + LINE, "noted")}`;
    case "frame":
      return svg`<rect class="frame" x=${part.x} y=${part.y} width=${part.width} height=${part.height} rx="6"></rect>
        <text class="frame" x=${part.x + 10} y=${part.y + 17}><tspan class="kind">${part.name}</tspan> ${part.text}</text>`;
    case "else":
      return svg`<line class="else" x1=${part.x} y1=${part.y} x2=${part.x + part.width} y2=${part.y}></line>
        <text class="frame" x=${part.x + 10} y=${part.y + 16}><tspan class="kind">else</tspan> ${part.text}</text>`;
  }
}

function message({
  from,
  to,
  y,
  lines: words,
  dashed,
  lost,
}: Extract<Placed, { kind: "message" }>): SVGTemplateResult {
  const direction = Math.sign(to - from);
  // The arrow of a lost message ends before it arrives.
  const end = lost ? from + (to - from) * 0.7 : to - direction * 2;
  const tip = lost
    ? `M ${end - 5} ${y - 5} l 10 10 m 0 -10 l -10 10`
    : `M ${end - direction * 8} ${y - 4.5} L ${end} ${y} L ${end - direction * 8} ${y + 4.5}`;
  return svg`<line class="arrow ${dashed ? "dashed" : ""} ${lost ? "lost" : ""}" x1=${from} y1=${y} x2=${end} y2=${y}></line>
    <path class="tip ${lost ? "lost" : ""}" d=${tip}></path>
    ${lines(words, (from + to) / 2, y - (words.length - 1) * LINE - 7)}`;
}

function lines(words: readonly string[], x: number, y: number, kind = "said"): SVGTemplateResult[] {
  return words.map(
    (line, i) => svg`<text class=${kind} x=${x} y=${y + i * LINE} text-anchor="middle">${line}</text>`,
  );
}

function inWords({ participants }: Diagram, step: DiagramStep): string {
  const name = (number: number): string => participants[number]?.name ?? "";
  switch (step.kind) {
    case "message":
      return `${name(step.from)} to ${name(step.to)}${step.lost ? ", lost on the way" : ""}: ${step.text}`;
    case "note":
      return `Note at ${step.first === step.last ? name(step.first) : `${name(step.first)} to ${name(step.last)}`}: ${step.text}`;
    case "frame":
      return step.text;
  }
}
