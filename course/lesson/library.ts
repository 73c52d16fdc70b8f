// Lists all pages that can be read: those of the course in order, and some that belong to no stage.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PageHead } from "../exercises/page-head.ts";
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
  /** Its minutes, and whether it is on the short way; undefined for pages that belong to no stage. */
  head: PageHead | undefined;
}

/** What the user has done. */
export interface Marks {
  /** The ids of the pages that they have read. */
  read: ReadonlySet<string>;
  /** The ids of the exercises that they have passed. */
  passed: ReadonlySet<string>;
}

/** A row of the contents. ✓: read; behind it * for an exercise, or ✓ when it is passed; then way and minutes. */
export function contentsRow({ id, title, exercise, head }: ReadingPage, { read, passed }: Marks): string {
  const isRead = read.has(id) ? "✓" : " ";
  const done = exercise === undefined ? " " : passed.has(exercise) ? "✓" : "*";
  const way = head?.isShort === true ? "short" : "";
  const minutes = head === undefined ? "" : `${head.reading} min`;
  return `${id.padEnd(15)} ${isRead}${done} ${way.padEnd(5)} ${minutes.padStart(6)}  ${title}`;
}

/** Pages outside the stages, by file name. They come behind all lessons. */
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
    return [
      { id, file, title: /^# (.+)$/m.exec(text)?.[1] ?? id, text, exercise: undefined, head: undefined },
    ];
  });
  return [...readPages(root), ...beside];
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
