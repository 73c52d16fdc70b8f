// The pages of the course, in its order: lessons/FOLDER/N-slug.md.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const LESSON_FOLDERS = [
  "00-setting-up",
  "01-calculator",
  "02-basic-p2p",
  "03-dh-chat",
  "04-aes-chat",
] as const;

/** The kinds of exercises, and of a page that has none. */
export type PageKind = "code" | "predict" | "capture" | "attack" | "read";

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

const NAME = /^([0-9]{1,2})-([a-z0-9-]+)\.md$/;

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
    const [, number, slug] = NAME.exec(name) ?? [];
    if (number === undefined || slug === undefined) continue;
    const text = readFileSync(join(path, name), "utf8").replaceAll("\r\n", "\n");
    const kind = kindOf(text);
    const stage = folder.slice(0, 2);
    pages.push({
      folder,
      number: Number(number),
      slug,
      id: `${stage}-${Number(number)}`,
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
