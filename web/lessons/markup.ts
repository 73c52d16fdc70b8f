// Makes HTML of a page's text: paragraphs, lists and tables. The page sanitises it again before it shows it. Pure.

import { Marked, type Token, type Tokens } from "marked";
import { type Linkable, recordingIn, targetOf } from "./links.ts";

/** What has to be known of a page to make its links. */
export interface Surroundings extends Linkable {
  /** The page's file, relative to the course's folder. */
  file: string;
  /** Where the page is shown, such as lessons and 03-4. */
  place: readonly string[];
  /** The address of a picture beside the page; undefined if there is none. */
  pictureOf(href: string): string | undefined;
  /** Whether the course has a recording of this name, such as 01-nagle. */
  isRecording(name: string): boolean;
}

/** @returns what makes HTML of tokens */
export function markupFor(surroundings: Surroundings): (tokens: readonly Token[]) => string {
  // In a link, code is no link of its own.
  let isInLink = false;
  const marked = new Marked({
    renderer: {
      link({ href, tokens, text }: Tokens.Link): string {
        isInLink = true;
        const words = this.parser.parseInline(tokens);
        isInLink = false;
        const target = targetOf(href, { ...surroundings, text }, surroundings);
        switch (target.kind) {
          case "inside":
            return `<a href="${escaped(target.href)}">${words}</a>`;
          case "outside":
            return `<a href="${escaped(target.href)}" class="leaves" target="_blank" rel="noopener noreferrer">${words}<span class="for-readers"> (leads out of the course)</span></a>`;
          case "nowhere":
            return words;
        }
      },
      image({ href, text }: Tokens.Image): string {
        const address = surroundings.pictureOf(href);
        return address === undefined
          ? escaped(`[picture: ${text}]`)
          : `<img src="${escaped(address)}" alt="${escaped(text)}">`;
      },
      codespan({ text }: Tokens.Codespan): string {
        const code = `<code>${escaped(text)}</code>`;
        const href = isInLink ? undefined : placeOf(text, surroundings);
        return href === undefined ? code : `<a href="${escaped(href)}">${code}</a>`;
      },
      // Our pages have no HTML that is to be shown.
      html: () => "",
      table(token: Tokens.Table): string {
        const cells = (row: readonly Tokens.TableCell[], tag: string): string =>
          row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("");
        const isNamed = token.header.some(({ text }) => text !== "");
        const head = isNamed ? `<thead><tr>${cells(token.header, "th")}</tr></thead>` : "";
        const rows = token.rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
        return `<div class="scrolls"><table>${head}<tbody>${rows}</tbody></table></div>`;
      },
      listitem(item: Tokens.ListItem): string {
        // A clause of the protocol has an address.
        const clause = /^\*\*(P[0-9]{1,2}\.[0-9]{1,2})\*\*/.exec(item.text)?.[1];
        const name = clause === undefined ? "" : ` id="${clause}"`;
        return `<li${name}>${this.parser.parse(item.tokens)}</li>`;
      },
    },
  });
  return (tokens) => marked.parser([...tokens]);
}

/** The place of this page that has what a command opens, or the recording that is named; undefined if none has. */
function placeOf(code: string, { isRecording }: Surroundings): string | undefined {
  const place = /^npm run web -- --at (\/[\w/.=-]+)$/.exec(code)?.[1];
  if (place !== undefined) return `#${place}`;
  const found = recordingIn(code);
  return found !== undefined && isRecording(found.recording) ? found.href : undefined;
}

/** Text as it stands in HTML, also in an attribute. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
