// Makes the block that a marker in a page asks for.

import { join } from "node:path";
import type { PageHead } from "../../course/exercises/page-head.ts";
import { LESSON_FOLDERS } from "../../course/exercises/stages.ts";
import { shownKeys } from "../../course/key-table.ts";
import { LEARN_KEYS } from "../../course/learn/keys.ts";
import { LESSON_KEYS } from "../../course/lesson/keys.ts";
import { inside, readOptions } from "../../course/lesson/marker-options.ts";
import { MarkerError } from "../../course/lesson/page-error.ts";
import { type Page, type PageKind, pagesOf, readPages } from "../../course/lesson/page-files.ts";
import { readRecordedMarker } from "../../course/lesson/recorded.ts";
import { captureBlock } from "./capture-blocks.ts";
import { codeBlock, diffBlock, stagesBlock } from "./code-blocks.ts";

/** The lines that belong below a marker. */
export interface GeneratedBlock {
  /** The language of the fenced block; undefined for plain markdown, which ends with `<!-- end -->`. */
  language: "ts" | "diff" | "text" | undefined;
  lines: string[];
}

/**
 * @param root the course's folder
 * @param marker the words after `generate:`
 * @throws MarkerError if the block cannot be made; the message is one line for the author of the page
 */
export async function generateBlock(root: string, marker: string): Promise<GeneratedBlock> {
  const [kind = "", ...words] = marker.trim().split(/ +/);
  const [first = "", second = "", third = ""] = words;
  switch (kind) {
    case "code":
      return { language: "ts", lines: codeBlock(root, inside(first), words.slice(1)) };
    case "diff": {
      const options = readOptions(words.slice(3), ["context"]);
      const context = options.numbers.get("context") ?? 3;
      return {
        language: "diff",
        lines: diffBlock(root, inside(first), inside(second), inside(third), context),
      };
    }
    case "stages":
      return { language: "text", lines: stagesBlock(root, inside(first), inside(second)) };
    case "pages":
      return { language: undefined, lines: pagesBlock(root, first) };
    case "short-way":
      return { language: undefined, lines: shortWayBlock(root, first) };
    case "minutes":
      return { language: undefined, lines: minutesBlock(root) };
    case "keys":
      return { language: undefined, lines: keysBlock(first) };
    case "packets":
    case "hex":
    case "conversation":
    case "handshake": {
      const marker = readRecordedMarker(kind, words);
      return { language: "text", lines: await captureBlock(join(root, marker.file), marker) };
    }
    default:
      throw new MarkerError(
        `"${kind}" cannot be generated: choose code, diff, stages, packets, hex, conversation, handshake, pages, short-way, minutes or keys`,
      );
  }
}

const KINDS: Readonly<Record<PageKind, string>> = {
  code: "fill in code",
  predict: "predict",
  capture: "find it in a capture",
  attack: "attack",
  read: "",
};

/** A table of the pages in a folder, for the map of the course. */
function pagesBlock(root: string, folder: string): string[] {
  const pages = pagesOf(root, folder);
  if (pages.length === 0) throw new MarkerError(`there are no pages in lessons/${folder}`);
  return [
    "| | page | way | minutes | you |",
    "|---|---|---|---|---|",
    ...pages.map(({ id, title, folder, number, slug, kind, head }) =>
      `| ${id} | [${title}](${folder}/${number}-${slug}.md) | ${wayOf(head)} | ${minutesOf(head)} | ${KINDS[kind]} |`.replace(
        "|  |",
        "| |",
      ),
    ),
  ];
}

function wayOf(head: PageHead | undefined): string {
  return head?.isShort === true ? "**short**" : "in depth";
}

/** Minutes to read, and behind a plus those of the exercise. */
function minutesOf(head: PageHead | undefined): string {
  const { reading = 0, exercise = 0 } = head ?? {};
  return exercise === 0 ? `${reading}` : `${reading} + ${exercise}`;
}

/** The short way: a row for each stage that has pages of it, and how long it is. @param to leads from the page to lessons/ */
function shortWayBlock(root: string, to: string): string[] {
  const pages = readPages(root).filter(({ head }) => head?.isShort === true);
  const rows = LESSON_FOLDERS.flatMap((folder) => {
    const own = pages.filter((page) => page.folder === folder);
    if (own.length === 0) return [];
    const links = own.map(({ id, number, slug }) => `[${id}](${to}${folder}/${number}-${slug}.md)`);
    return `| ${folder.slice(0, 2)} | ${links.join(", ")} | ${sumOf(own, "reading")} | ${sumOf(own, "exercise")} |`;
  });
  return [
    "| stage | pages of the short way | minutes to read | for the exercises |",
    "|---|---|---|---|",
    ...rows,
    `| | ${pages.length} of ${readPages(root).length} pages | ${sumOf(pages, "reading")} | ${sumOf(pages, "exercise")} |`,
  ];
}

/** How long each stage takes: all of it, and what is on the short way. */
function minutesBlock(root: string): string[] {
  const rows = [...LESSON_FOLDERS.map((folder) => [folder.slice(0, 2), pagesOf(root, folder)] as const)];
  const all = ["all", readPages(root)] as const;
  return [
    "| stage | pages | to read | exercises | short way: pages | to read | exercises |",
    "|---|---|---|---|---|---|---|",
    ...[...rows, all].map(([name, pages]) => {
      const short = pages.filter(({ head }) => head?.isShort === true);
      const cells = [pages, short].flatMap((part) => [
        part.length,
        sumOf(part, "reading"),
        sumOf(part, "exercise"),
      ]);
      return `| ${name} | ${cells.join(" | ")} |`;
    }),
  ];
}

function sumOf(pages: readonly Page[], what: "reading" | "exercise"): number {
  return pages.reduce((sum, { head }) => sum + (head?.[what] ?? 0), 0);
}

/** The keys of learn or of lesson, from the table by which the program itself obeys them. */
function keysBlock(program: string): string[] {
  const table = program === "learn" ? LEARN_KEYS : LESSON_KEYS;
  if (program !== "learn" && program !== "lesson") throw new MarkerError("keys of what? learn or lesson");
  return [
    "| where | key | what it does |",
    "|---|---|---|",
    ...table.map(({ where, keys, does }, i) => {
      // Where the keys work stands in the first row of each group.
      const place = where === table[i - 1]?.where ? "" : ` ${where}`;
      return `|${place} | ${shownKeys(keys)} | ${does} |`;
    }),
  ];
}
