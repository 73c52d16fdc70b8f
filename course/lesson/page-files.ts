// The pages of the course, in its order: lessons/FOLDER/N-slug.md.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Kind, readPageName } from "../exercises/pages.ts";
import { LESSON_FOLDERS } from "../exercises/stages.ts";

/** The kinds of exercises, and of a page that has none. */
export type PageKind = Kind | "read";

export interface Page {
  folder: string;
  /** From 1, in its folder. */
  number: number;
  /** What stands in its name behind the number. */
  slug: string;
  /** As a user names it: 03-4. */
  id: string;
  /** Relative to the course's folder, with `/`. */
  file: string;
  title: string;
  kind: PageKind;
  /** The id of its exercise, e.g. 01-framing. */
  exercise: string | undefined;
  text: string;
}

/** All pages. Files with other names are passed over (a test finds them). */
export function readPages(root: string): Page[] {
  return LESSON_FOLDERS.flatMap((folder) => pagesOf(root, folder));
}

/** The pages of a folder, by number. */
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
