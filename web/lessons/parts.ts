// Cuts a page of Markdown into the parts that the browser shows: text, code, diagrams, tables of recordings, commands that can
// be run, and what is closed at first. Pure, but for recordings, which the caller reads.

import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { Anchors } from "../../course/lesson/anchors.ts";
import { RECORDED_KINDS, type RecordedMarker, readRecordedMarker } from "../../course/lesson/recorded.ts";
import { WHAT_HAPPENS } from "../../course/lesson/render.ts";
import { DiagramError, parseSequence } from "../../course/lesson/sequence-diagram.ts";
import type { Diagram, Part } from "../shared/lessons.ts";
import { ownProgram, type ShownBlock, shownBlocks } from "./console-parts.ts";
import { markupFor, type Surroundings } from "./markup.ts";

/** How to read a page. */
export interface PageSource extends Surroundings {
  text: string;
  /** The id of the page's exercise; undefined if it has none. */
  exercise: string | undefined;
  /** Reads what a marker asks for. @param block the number of the recording's table on the page */
  recorded(marker: RecordedMarker, block: number): Promise<Part[]>;
}

/** The sections that say what an exercise is. */
const OF_EXERCISE = ["Task", "Question", "What is checked", "Starter", "Hints", "What it meant"];
const MEANING = "What it meant";
/** The section that asks what will happen. */
const PREDICT = "Predict";

/** The line below a title. The page shows what it says in its own words. */
const HEAD = /^\*(?:Short way|In depth)\. [1-9][^*]*\.\*$/;

/** @throws Error if a recording that the page shows cannot be read */
export async function partsOf(source: PageSource): Promise<Part[]> {
  const cutter = new Cutter(source);
  for (const token of lexer(source.text.replaceAll("\r\n", "\n"))) await cutter.take(token as MarkedToken);
  return cutter.end();
}

class Cutter {
  readonly #source: PageSource;
  readonly #markup: (tokens: readonly Token[]) => string;
  readonly #anchors = new Anchors();
  readonly #blocks: readonly ShownBlock[];
  /** Where parts go: the page, and in it the parts that are open now. */
  readonly #within: Part[][] = [[]];
  #prose: Token[] = [];
  /** What the section that asks says, until its answer comes. */
  #asked: Token[] = [];
  #isAsking = false;
  #consoles = 0;
  #recordings = 0;
  #closed = 0;
  /** What the next block of code is made from. */
  #marker: string[] | undefined;

  constructor(source: PageSource) {
    this.#source = source;
    this.#markup = markupFor(source);
    this.#blocks = shownBlocks(source.file, source.text);
  }

  async take(token: MarkedToken): Promise<void> {
    if (token.type === "space") return;
    if (token.type === "html") return this.#html(token.text);
    if (token.type === "heading") return this.#heading(token);
    if (token.type === "code") return await this.#code(token);
    if (token.type === "paragraph" && HEAD.test(token.text)) return;
    this.#marker = undefined;
    this.#prose.push(token);
    if (this.#isAsking) this.#asked.push(token);
    // The command for the student's own program is the last of the blocks.
    if (this.#isInExercise && ownProgram(token.raw) !== undefined) this.#addConsole(this.#blocks.length - 1);
  }

  end(): Part[] {
    this.#flush();
    while (this.#within.length > 1) this.#within.pop();
    return this.#within[0] ?? [];
  }

  #add(part: Part): void {
    this.#flush();
    this.#within.at(-1)?.push(part);
  }

  /** Text that stands together is one part. */
  #flush(): void {
    if (this.#prose.length === 0) return;
    const html = this.#markup(this.#prose);
    this.#prose = [];
    this.#within.at(-1)?.push({ kind: "prose", html });
  }

  /** Opens a part into which all goes that follows. */
  #open(part: Extract<Part, { parts: Part[] }>): void {
    this.#add(part);
    this.#within.push(part.parts);
  }

  #close(): void {
    this.#flush();
    if (this.#within.length > 1) this.#within.pop();
  }

  #heading({ depth, text, tokens }: Tokens.Heading): void {
    this.#marker = undefined;
    const id = this.#anchors.next(text);
    if (depth === 1) return this.#flush();
    if (depth === 2) this.#section(text);
    if (depth === 2 && text === PREDICT) this.#asked = [];
    this.#isAsking = depth === 2 && text === PREDICT;
    if (depth === 2 && text === MEANING && this.#isInExercise) return this.#openClosed(MEANING);
    const html = this.#markup([{ type: "text", raw: text, text, tokens }]);
    this.#add({ kind: "heading", depth, id, html });
  }

  /** A section begins: whatever was open ends; the exercise has several sections. */
  #section(title: string): void {
    const isOfExercise = this.#source.exercise !== undefined && OF_EXERCISE.includes(title);
    const least = isOfExercise && this.#isInExercise ? 2 : 1;
    while (this.#within.length > least) this.#close();
    if (isOfExercise && !this.#isInExercise)
      this.#open({ kind: "exercise", id: this.#source.exercise ?? "", parts: [] });
  }

  get #isInExercise(): boolean {
    return this.#within[0]?.at(-1)?.kind === "exercise" && this.#within.length > 1;
  }

  #openClosed(summary: string): void {
    const number = this.#closed;
    this.#closed += 1;
    const isPrediction = summary === WHAT_HAPPENS;
    const asked = isPrediction ? this.#questions() : "";
    this.#open({ kind: "closed", number, summary, isPrediction, asked, parts: [] });
  }

