// Makes the block that a marker in a page asks for.

import { join } from "node:path";
import { type PageKind, pagesOf } from "../../course/lesson/page-files.ts";
import { conversationTable, handshakeTable, packetHex, packetTable, type Range } from "./capture-blocks.ts";
import { codeBlock, diffBlock, stagesBlock } from "./code-blocks.ts";
import { MarkerError } from "./weave-error.ts";

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
    case "packets":
    case "hex":
    case "conversation":
    case "handshake":
      return { language: "text", lines: await captureBlock(kind, join(root, inside(first)), words.slice(1)) };
    default:
      throw new MarkerError(
        `"${kind}" cannot be generated: choose code, diff, stages, packets, hex, conversation, handshake or pages`,
      );
  }
}

function captureBlock(
  kind: "packets" | "hex" | "conversation" | "handshake",
  path: string,
  words: readonly string[],
): Promise<string[]> {
  const { numbers, range, switches } = readOptions(words, ["stream", "packet"], ["data"]);
  const number = (name: string): number => {
    const value = numbers.get(name);
    if (value === undefined) throw new MarkerError(`say which: ${name} NUMBER`);
    return value;
  };
  switch (kind) {
    case "packets":
      return packetTable(path, numbers.get("stream"), range);
    case "hex":
      return packetHex(path, number("packet"), switches.has("data"));
    case "conversation":
      return conversationTable(path, number("stream"), range);
    case "handshake":
      return handshakeTable(path, numbers.get("stream"));
  }
}

interface Options {
  numbers: Map<string, number>;
  switches: Set<string>;
  range: Range;
}

/** Reads options such as `stream 2`, `data` and `5-12`. */
function readOptions(
  words: readonly string[],
  names: readonly string[],
  switches: readonly string[] = [],
): Options {
  const options: Options = {
    numbers: new Map(),
    switches: new Set(),
    range: { first: 1, last: Number.POSITIVE_INFINITY },
  };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    const [, first, last] = /^([0-9]+)-([0-9]+)$/.exec(word) ?? [];
    const next = words[i + 1] ?? "";
    if (first !== undefined) options.range = { first: Number(first), last: Number(last) };
    else if (switches.includes(word)) options.switches.add(word);
    else if (names.includes(word) && /^[0-9]+$/.test(next)) {
      options.numbers.set(word, Number(next));
      i += 1;
    } else throw new MarkerError(`"${word}" is not understood here`);
  }
  return options;
}

/** Checks that a path stays inside of the course's folder. */
function inside(path: string): string {
  if (path === "") throw new MarkerError("a file or a folder is missing");
  if (path.startsWith("/") || path.split("/").includes(".."))
    throw new MarkerError(`${path} is not in the course`);
  return path;
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
    "| | page | you |",
    "|---|---|---|",
    ...pages.map(({ id, title, folder, number, slug, kind }) =>
      `| ${id} | [${title}](${folder}/${number}-${slug}.md) | ${KINDS[kind]} |`.replace("|  |", "| |"),
    ),
  ];
}
