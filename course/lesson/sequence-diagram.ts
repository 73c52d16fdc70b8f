// Reads the sequence diagrams of Mermaid that the lessons use, and draws them with characters. Pure.

import { wrap } from "../../terminal/text.ts";
import { widthOf } from "../../terminal/widths.ts";

export interface Participant {
  id: string;
  name: string;
}

export type Step =
  | { kind: "message"; from: number; to: number; text: string; dashed: boolean; lost: boolean }
  /** The note covers the participants from `first` to `last`. */
  | { kind: "note"; first: number; last: number; text: string }
  /** The line `loop`, `opt`, `alt` or `else` with its text, or `end`. */
  | { kind: "frame"; text: string };

export interface SequenceDiagram {
  participants: Participant[];
  steps: Step[];
}

/** A mistake in a diagram, with the number of the line (from 1). */
export class DiagramError extends Error {
  readonly line: number;

  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

const MOST_PARTICIPANTS = 4;
const MESSAGE = /^(\w+)(--?)(>>|x)(\w+): *(.+)$/;
const NOTE = /^Note over (\w+)(?:, *(\w+))?: *(.+)$/;

/** @throws DiagramError if it is no sequence diagram, or uses a feature that no lesson uses */
export function parseSequence(lines: readonly string[]): SequenceDiagram {
  const diagram: SequenceDiagram = { participants: [], steps: [] };
  if (lines[0]?.trim() !== "sequenceDiagram")
    throw new DiagramError(1, "a diagram begins with sequenceDiagram");
  let depth = 0;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (index === 0 || text === "" || text.startsWith("%%")) continue;
    const frame = /^(loop|opt|alt|else|end)(?: (.*))?$/.exec(text);
    if (frame?.[1] === "end") depth -= 1;
    else if (frame !== null && frame[1] !== "else") depth += 1;
    if (depth < 0) throw new DiagramError(index + 1, "an end without loop, opt or alt");
    parseStep(diagram, text, index + 1);
  }
  if (depth > 0) throw new DiagramError(lines.length, "a loop, opt or alt has no end");
  if (diagram.participants.length < 2) throw new DiagramError(1, "at least two participants are needed");
  return diagram;
}

function parseStep({ participants, steps }: SequenceDiagram, text: string, line: number): void {
  const numberOf = (id: string): number => {
    const index = participants.findIndex((participant) => participant.id === id);
    if (index === -1) throw new DiagramError(line, `no line "participant ${id}" before`);
    return index;
  };
  const participant = /^(?:participant|actor) (\w+)(?: as (.+))?$/.exec(text);
  if (participant !== null) {
    const [, id = "", name = id] = participant;
    if (participants.length === MOST_PARTICIPANTS)
      throw new DiagramError(line, `at most ${MOST_PARTICIPANTS} participants`);
    participants.push({ id, name });
    return;
  }
  const message = MESSAGE.exec(text);
  if (message !== null) {
    const [, from = "", dashes, head, to = "", said = ""] = message;
    if (from === to) throw new DiagramError(line, "a message to oneself is written as a Note");
    steps.push({
      kind: "message",
      from: numberOf(from),
      to: numberOf(to),
      text: said,
      dashed: dashes === "--",
      lost: head === "x",
    });
    return;
  }
  const note = NOTE.exec(text);
  if (note !== null) {
    const [, from = "", to = from, said = ""] = note;
    const ends = [numberOf(from), numberOf(to)];
    steps.push({ kind: "note", first: Math.min(...ends), last: Math.max(...ends), text: said });
    return;
  }
  if (/^(?:loop|opt|alt|else|end)\b/.test(text)) {
    steps.push({ kind: "frame", text });
    return;
  }
  throw new DiagramError(
    line,
    `"${text}" is not among what the lessons use (participant, ->>, -->>, -x, Note over, loop, opt, alt)`,
  );
}

const LEAST_GAP = 12;

