// Reads a page of a lesson: its title and, if it has one, its exercise. All pages have the same form. Pure: it takes
// text, and returns the contents and the problems.

import { lexer } from "marked";
import type { StageNumber } from "../../checks/engine/place.ts";
import { readPageHead } from "./page-head.ts";
import type { Problem } from "./problem.ts";
import { wholeLines } from "./regions.ts";
import { stageOf } from "./stages.ts";

export type Kind = "code" | "predict" | "capture" | "attack";

const KINDS: readonly Kind[] = ["code", "predict", "capture", "attack"];

/** Each exercise has this many hints. Each hint says more than the one before. */
export const HINTS = 3;

export interface Page {
  /** Relative to the course's folder, e.g. lessons/01-calculator/3-framing.md. */
  file: string;
  /** The folder in lessons/, e.g. 01-calculator. */
  folder: string;
  /** The number in the file's name, from 1. */
  number: number;
  /** The stage's number and the words of the file's name, e.g. 01-framing. The page's exercise has the same id. */
  id: string;
  title: string;
  /** Whether the page is on the short way. */
  isShort: boolean;
  exercise: PageExercise | undefined;
}

/** What a page says about its exercise. Texts are in Markdown. */
export interface PageExercise {
  kind: Kind;
  stage: StageNumber;
  /** Ids of the checks that must pass. */
  checks: string[];
  /** Ids of other checks of the stage that also fail with the starter. */
  breaks: string[];
  /** What to do, or the question. */
  task: string;
  /** What is checked, one text for each check. */
  checked: string[];
  /** The code in the region at the beginning. Each line has its line end. Empty for questions. */
  starter: string;
  /** Parts of the report that the check prints for the starter. */
  firstFailure: string[];
  hints: string[];
  /** What is shown after the exercise has been passed. */
  meaning: string;
}

/** A piece of a page's text, and the number of its first line. */
interface Block {
  type: string;
  raw: string;
  text: string;
  /** For a code block: the text after the opening fence. */
  language: string;
  depth: number;
  line: number;
}

/** The blocks below a heading. */
interface Section {
  title: string;
  line: number;
  blocks: Block[];
}

/** Splits a page's file name into its number and words. Undefined if the name is not a page's. */
export function readPageName(name: string): { number: number; slug: string } | undefined {
  const parts = /^([1-9][0-9]?)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md$/.exec(name);
  return parts === null ? undefined : { number: Number(parts[1]), slug: parts[2] ?? "" };
}

/**
 * Reads a page.
 * @param folder its folder in lessons/
 * @param name its file name, e.g. 3-framing.md
 * @returns the page and all problems; if the exercise is not valid, the page comes without it
 */
export function parsePage(text: string, folder: string, name: string): { page: Page; problems: Problem[] } {
  const file = `lessons/${folder}/${name}`;
  const reader = new PageReader(text, file);
  const { number, slug } = readPageName(name) ?? { number: 0, slug: "" };
  if (slug === "") reader.complain(1, 'a page is called N-words.md, e.g. "3-framing.md": rename it');
  const isShort = readPageHead(text)?.isShort === true;
  const page = { file, folder, number, id: `${folder.slice(0, 2)}-${slug}`, title: reader.title(), isShort };
  const exercise = reader.exercise(stageOf(folder));
  return {
    page: { ...page, exercise: reader.problems.length === 0 ? exercise : undefined },
    problems: reader.problems,
  };
}

