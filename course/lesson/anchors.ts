// Names the headings of a page, as GitHub does, so that links lead to them. Pure.

import { lexer, type Token, walkTokens } from "marked";

/** Gives each heading of one page its anchor. Headings with the same words get a number. */
export class Anchors {
  readonly #seen = new Map<string, number>();

  /** @param heading in Markdown */
  next(heading: string): string {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const anchor = words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    const count = this.#seen.get(anchor) ?? 0;
    this.#seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  }
}

/** The anchors of all headings of a page, in order. */
export function anchorsOf(text: string): string[] {
  const anchors = new Anchors();
  const all: string[] = [];
  void walkTokens(lexer(text), (token: Token) => {
    if (token.type === "heading") all.push(anchors.next(String(token.text)));
  });
  return all;
}
