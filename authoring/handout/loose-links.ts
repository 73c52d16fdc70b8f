// Links in pages to files that a copy of the course does not have: there they are text.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";

/** A link to a file of ours: its text, and the file relative to the page. */
const LINK = /(?<!!)\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s#:]+)(?:#[^)\s]*)?\)/g;

/** Makes text of every link whose file is missing, in all pages below a folder. */
export function removeLooseLinks(folder: string): void {
  for (const page of pagesIn(folder)) {
    const path = join(folder, page);
    const before = readFileSync(path, "utf8");
    const after = outsideOfCode(before, (text) =>
      text.replace(LINK, (link, words: string, target: string) =>
        existsSync(join(folder, posix.join(posix.dirname(page), target))) ? link : words,
      ),
    );
    if (after !== before) writeFileSync(path, after);
  }
}

/** All pages below a folder, relative to it, without those of packages. */
export function pagesIn(folder: string, path = ""): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const file = posix.join(path, name);
    if (name === "node_modules" || name === ".git") return [];
    if (statSync(join(folder, file)).isDirectory()) return pagesIn(folder, file);
    return name.endsWith(".md") ? [file] : [];
  });
}

/** Changes what stands between the fenced blocks of a page; there something may only look like a link. */
function outsideOfCode(markdown: string, change: (text: string) => string): string {
  const parts = markdown.split(/^(```[\s\S]*?^```$)/m);
  return parts.map((part, index) => (index % 2 === 0 ? change(part) : part)).join("");
}
