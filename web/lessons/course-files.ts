// The files of the course that pages lead to: these, and no others, can be looked at in the page.

import { readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { lexer, type Token, walkTokens } from "marked";

/** Larger files are not shown, in bytes. */
const LARGEST = 262_144;

const LANGUAGES: Readonly<Record<string, string>> = {
  ".ts": "ts",
  ".json": "json",
  ".md": "markdown",
  ".py": "python",
  ".lua": "lua",
  ".txt": "text",
};

/** The language of a file; undefined if it is not one that can be shown. */
export function languageOf(file: string): string | undefined {
  return LANGUAGES[posix.extname(file)];
}

/**
 * All files that the pages lead to, and those that these lead to.
 * @param root the course's folder
 * @param pages files of pages, relative to it: they are not in the list themselves
 */
export function linkedFiles(root: string, pages: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set(pages);
  const waiting = [...pages];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const target of targetsIn(readFileSync(join(root, file), "utf8"), file)) {
      if (seen.has(target) || !isShown(root, target)) continue;
      seen.add(target);
      found.add(target);
      if (target.endsWith(".md")) waiting.push(target);
    }
  }
  return found;
}

/** The files that a page's links name, relative to the course's folder. */
function targetsIn(text: string, file: string): string[] {
  const targets: string[] = [];
  void walkTokens(lexer(text), (token: Token) => {
    if (token.type !== "link" || /^[a-z]+:|^#/i.test(String(token.href))) return;
    const [path = ""] = String(token.href).split("#");
    targets.push(posix.normalize(posix.join(posix.dirname(file), path)));
  });
  return targets;
}

function isShown(root: string, file: string): boolean {
  if (file.startsWith("..") || /(?:^|\/)(?:\.|node_modules\/|work\/)/.test(file)) return false;
  if (languageOf(file) === undefined) return false;
  const status = statSync(join(root, file), { throwIfNoEntry: false });
  return status?.isFile() === true && status.size <= LARGEST;
}
