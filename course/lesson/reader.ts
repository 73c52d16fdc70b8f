// The lesson reader without its terminal: what each key does, and what the screen then shows. Pure.

import type { Key } from "../../terminal/keys.ts";
import { cutLine, type Line, lineWidth, plainLine, textOf } from "../../terminal/styled-text.ts";
import { printableText, widthOf } from "../../terminal/widths.ts";
import { actionOf, keyRows } from "../key-table.ts";
import { ANYWHERE, GUESSING, IN_LIST, LESSON_KEYS, type LessonAction, ON_PAGE, TYPING } from "./keys.ts";
import { contentsRow, nameOfPage, type ReadingPage } from "./library.ts";
import { type Rendered, renderPage, WHAT_HAPPENS } from "./render.ts";

/** What the caller has to do after a key, in addition to drawing the screen. */
export type Request = "quit" | "suspend" | "exercise" | undefined;

export interface Size {
  columns: number;
  rows: number;
}

/** A row of a list. */
interface Entry {
  label: string;
  /** Where it leads to; without it, back to the page. */
  place?: { page: number; line: number };
}

type Mode =
  | { kind: "page" }
  | { kind: "list"; title: string; entries: Entry[]; selected: number }
  | { kind: "typing"; text: string }
  /** The reader types what they think will happen. `part` is the number of the part that tells. */
  | { kind: "guessing"; part: number; text: string };

const LEAST: Size = { columns: 30, rows: 6 };
/** One row above the page and one below it. */
const FRAME_ROWS = 2;
const MOST_HITS = 300;
const LONGEST_SEARCH = 60;
const LONGEST_GUESS = 200;

/** Descriptions of the keys. The first one that fits into a row is shown. */
const KEYS = [
  "n next, p back, s short way, space b scroll, c contents, / search, a guess, h hint, e exercise, ? keys, q quit",
  "n next, p back, s short way, space, c contents, / search, a guess, h hint, e do, ? keys, q quit",
  "n next, p back, s short way, space, h hint, e do, c contents, ? keys, q quit",
  "n next, p back, space, c contents, ? keys, q quit",
  "n next, space, ? keys, q quit",
];

const NONE: ReadonlySet<number> = new Set();

/** What is known of the user before they press a key. */
export interface Memory {
  /** The ids of the pages that they have read. */
  read: ReadonlySet<string>;
  /** How much of the first page was above the screen, from 0 to 1. */
  share: number;
  /** Tells the ids of the exercises that they have passed by now. */
  passed(): ReadonlySet<string>;
  /** Whether learn has opened the reader, and waits for its end. */
  isInLearn: boolean;
}

const NO_MEMORY: Memory = { read: new Set(), share: 0, passed: () => new Set(), isInLearn: false };

export class Reader {
  readonly #pages: readonly ReadingPage[];
  readonly #memory: Memory;
  readonly #read: Set<string>;
  #size: Size;
  #index: number;
  #scroll = 0;
  /** The numbers of the parts of the page that are open. */
  #opened: ReadonlySet<number> = NONE;
  /** What the reader has guessed on this page, by the number of the part that answers it. */
  #guesses = new Map<number, string>();
  #mode: Mode = { kind: "page" };
  /** True if the last key was the first `e`. */
  #isExerciseNext = false;
  /** Shown in the last row until the next key. */
  #notice = "";
  #rendered: Rendered;

  /**
   * @param start the first page to show
   * @param memory what is known of the user; a new user without it
   */
  constructor(pages: readonly ReadingPage[], start: ReadingPage, size: Size, memory: Memory = NO_MEMORY) {
    this.#pages = pages;
    this.#index = Math.max(0, pages.indexOf(start));
    this.#size = size;
    this.#memory = memory;
    this.#read = new Set(memory.read);
    this.#rendered = this.#render(this.#index, NONE);
    this.#scrollTo(Math.round(memory.share * this.#rendered.lines.length));
    this.#noteEnd();
  }

  /** The ids of all pages of which the end was on the screen, now or earlier. */
  get read(): ReadonlySet<string> {
    return this.#read;
  }

  /** How much of the page is above the screen, from 0 to 1. */
  get share(): number {
    return this.#scroll / Math.max(1, this.#rendered.lines.length);
  }

  get page(): ReadingPage | undefined {
    return this.#pages[this.#index];
  }

