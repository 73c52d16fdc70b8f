// The list of exercises. Typing searches it, and one of them is selected. Pure.

import type { Paint } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";
import type { Exercise } from "../exercises/exercises.ts";
import type { Session } from "./session.ts";

/** Exercises whose id, kind or title contains every word. Those whose id contains all words come first. */
export function findExercises(exercises: readonly Exercise[], search: string): Exercise[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const occurIn = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const found = exercises.filter(({ id, kind, title }) => occurIn(`${id} ${kind} ${title}`));
  return [...found.filter(({ id }) => occurIn(id)), ...found.filter(({ id }) => !occurIn(id))];
}

/** Says in a column of a list whether an exercise is on the short way. */
export function wayMark({ isShort }: Pick<Exercise, "isShort">): string {
  return isShort ? "short" : "     ";
}

/** A row for each exercise that was found. */
export function listRows(
  found: readonly Exercise[],
  selected: number,
  { exercise: current, workspace }: Pick<Session, "exercise" | "workspace">,
  width: number,
  paint: Paint,
): string[] {
  if (found.length === 0) return ["", "No exercise has that. Backspace takes letters back."];
  return found.map((exercise, index) => {
    const mark = workspace.progress.has(exercise.id) ? "✓" : exercise === current ? ">" : " ";
    const row = `${mark} ${column(exercise.id, 20)} ${column(exercise.kind, 8)} ${wayMark(exercise)} ${exercise.title.replaceAll("`", "")}`;
    if (index === selected) return paint("selected", column(row, width));
    return workspace.progress.has(exercise.id)
      ? cut(`${paint("good", mark)}${row.slice(1)}`, width)
      : cut(row, width);
  });
}

/** The smallest change of `scroll` that makes the selected row visible. */
export function scrollTo(selected: number, scroll: number, height: number): number {
  if (selected < scroll) return selected;
  return selected >= scroll + height ? selected - height + 1 : scroll;
}
