// Where the parts of a sequence diagram stand, in pixels. Pure.

import type { Diagram, DiagramStep } from "../../shared/lessons.ts";

/** About the width of a letter of the diagram's type, in pixels. */
const LETTER = 7.1;
const LINE = 17;
const LEAST_GAP = 120;
const MOST_GAP = 250;
const MARGIN = 12;
const NAME_HEIGHT = 32;
const NAME_PADDING = 14;

export interface Lifeline {
  name: string;
  /** The middle of it. */
  x: number;
  /** The width of the box with its name. */
  width: number;
}

export type Placed =
  | { kind: "message"; from: number; to: number; y: number; lines: string[]; dashed: boolean; lost: boolean }
  | { kind: "note"; x: number; y: number; width: number; height: number; lines: string[] }
  | { kind: "frame"; x: number; y: number; width: number; height: number; name: string; text: string }
  | { kind: "else"; x: number; y: number; width: number; text: string };

export interface DiagramLayout {
  width: number;
  height: number;
  lifelines: Lifeline[];
  /** Where the lifelines begin and end. */
  top: number;
  bottom: number;
  placed: Placed[];
}

export { LINE, NAME_HEIGHT };

export function layOut({ participants, steps }: Diagram): DiagramLayout {
  const widths = participants.map(({ name }) => name.length * LETTER + 2 * NAME_PADDING);
  const gap = gapOf(widths, steps);
  const first = MARGIN + Math.max((widths[0] ?? 0) / 2, beside(steps, 0));
  const lifelines = participants.map(({ name }, i) => ({ name, x: first + i * gap, width: widths[i] ?? 0 }));
  const last = lifelines.at(-1);
  const width =
    (last?.x ?? 0) + Math.max((last?.width ?? 0) / 2, beside(steps, participants.length - 1)) + MARGIN;
  const top = MARGIN + NAME_HEIGHT;
  const { placed, y } = place(steps, lifelines, { y: top + 12, width });
  const bottom = y + 10;
  return { width, height: bottom + MARGIN, lifelines, top, bottom, placed };
}

/** How far lifelines are from each other: so that texts fit in a few lines. */
function gapOf(widths: readonly number[], steps: readonly DiagramStep[]): number {
  const gaps = widths.slice(1).map((width, i) => (width + (widths[i] ?? 0)) / 2 + 16);
  for (const step of steps) {
    if (step.kind === "message")
      gaps.push(Math.min(MOST_GAP, step.text.length * LETTER + 28) / Math.abs(step.to - step.from));
    if (step.kind === "note" && step.last > step.first)
      gaps.push(Math.min(MOST_GAP, step.text.length * LETTER) / (step.last - step.first));
  }
  return Math.max(LEAST_GAP, ...gaps);
}

/** How much room notes need beside the outer lifelines. */
function beside(steps: readonly DiagramStep[], participant: number): number {
  const notes = steps.flatMap((step) =>
    step.kind === "note" && step.first === participant && step.last === participant
      ? [noteWidth(step.text) / 2]
      : [],
  );
  return Math.max(0, ...notes);
}

const NOTE_LETTERS = 30;

function noteWidth(text: string): number {
  return Math.max(...wrapped(text, NOTE_LETTERS).map((line) => line.length)) * LETTER + 20;
}

function place(
  steps: readonly DiagramStep[],
  lifelines: readonly Lifeline[],
  start: { y: number; width: number },
): { placed: Placed[]; y: number } {
  const placed: Placed[] = [];
  const open: Extract<Placed, { kind: "frame" }>[] = [];
  let { y } = start;
  const x = (participant: number): number => lifelines[participant]?.x ?? 0;
  for (const step of steps) {
    switch (step.kind) {
      case "message": {
        const room = Math.abs(x(step.to) - x(step.from)) - 20;
        const lines = wrapped(step.text, Math.floor(room / LETTER));
        y += lines.length * LINE + 10;
        const { dashed, lost } = step;
        placed.push({ kind: "message", from: x(step.from), to: x(step.to), y, lines, dashed, lost });
        y += 10;
        break;
      }
      case "note": {
        const between = x(step.last) - x(step.first);
        const isWide = step.last > step.first;
        const lines = wrapped(step.text, isWide ? Math.floor((between + 20) / LETTER) : NOTE_LETTERS);
        const width = isWide ? between + 44 : noteWidth(step.text);
        const height = lines.length * LINE + 10;
        y += 8;
        const middle = (x(step.first) + x(step.last)) / 2;
        const left = Math.max(2, Math.min(start.width - width - 2, middle - width / 2));
        placed.push({ kind: "note", x: left, y, width, height, lines });
        y += height + 8;
        break;
      }
      case "frame": {
        const [name = "", ...words] = step.text.split(" ");
        const text = words.join(" ");
        if (name === "end") {
          const frame = open.pop();
          if (frame !== undefined) frame.height = y + 8 - frame.y;
          y += 18;
        } else if (name === "else") {
          y += 14;
          placed.push({ kind: "else", x: 4, y, width: start.width - 8, text });
          y += 20;
        } else {
          y += 8;
          const frame = { kind: "frame", x: 4, y, width: start.width - 8, height: 0, name, text } as const;
          const made = { ...frame };
          open.push(made);
          placed.push(made);
          y += 26;
        }
      }
    }
  }
  return { placed, y };
}

/** Words in lines of at most so many letters. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