  resize(size: Size): void {
    // The same part of the page should stay visible.
    const { share } = this;
    this.#size = {
      columns: Math.max(LEAST.columns, size.columns),
      rows: Math.max(LEAST.rows, size.rows),
    };
    this.#rendered = this.#render(this.#index, this.#opened);
    this.#scrollTo(Math.round(share * this.#rendered.lines.length));
    this.#noteEnd();
  }

  /** Shows a sentence in the last row until the next key. */
  say(notice: string): void {
    this.#notice = notice;
  }

  press(key: Key): Request {
    this.#notice = "";
    const request = this.#obey(key);
    this.#noteEnd();
    return request;
  }

  #obey(key: Key): Request {
    const action = actionOf(LESSON_KEYS, ANYWHERE, key);
    if (action === "quit" || action === "suspend") return action;
    switch (this.#mode.kind) {
      case "page":
        return this.#pressOnPage(key);
      case "list":
        return this.#pressInList(key, this.#mode);
      case "guessing":
        this.#pressWhileGuessing(key, this.#mode);
        break;
      case "typing":
        this.#pressWhileTyping(key, this.#mode.text);
    }
    return undefined;
  }

  /** As many lines as the terminal has rows. None is longer than its columns. */
  screen(): Line[] {
    const body = this.#mode.kind === "list" ? this.#listLines(this.#mode) : this.#visible();
    const rows = Array.from({ length: this.#bodyRows }, (_, i) => body[i] ?? []);
    return [this.#header(), ...rows, this.#footer()].map((line) => cutLine(line, this.#size.columns)[0]);
  }

  get #bodyRows(): number {
    return this.#size.rows - FRAME_ROWS;
  }

  #visible(): Line[] {
    return this.#rendered.lines.slice(this.#scroll, this.#scroll + this.#bodyRows);
  }

  #render(index: number, opened: ReadonlySet<number>): Rendered {
    const page = this.#pages[index];
    return renderPage(page?.text ?? "", {
      width: this.#size.columns - 1,
      isOpen: (part) => opened.has(part),
      guesses: this.#guesses,
      closedNote: (summary) => (summary === WHAT_HAPPENS ? "a: guess, and see" : "h opens it"),
      file: page?.file ?? "",
      nameOf: nameOfPage(this.#pages),
    });
  }

  #pressOnPage(key: Key): Request {
    const page = this.#bodyRows - 2;
    const wasAsked = this.#isExerciseNext;
    this.#isExerciseNext = false;
    switch (actionOf(LESSON_KEYS, ON_PAGE, key)) {
      case "quit":
        return "quit";
      case "exercise":
        return this.#requestExercise(wasAsked);
      case "next":
        this.#turn(1);
        break;
      case "previous":
        this.#turn(-1);
        break;
      case "next-short":
        this.#turnShort();
        break;
      case "page-down":
        if (this.#isAtEnd) this.say(this.#whatFollows);
        this.#scrollTo(this.#scroll + page);
        break;
      case "page-up":
        this.#scrollTo(this.#scroll - page);
        break;
      case "line-down":
        this.#scrollTo(this.#scroll + 1);
        break;
      case "line-up":
        this.#scrollTo(this.#scroll - 1);
        break;
      case "top":
        this.#scrollTo(0);
        break;
      case "bottom":
        this.#scrollTo(Number.MAX_SAFE_INTEGER);
        break;
      case "hint":
        this.#openNext();
        break;
      case "guess":
        this.#askForGuess();
        break;
      case "contents":
        this.#showContents();
        break;
      case "search":
        this.#mode = { kind: "typing", text: "" };
        break;
      case "keys":
        this.#showKeys();
        break;
      default:
    }
    return undefined;
  }

  /** learn opens the next exercise, which may belong to another page. So we first say where this page's exercise is. */
  #requestExercise(isAskedAgain: boolean): Request {
    const exercise = this.page?.exercise;
    if (this.#memory.isInLearn) return "quit";
    if (exercise === undefined) this.say("this page has no exercise");
    else if (isAskedAgain) return "exercise";
    else {
      this.#isExerciseNext = true;
      this.say(`e once more starts npm run learn; its list (l) has ${exercise}`);
    }
    return undefined;
  }

  #turn(step: number): void {
    const next = this.#index + step;
    if (next < 0) this.say("this is the first page");
    else if (next >= this.#pages.length) this.say("this is the last page");
    else this.#open(next, 0);
  }

  get #whatFollows(): string {
    const short = this.page?.head?.isShort === true ? ", s the next one of the short way" : "";
    return `the end of the page: n shows the next one${short}`;
  }

  #turnShort(): void {
    const next = this.#pages.findIndex(({ head }, i) => i > this.#index && head?.isShort === true);
    if (next === -1) this.say("there is no other page of the short way behind this one");
    else this.#open(next, 0);
  }

  /** A page is read when its end was on the screen. */
  #noteEnd(): void {
    if (this.#mode.kind === "page" && this.#isAtEnd && this.page !== undefined) this.#read.add(this.page.id);
  }

  #open(index: number, line: number): void {
    this.#index = index;
    this.#opened = NONE;
    this.#guesses.clear();
    this.#rendered = this.#render(index, NONE);
    this.#mode = { kind: "page" };
    this.#scrollTo(line);
  }

  #openNext(): void {
    const hints = this.#partsOf(false);
    const closed = hints.filter(({ part }) => !this.#opened.has(part));
    const [next] = closed;
    if (hints.length === 0) return this.say("this page has no hints");
    if (next === undefined) return this.say("all of them are open");
    // The reader must not see the answer by surprise when they ask for another hint.
    if (closed.length === 1 && hints.length > 1 && this.#warnsOfAnswer) {
      this.#warnsOfAnswer = false;
      return this.say("what follows tells the answer; h once more opens it");
    }
    this.#warnsOfAnswer = true;
    this.#openPart(next.part);
    if (next.line < this.#scroll || next.line >= this.#scroll + this.#bodyRows - 2)
      this.#scrollTo(next.line - 1);
  }

  /** The parts that answer predictions, or all others, with their numbers on the page. */
  #partsOf(isPrediction: boolean): { part: number; line: number }[] {
    return this.#rendered.closable.flatMap((closable, part) =>
      closable.isPrediction === isPrediction ? [{ part, line: closable.line }] : [],
    );
  }

  #openPart(part: number): void {
    this.#opened = new Set([...this.#opened, part]);
    this.#rendered = this.#render(this.#index, this.#opened);
  }

  /** Asks what the reader thinks: about the next question on the screen or behind it, or else about the first one left. */
  #askForGuess(): void {
    const predictions = this.#partsOf(true);
    const closed = predictions.filter(({ part }) => !this.#opened.has(part));
    const next = closed.find(({ line }) => line >= this.#scroll) ?? closed[0];
    if (predictions.length === 0) return this.say("this page asks for no guess");
    if (next === undefined) return this.say("you have seen all that happens on this page");
    this.#mode = { kind: "guessing", part: next.part, text: "" };
    // The question stands above the part, and must stay on the screen.
    if (next.line < this.#scroll || next.line >= this.#scroll + this.#bodyRows)
      this.#scrollTo(next.line - this.#bodyRows + 2);
  }

  #pressWhileGuessing(key: Key, { part, text }: Extract<Mode, { kind: "guessing" }>): void {
    const guess = (changed: string): Mode => ({ kind: "guessing", part, text: changed });
    const action = actionOf(LESSON_KEYS, GUESSING, key);
    if (action === "back") this.#mode = { kind: "page" };
    else if (action === "done") this.#showWhatHappens(part, text.trim());
    else if (action === "erase") this.#mode = guess([...text].slice(0, -1).join(""));
    else if (action === "erase-all") this.#mode = guess("");
    else if (key.text !== "" && text.length < LONGEST_GUESS) this.#mode = guess(text + key.text);
  }

  #showWhatHappens(part: number, guess: string): void {
    this.#mode = { kind: "page" };
    if (guess !== "") this.#guesses.set(part, guess);
    this.#openPart(part);
    const line = this.#rendered.closable[part]?.line ?? 0;
    // The end of the question stays above what was opened.
    if (line - this.#scroll > this.#bodyRows / 3) this.#scrollTo(line - Math.floor(this.#bodyRows / 4));
  }

  /** True until the user has been warned that the last part tells the answer. */
  #warnsOfAnswer = true;

  #scrollTo(line: number): void {
    this.#scroll = Math.max(0, Math.min(line, this.#lastScroll));
  }

  get #lastScroll(): number {
    return Math.max(0, this.#rendered.lines.length - this.#bodyRows);
  }

  get #isAtEnd(): boolean {
    return this.#scroll >= this.#lastScroll;
  }

  #showContents(): void {
    const marks = { read: this.#read, passed: this.#memory.passed() };
    const entries = this.#pages.map((page, index) => ({
      label: contentsRow(page, marks),
      place: { page: index, line: 0 },
    }));
    const title = "contents: ✓ read; * exercise, ✓ passed";
    this.#mode = { kind: "list", title, entries, selected: this.#index };
  }

  #showKeys(): void {
    const entries = keyRows(LESSON_KEYS, ON_PAGE).map((label) => ({ label }));
    this.#mode = { kind: "list", title: "keys", entries, selected: 0 };
  }

  #pressInList(key: Key, mode: Extract<Mode, { kind: "list" }>): Request {
    const { entries, selected } = mode;
    const steps: Partial<Record<LessonAction, number>> = {
      "line-down": 1,
      "line-up": -1,
      "page-down": this.#bodyRows - 1,
      "page-up": 1 - this.#bodyRows,
      top: -entries.length,
      bottom: entries.length,
    };
    const action = actionOf(LESSON_KEYS, IN_LIST, key);
    const place = entries[selected]?.place;
    if (action === "open" && place !== undefined) this.#open(place.page, place.line);
    else if (action === "search") this.#mode = { kind: "typing", text: "" };
    else if (action === "back" || action === "open") this.#mode = { kind: "page" };
    else if (action !== undefined)
      mode.selected = Math.max(0, Math.min(entries.length - 1, selected + (steps[action] ?? 0)));
    return undefined;
  }

  #listLines({ entries, selected }: Extract<Mode, { kind: "list" }>): Line[] {
    const first = Math.max(
      0,
      Math.min(selected - Math.floor(this.#bodyRows / 2), entries.length - this.#bodyRows),
    );
    return entries
      .slice(first, first + this.#bodyRows)
      .map(({ label }, i) =>
        first + i === selected ? plainLine(`> ${label}`, "selected") : plainLine(`  ${label}`),
      );
  }

  #pressWhileTyping(key: Key, text: string): void {
    const action = actionOf(LESSON_KEYS, TYPING, key);
    if (action === "back") this.#mode = { kind: "page" };
    else if (action === "done") this.#search(text.trim());
    else if (action === "erase") this.#mode = { kind: "typing", text: [...text].slice(0, -1).join("") };
    else if (action === "erase-all") this.#mode = { kind: "typing", text: "" };
    else if (key.text !== "" && text.length < LONGEST_SEARCH)
      this.#mode = { kind: "typing", text: text + key.text };
  }

  /** Finds a text in all pages, in upper or lower case. Hints that are closed are not searched. */
  #search(text: string): void {
    this.#mode = { kind: "page" };
    if (text === "") return;
    const entries: Entry[] = [];
    for (const [page, { id }] of this.#pages.entries()) {
      for (const [line, content] of this.#render(page, NONE).lines.entries()) {
        const found = textOf(content);
        if (found.toLowerCase().includes(text.toLowerCase()))
          entries.push({ label: `${id.padEnd(16)}${found.trim()}`, place: { page, line } });
      }
    }
    if (entries.length === 0) return this.say(`"${text}" is in no page`);
    // Titles come first: readers who search a word most often look for its page.
    const isTitle = ({ place }: Entry) => Number(place?.line === 0);
    entries.sort((left, right) => isTitle(right) - isTitle(left));
    this.#mode = { kind: "list", title: `"${text}"`, entries: entries.slice(0, MOST_HITS), selected: 0 };
  }

  #header(): Line {
    const { columns } = this.#size;
    const [left, right] =
      this.#mode.kind === "list"
        ? [` ${this.#mode.title}`, `${this.#mode.selected + 1} of ${this.#mode.entries.length} `]
        : [
            ` ${this.page?.id}  ${this.page?.title}`,
            `page ${this.#index + 1} of ${this.#pages.length}, ${this.#share()} `,
          ];
    const room = Math.max(0, columns - right.length - 1);
    const [shown] = cutLine(plainLine(left), room);
    const blanks = " ".repeat(Math.max(1, columns - lineWidth(shown) - right.length));
    return plainLine(`${textOf(shown)}${blanks}${right}`, "selected");
  }

  /** How much of the page has been on the screen. */
  #share(): string {
    const { length } = this.#rendered.lines;
    if (length <= this.#bodyRows) return "all";
    return `${Math.round((100 * Math.min(length, this.#scroll + this.#bodyRows)) / length)}%`;
  }

  #footer(): Line {
    if (this.#mode.kind === "typing")
      return [{ text: "search: " }, { text: this.#mode.text, style: "strong" }, { text: "▏" }];
    if (this.#mode.kind === "guessing") return this.#guessLine(this.#mode.text);
    if (this.#notice !== "") return plainLine(this.#notice, "warning");
    if (this.#mode.kind === "list") return plainLine("↑ ↓ choose, Enter open, / search, q back", "dim");
    const keys = KEYS.find((text) => text.length < this.#size.columns) ?? "";
    return plainLine(keys, "dim");
  }

  /** The end of what is typed stays visible. */
  #guessLine(text: string): Line {
    const question = "your guess (or Enter alone): ";
    const room = Math.max(1, this.#size.columns - question.length - 1);
    let shown = [...text];
    while (widthOf(shown.join("")) > room) shown = shown.slice(1);
    return [{ text: question }, { text: printableText(shown.join("")), style: "strong" }, { text: "▏" }];
  }
}
