// Fills in the generated parts of a page: after each marker, the block that the marker asks for.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fencesOf } from "../../course/lesson/fences.ts";
import { MarkerError, PageError } from "../../course/lesson/page-error.ts";
import { type GeneratedBlock, generateBlock } from "./generated-blocks.ts";

const MARKER = /^<!-- generate: (.+) -->$/;
const END = "<!-- end -->";

/** Where markers may occur: in these files, and in all files below these folders. */
const WHERE = [
  "README.md",
  "INSTRUCTORS.md",
  "lessons",
  "attacks",
  "captures",
  "course",
  "01-calculator",
  "02-basic-p2p",
  "03-dh-chat",
  "04-aes-chat",
  "05-lan-chat",
] as const;

/** All markdown files with a marker, relative to the course's folder. */
export function wovenFiles(root: string): string[] {
  const files = WHERE.flatMap((path) => markdownIn(root, path));
  return files.filter((file) => /^<!-- generate: /m.test(readFileSync(join(root, file), "utf8")));
}

/** All markdown files at a path or below it. */
export function markdownIn(root: string, path: string): string[] {
  const status = statSync(join(root, path), { throwIfNoEntry: false });
  if (status?.isFile()) return path.endsWith(".md") ? [path] : [];
  if (!status?.isDirectory()) return [];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => markdownIn(root, `${path}/${name}`));
}

/**
 * The page with all its generated blocks made anew.
 * @param file relative to the course's folder
 * @throws PageError if a block cannot be made
 */
export async function weave(root: string, file: string, text: string): Promise<string> {
  const lines = text.split("\n");
  const fences = fencesOf(text);
  const woven: string[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const fence = fences.find((candidate) => candidate.line === index + 1);
    const marker = MARKER.exec(line)?.[1];
    if (marker === undefined) {
      const end = fence?.end ?? index + 1;
      woven.push(...lines.slice(index, end));
      index = end;
      continue;
    }
    const block = await generate(root, file, index + 1, marker);
    woven.push(line, ...written(block));
    const old = fences.find((candidate) => candidate.line === index + 2);
    index = block.language === undefined ? endOfPlain(lines, index, file) : (old?.end ?? index + 1);
  }
  return woven.join("\n");
}

async function generate(root: string, file: string, line: number, marker: string): Promise<GeneratedBlock> {
  try {
    return await generateBlock(root, marker);
  } catch (error) {
    if (error instanceof MarkerError) throw new PageError(file, line, error.message);
    throw error instanceof Error ? new PageError(file, line, error.message.split("\n")[0] ?? "") : error;
  }
}

function written({ language, lines }: GeneratedBlock): string[] {
  if (language === undefined) return ["", ...lines, "", END];
  // The fence needs more backticks than any line inside of it.
  const longest = Math.max(2, ...lines.map((line) => /^`*/.exec(line)?.[0].length ?? 0));
  const marks = "`".repeat(longest + 1);
  return [`${marks}${language}`, ...lines, marks];
}

/** The number of the line after the old generated text, or after the marker if there is none. */
function endOfPlain(lines: readonly string[], marker: number, file: string): number {
  const end = lines.indexOf(END, marker);
  const next = lines.findIndex((line, i) => i > marker && MARKER.test(line));
  if (end !== -1 && (next === -1 || end < next)) return end + 1;
  if ((lines[marker + 1] ?? "") !== "") throw new PageError(file, marker + 1, `put a line ${END} behind it`);
  return marker + 1;
}