class PageReader {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #blocks: Block[];
  readonly #sections: Section[];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#blocks = readBlocks(text);
    this.#sections = readSections(this.#blocks);
  }

  complain(line: number, message: string): void {
    this.problems.push({ file: this.#file, line, message });
  }

  title(): string {
    const titles = this.#blocks.filter(({ type, depth }) => type === "heading" && depth === 1);
    const [first, second] = titles;
    if (first === undefined) this.complain(1, 'the page has no title: write one as "# Title"');
    if (second !== undefined)
      this.complain(second.line, 'the page has a second title: make it a section, "## …"');
    return first?.text ?? "";
  }

  exercise(stage: StageNumber | undefined): PageExercise | undefined {
    const comments = this.#blocks.filter(
      ({ type, raw }) => type === "html" && /^\s*<!--\s*exercise\b/.test(raw),
    );
    const [comment, second] = comments;
    if (comment === undefined) {
      this.#complainOfOrphans();
      return undefined;
    }
    if (second !== undefined)
      this.complain(second.line, "a page has one exercise: make another page for the second");
    if (stage === undefined) {
      this.complain(comment.line, "only pages of stages 01 to 06 have exercises: remove the comment");
      return undefined;
    }
    const { kind, checks, breaks } = this.#readComment(comment);
    const isCode = kind === "code" || kind === "attack";
    if (isCode && checks.length === 0)
      this.complain(comment.line, 'no checks: write a line "checks: ID …" into the exercise comment');
    if (!isCode && checks.length + breaks.length > 0)
      this.complain(
        comment.line,
        "checks and breaks are for kinds code and attack: a question is judged by its own file",
      );
    return {
      kind,
      stage,
      checks,
      breaks,
      task: this.#text(isCode ? "Task" : "Question"),
      checked: isCode ? this.#bullets("What is checked") : [],
      starter: isCode ? this.#starter() : "",
      firstFailure: isCode ? this.#firstFailure() : [],
      hints: this.#hints(),
      meaning: this.#text("What it meant"),
    };
  }

  /** Without an exercise, a starter or a task is a mistake: the author has forgotten something. */
  #complainOfOrphans(): void {
    const orphan = this.#sections.find(({ title }) => ["Task", "Question", "Starter"].includes(title));
    if (orphan !== undefined)
      this.complain(
        orphan.line,
        `"## ${orphan.title}" belongs to an exercise: begin the page with <!-- exercise, "kind: …" and -->`,
      );
  }

  #readComment(comment: Block): { kind: Kind; checks: string[]; breaks: string[] } {
    const members = new Map<string, string[]>();
    const inside = comment.raw.replace(/^\s*<!--\s*exercise\b/, "").replace(/-->\s*$/, "");
    for (const [index, row] of inside.split("\n").entries()) {
      if (row.trim() === "") continue;
      const [, name = "", value = ""] = /^\s*([a-z]+):\s*(.*?)\s*$/.exec(row) ?? [];
      const line = comment.line + index;
      if (!["kind", "checks", "breaks"].includes(name))
        this.complain(
          line,
          `"${row.trim()}" is unknown here: an exercise has "kind: …", "checks: …" and "breaks: …"`,
        );
      else if (members.has(name)) this.complain(line, `${name} is given twice: write one line`);
      else
        members.set(
          name,
          value.split(/\s+/).filter((word) => word !== ""),
        );
    }
    const kind = KINDS.find((one) => one === members.get("kind")?.join(" "));
    if (kind === undefined)
      this.complain(
        comment.line,
        `the exercise's kind is missing or unknown: write "kind: " and one of ${KINDS.join(", ")}`,
      );
    return { kind: kind ?? "code", checks: members.get("checks") ?? [], breaks: members.get("breaks") ?? [] };
  }

  /** The section with this title. There must be only one. */
  #section(title: string): Section | undefined {
    const [section, second] = this.#sections.filter((one) => one.title === title);
    if (section === undefined) this.complain(1, `the section "## ${title}" is missing: write it`);
    if (second !== undefined)
      this.complain(second.line, `there is a second section "## ${title}": put both together`);
    return section;
  }

  #text(title: string): string {
    const section = this.#section(title);
    const text =
      section?.blocks
        .map(({ raw }) => raw)
        .join("")
        .trim() ?? "";
    if (section !== undefined && text === "")
      this.complain(section.line, `the section "## ${title}" is empty: write it`);
    return text;
  }

  #bullets(title: string): string[] {
    const section = this.#section(title);
    const lists = section?.blocks.filter(({ type }) => type === "list") ?? [];
    const bullets = lists
      .flatMap(({ raw }) => raw.split(/^[-*+] /m).slice(1))
      .map((raw) => raw.replace(/\s+/g, " ").trim());
    if (section !== undefined && bullets.length === 0)
      this.complain(section.line, `the section "## ${title}" has no list: write a line "- …" for each check`);
    return bullets;
  }

  /** The code block with this name on its fence. There must be only one. */
  #codeBlock(name: string, fence: string): Block | undefined {
    const [block, second] = this.#blocks.filter(
      ({ type, language }) => type === "code" && language.split(/\s+/).includes(name),
    );
    if (block === undefined)
      this.complain(1, `the ${name} is missing: write it in a block that begins with ${fence}`);
    if (second !== undefined) this.complain(second.line, `there is a second ${name}: keep one`);
    return block;
  }

  #starter(): string {
    const block = this.#codeBlock("starter", "```ts starter");
    if (block?.text.trim() === "")
      this.complain(block.line, "the starter is empty: write code that looks right and is wrong");
    return wholeLines(block?.text ?? "");
  }

  #firstFailure(): string[] {
    const block = this.#codeBlock("first-failure", "```text first-failure");
    const rows =
      block?.text
        .split("\n")
        .map((row) => row.trim())
        .filter((row) => row !== "") ?? [];
    if (block !== undefined && (rows.length === 0 || rows.length > 3))
      this.complain(
        block.line,
        `first-failure has ${rows.length} lines: write one to three parts of what the check prints`,
      );
    return rows;
  }

  #hints(): string[] {
    const section = this.#section("Hints");
    if (section === undefined) return [];
    const raw = section.blocks.map((block) => block.raw).join("");
    const hints = [...raw.matchAll(/<details>\s*<summary>[^<]*<\/summary>([\s\S]*?)<\/details>/g)].map(
      ([, hint = ""]) => hint.trim(),
    );
    if (hints.length !== HINTS)
      this.complain(
        section.line,
        `there are ${hints.length} hints: write ${HINTS}, each in <details><summary>Hint 1</summary> … </details>`,
      );
    const empty = hints.indexOf("");
    if (empty !== -1) this.complain(section.line, `hint ${empty + 1} is empty: write it`);
    return hints;
  }
}

function readBlocks(text: string): Block[] {
  let line = 1;
  return lexer(text).map((token) => {
    // A token may begin with empty lines. For a reader, it begins after them.
    const start = line + (/^\n*/.exec(token.raw)?.[0].length ?? 0);
    line += token.raw.split("\n").length - 1;
    const block = { type: token.type, raw: token.raw, text: "", language: "", depth: 0, line: start };
    if (token.type === "heading") return { ...block, text: String(token.text), depth: Number(token.depth) };
    if (token.type === "code")
      return { ...block, text: String(token.text), language: String(token.lang ?? "") };
    return block;
  });
}

function readSections(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [];
  for (const block of blocks) {
    const isHeading = block.type === "heading" && block.depth <= 2;
    if (isHeading) sections.push({ title: block.text.trim(), line: block.line, blocks: [] });
    else sections.at(-1)?.blocks.push(block);
  }
  return sections;
}
