// Turns links into plain text if they lead to files that a copy of the course does not have.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";

/** A link to a file of the course. It has two groups: the text, and the path relative to the page. */
const LINK = /(?<!!)\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s#:]+)(?:#[^)\s]*)?\)/g;

/** Replaces every link to a missing file by its text, in all pages below a folder. */
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

/** All pages below a folder, relative to it. Folders of packages are skipped. */
export function pagesIn(folder: string, path = ""): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const file = posix.join(path, name);
    if (name === "node_modules" || name === ".git") return [];
    if (statSync(join(folder, file)).isDirectory()) return pagesIn(folder, file);
    return name.endsWith(".md") ? [file] : [];
  });
}

/** Changes the text outside of the fenced blocks. Inside of them, code may look like a link. */
function outsideOfCode(markdown: string, change: (text: string) => string): string {
  const parts = markdown.split(/^(```[\s\S]*?^```$)/m);
  return parts.map((part, index) => (index % 2 === 0 ? change(part) : part)).join("");
}