  /** The questions that were asked in a section above: its list, or its last paragraph. Those right above are not said again. */
  #questions(): string {
    const asked = this.#isAsking ? [] : this.#asked;
    this.#asked = [];
    this.#isAsking = false;
    const lists = asked.filter(({ type }) => type === "list");
    return asked.length === 0 ? "" : this.#markup(lists.length > 0 ? lists : asked.slice(-1));
  }

  /** Our pages use HTML only for comments and for parts that can be opened. */
  #html(text: string): void {
    const parts = /<!-- generate: (.+?) -->|<!--[\s\S]*?-->|<\/details>|<summary>([\s\S]*?)<\/summary>/g;
    for (const [part, marker, summary] of text.matchAll(parts)) {
      if (marker !== undefined) this.#marker = marker.trim().split(/ +/);
      else if (part === "</details>") this.#close();
      else if (summary !== undefined) this.#openClosed(summary.replaceAll(/<[^>]*>/g, ""));
    }
  }

  async #code({ lang = "", text }: Tokens.Code): Promise<void> {
    const marker = this.#marker;
    this.#marker = undefined;
    const [language = "", ...info] = lang.split(" ");
    if (language === "console") return this.#console();
    if (language === "mermaid") return this.#diagram(text);
    const kind = RECORDED_KINDS.find((one) => one === marker?.[0]);
    if (kind === undefined || marker === undefined)
      return this.#add({ kind: "code", language, label: labelOf(info.join(" "), marker), text });
    const block = this.#recordings;
    this.#recordings += 1;
    for (const part of await this.#source.recorded(readRecordedMarker(kind, marker.slice(1)), block))
      this.#add(part);
  }

  #console(): void {
    const number = this.#consoles;
    this.#consoles += 1;
    this.#addConsole(number);
    const { beside = [], reason = "" } = this.#blocks[number] ?? {};
    const note = "<p>In this page, the programs that it waits for run beside it, too:</p>";
    if (beside.length > 0 && reason === "") this.#add({ kind: "prose", html: note });
    for (const one of beside) this.#addConsole(one);
  }

  #addConsole(number: number): void {
    const block = this.#blocks[number];
    if (block === undefined) return;
    const { terminal, lines, reason, instead } = block;
    const shown = lines.map(({ kind, text }) => ({ kind, text }));
    this.#add({ kind: "console", block: number, terminal, lines: shown, reason, instead });
  }

  #diagram(text: string): void {
    const diagram = diagramOf(text);
    if (diagram === undefined)
      this.#add({ kind: "code", language: "text", label: "a diagram, as Mermaid's source", text });
    else this.#add({ kind: "diagram", diagram });
  }
}

function diagramOf(text: string): Diagram | undefined {
  try {
    return parseSequence(text.split("\n"));
  } catch (error) {
    if (error instanceof DiagramError) return undefined;
    throw error;
  }
}

/** What the reader should know before the code. */
function labelOf(info: string, marker: readonly string[] | undefined): string {
  if (info === "starter") return "the starter";
  if (info === "first-failure") return "what the check says at first";
  const [, reason] = /^not-run: *(.+)$/.exec(info) ?? [];
  if (reason !== undefined) return reason;
  const [kind = "", first = "", second = "", third = ""] = marker ?? [];
  if (kind === "code") return first;
  if (kind === "diff") return `${third}, from ${first} to ${second}`;
  return "";
}