/** @param width in columns; the drawing is wider only if its names and words need more */
export function drawSequence({ participants, steps }: SequenceDiagram, width: number): string[] {
  const names = participants.map(({ name }) => name);
  const margin = Math.ceil(widthOf(names[0] ?? "") / 2);
  const behind = Math.ceil(widthOf(names.at(-1) ?? "") / 2);
  const room = Math.floor((width - margin - behind - 1) / (participants.length - 1));
  const gap = Math.max(LEAST_GAP, Math.min(room, widestGap(names, steps)));
  const columns = names.map((_, i) => margin + i * gap);
  const total = Math.max(width, (columns.at(-1) ?? 0) + behind + 1);

  const heading = namesRow(names, columns, total);
  const rows = [heading, lifelines(columns, total)];
  for (const step of steps) rows.push(...drawStep(step, columns, total));
  return [...rows, lifelines(columns, total), heading].map((row) => row.trimEnd());
}

/** The smallest gap with which every text and name fits into one line. */
function widestGap(names: readonly string[], steps: readonly Step[]): number {
  const gaps = names.slice(1).map((name, i) => (widthOf(name) + widthOf(names[i] ?? "")) / 2 + 4);
  for (const step of steps) {
    if (step.kind === "message") gaps.push((widthOf(step.text) + 5) / Math.abs(step.to - step.from));
    if (step.kind === "note" && step.last > step.first)
      gaps.push((widthOf(step.text) + 6) / (step.last - step.first));
  }
  return Math.ceil(Math.max(...gaps));
}

function drawStep(step: Step, columns: readonly number[], width: number): string[] {
  switch (step.kind) {
    case "message":
      return drawMessage(step, columns, width);
    case "note":
      return drawNote(step, columns, width);
    case "frame": {
      const text = step.text === "end" ? "" : ` ${step.text} `;
      const right = (columns.at(-1) ?? 0) + 2;
      return [overlay(lifelines(columns, width), 0, `══${text}`.padEnd(right, "═"))];
    }
  }
}

function drawMessage(
  { from, to, text, dashed, lost }: Extract<Step, { kind: "message" }>,
  columns: readonly number[],
  width: number,
): string[] {
  const left = columns[Math.min(from, to)] ?? 0;
  const right = columns[Math.max(from, to)] ?? 0;
  const inner = right - left - 1;
  const rows = wrap(text, inner - 2).map((words) =>
    overlay(lifelines(columns, width), left + 1 + Math.floor((inner - widthOf(words)) / 2), words),
  );
  const shaft = (dashed ? "- " : "─").repeat(inner).slice(0, inner);
  // The arrow of a lost message ends before it arrives.
  const arrived = lost ? Math.floor(inner * 0.7) : inner - 1;
  const arrow =
    to > from
      ? `${shaft.slice(0, arrived)}${lost ? "╳" : ">"}`
      : `${lost ? "╳" : "<"}${shaft.slice(0, arrived)}`.padStart(inner);
  rows.push(overlay(lifelines(columns, width), left + 1, arrow));
  return rows;
}

function drawNote(
  { first, last, text }: Extract<Step, { kind: "note" }>,
  columns: readonly number[],
  width: number,
): string[] {
  const [left, right] = [columns[first] ?? 0, columns[last] ?? 0];
  const room = Math.min(width - 4, first === last ? 36 : Math.max(36, right - left + 1));
  const words = wrap(text, room);
  const inner = Math.max(...words.map(widthOf));
  const middle = Math.floor((left + right) / 2);
  const start = Math.max(0, Math.min(width - inner - 4, middle - Math.floor((inner + 4) / 2)));
  const pad = (row: string): string => `│ ${row}${" ".repeat(inner - widthOf(row))} │`;
  const box = [`┌${"─".repeat(inner + 2)}┐`, ...words.map(pad), `└${"─".repeat(inner + 2)}┘`];
  return box.map((row) => overlay(lifelines(columns, width), start, row));
}

function lifelines(columns: readonly number[], width: number): string {
  let row = " ".repeat(width);
  for (const column of columns) row = overlay(row, column, "│");
  return row;
}

function namesRow(names: readonly string[], columns: readonly number[], width: number): string {
  let row = " ".repeat(width);
  for (const [i, name] of names.entries()) {
    const start = Math.max(0, (columns[i] ?? 0) - Math.floor(widthOf(name) / 2));
    row = overlay(row, start, name);
  }
  return row;
}

/** Writes a text over a part of the row. All characters of our diagrams are one column wide. */
function overlay(row: string, start: number, text: string): string {
  const characters = [...row];
  for (const [i, character] of [...text].entries()) characters[start + i] = character;
  return characters.map((character) => character ?? " ").join("");
}
