// Finds the pages of the course, in order: lessons/FOLDER/N-slug.md.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type PageHead, readPageHead } from "../exercises/page-head.ts";
import { type Kind, readPageName } from "../exercises/pages.ts";
import { LESSON_FOLDERS } from "../exercises/stages.ts";

/** The kind of a page's exercise; "read" if it has none. */
export type PageKind = Kind | "read";

export interface Page {
  folder: string;
  /** The page's number in its folder, from 1. */
  number: number;
  /** The file's name after the number. */
  slug: string;
  /** The name that a user types: 03-4. */
  id: string;
  /** Relative to the course's folder, with `/`. */
  file: string;
  title: string;
  kind: PageKind;
  /** The id of its exercise, e.g. 01-framing. */
  exercise: string | undefined;
  /** What the page says of itself below its title; undefined if the author has forgotten it. */
  head: PageHead | undefined;
  text: string;
}

/** Returns all pages. Files with other names are skipped here, and reported by a test. */
export function readPages(root: string): Page[] {
  return LESSON_FOLDERS.flatMap((folder) => pagesOf(root, folder));
}

/** The pages in a folder, sorted by number. */
export function pagesOf(root: string, folder: string): Page[] {
  const path = join(root, "lessons", folder);
  if (!existsSync(path)) return [];
  const pages: Page[] = [];
  for (const name of readdirSync(path)) {
    const found = readPageName(name);
    if (found === undefined) continue;
    const { number, slug } = found;
    const text = readFileSync(join(path, name), "utf8").replaceAll("\r\n", "\n");
    const kind = kindOf(text);
    const stage = folder.slice(0, 2);
    pages.push({
      folder,
      number,
      slug,
      id: `${stage}-${number}`,
      file: `lessons/${folder}/${name}`,
      title: /^# (.+)$/m.exec(text)?.[1] ?? slug,
      kind,
      exercise: kind === "read" ? undefined : `${stage}-${slug}`,
      head: readPageHead(text),
      text,
    });
  }
  return pages.sort((left, right) => left.number - right.number);
}

function kindOf(text: string): PageKind {
  const [, comment = ""] = /^<!-- exercise\n([\s\S]*?)-->/.exec(text) ?? [];
  const kind = /^kind: *(code|predict|capture|attack) *$/m.exec(comment)?.[1];
  return (kind as PageKind | undefined) ?? "read";
}
