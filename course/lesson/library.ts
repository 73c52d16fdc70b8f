// Lists all pages that can be read: those of the course in order, and some that belong to no stage.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readPages } from "./page-files.ts";

export interface ReadingPage {
  /** The name that a user types: 03-4, or glossary. */
  id: string;
  /** Relative to the course's folder. */
  file: string;
  title: string;
  text: string;
  /** The id of its exercise, e.g. 03-key-pair. */
  exercise: string | undefined;
}

/** Pages outside the stages, by file name. The first of them comes before all lessons. */
const BESIDE = [
  ["map", "lessons/README.md"],
  ["glossary", "lessons/glossary.md"],
  ["further-reading", "lessons/further-reading.md"],
  ["claims", "lessons/claims.md"],
  ["protocol", "lessons/protocol.md"],
] as const;

/** @param root the course's folder */
export function readLibrary(root: string): ReadingPage[] {
  const beside = BESIDE.flatMap(([id, file]): ReadingPage[] => {
    if (!existsSync(join(root, file))) return [];
    const text = readFileSync(join(root, file), "utf8");
    return [{ id, file, title: /^# (.+)$/m.exec(text)?.[1] ?? id, text, exercise: undefined }];
  });
  const isMap = ({ id }: ReadingPage): boolean => id === "map";
  return [...beside.filter(isMap), ...readPages(root), ...beside.filter((page) => !isMap(page))];
}

/** Finds the page that a user means: by 03-4, 03-4-key-pair, the exercise's id, or the file. */
export function findPage(pages: readonly ReadingPage[], name: string): ReadingPage | undefined {
  const wanted = name.replace(/^\.\//, "");
  return pages.find(({ id, file, exercise }) => {
    const [, base = ""] = /([^/]+)\.md$/.exec(file) ?? [];
    const stage = /^[0-9]{2}/.exec(id)?.[0] ?? "";
    return [id, exercise, file, `${stage}-${base}`, base].includes(wanted);
  });
}

/** Returns a function that makes names for links from the files of pages. */
export function nameOfPage(pages: readonly ReadingPage[]): (file: string) => string | undefined {
  const names = new Map(pages.map(({ id, file }) => [file, id]));
  return (file) => names.get(file);
}
