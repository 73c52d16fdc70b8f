// The lessons on the server's side: the contents, pages in their parts, what has been read, files that pages lead to, and the
// commands of pages.

import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { withoutSolutions } from "../../course/lesson/hidden-solutions.ts";
import { nameOfPage, type ReadingPage, readLibrary } from "../../course/lesson/library.ts";
import { recallPlace, rememberPlace } from "../../course/lesson/memory.ts";
import { readPages } from "../../course/lesson/page-files.ts";
import { GIVEN, Progress } from "../../course/workspace/progress.ts";
import type { Page, Place } from "../serve/place.ts";
import { CallError, type Fields } from "../shared/fields.ts";
import {
  type Contents,
  type CourseFile,
  type LessonPage,
  MOST_BLOCKS,
  MOST_NAME,
  type PageEntry,
  type Part,
} from "../shared/lessons.ts";
import { MOST_COLUMNS, MOST_ROWS } from "../shared/terminals.ts";
import { shownBlocks } from "./console-parts.ts";
import { ConsoleRuns, type TerminalOpener } from "./console-runs.ts";
import { languageOf, linkedFiles } from "./course-files.ts";
import { partsOf } from "./parts.ts";
import { callsInWords } from "./problems.ts";
import { bytesOfPacket, isRecording, recordedMarkers, recordedParts } from "./recordings.ts";

/** Larger pictures are not shown, in bytes. */
const LARGEST_PICTURE = 131_072;
const MOST_PACKETS = 1_000_000;

export interface LessonOptions {
  /** The course's folder. */
  root: string;
  /** Where it is remembered what has been read. */
  work: string;
  terminals: TerminalOpener;
}

export class Lessons implements Place {
  readonly #root: string;
  readonly #work: string;
  readonly #runs: ConsoleRuns;
  readonly #open = new Set<Page>();
  #files: ReadonlySet<string> | undefined;

  constructor({ root, work, terminals }: LessonOptions) {
    this.#root = root;
    this.#work = work;
    this.#runs = new ConsoleRuns(root, terminals);
  }

  readonly calls = callsInWords({
    "lessons/contents": () => this.#contents(),
    "lessons/open": (fields) => this.#page(this.#named(fields)),
    "lessons/read": (fields) => this.#noteRead(this.#named(fields)),
    "lessons/file": (fields) => this.#file(fields.text("file", MOST_NAME)),
    "lessons/packet": async (fields) => {
      const marker = recordedMarkers(this.#named(fields).text)[fields.whole("block", 0, MOST_BLOCKS)];
      if (marker === undefined) throw new CallError("there is no such table in this page");
      return await bytesOfPacket(this.#root, marker, fields.whole("packet", 1, MOST_PACKETS));
    },
    "lessons/step": async (fields, page) => {
      const { id, file, text } = this.#named(fields);
      const step = {
        lesson: id,
        block: fields.whole("block", 0, MOST_BLOCKS),
        line: fields.whole("line", 0, MOST_BLOCKS),
        columns: fields.whole("columns", 1, MOST_COLUMNS),
        rows: fields.whole("rows", 1, MOST_ROWS),
      };
      return { terminal: await this.#runs.step(page, step, shownBlocks(file, text)) };
    },
    "lessons/leave": async (_, page) => {
      await this.#runs.leave(page);
      return null;
    },
  });

  opened(page: Page): void {
    this.#open.add(page);
    page.onGone(() => this.#open.delete(page));
  }

  /** @throws CallError if there is no page of this name */
  #named(fields: Fields): ReadingPage {
    const id = fields.text("page", MOST_NAME);
    const page = readLibrary(this.#root).find((one) => one.id === id);
    if (page === undefined) throw new CallError("there is no page of this name: the contents have all");
    return page;
  }

  #contents(): Contents {
    const library = readLibrary(this.#root);
    const entries = new Map(this.#entries(library).map((entry) => [entry.id, entry]));
    const staged = library.flatMap(({ id, head }) => (head === undefined ? [] : [id]));
    const titles = this.#stageTitles();
    const stages = [...new Set(staged.map((id) => id.slice(0, 2)))].map((stage) => ({
      stage,
      title: titles.get(stage) ?? "",
      pages: staged.flatMap((id) => (id.startsWith(`${stage}-`) ? (entries.get(id) ?? []) : [])),
    }));
    const beside = library.flatMap(({ id, head }) => (head === undefined ? (entries.get(id) ?? []) : []));
    return { stages, beside, last: recallPlace(this.#work).page };
  }

  /** What the map of the lessons calls the stages. */
  #stageTitles(): ReadonlyMap<string, string> {
    const map = join(this.#root, "lessons", "README.md");
    if (!existsSync(map)) return new Map();
    const headings = readFileSync(map, "utf8").matchAll(/^## ([0-9]{2}) (.+)$/gm);
    return new Map([...headings].map(([, stage = "", title = ""]) => [stage, title]));
  }

  #entries(library: readonly ReadingPage[]): PageEntry[] {
    const { read } = recallPlace(this.#work);
    const passed = new Progress(join(this.#root, "progress.txt"));
    const kinds = new Map(readPages(this.#root).map(({ id, kind }) => [id, kind]));
    return library.map(({ id, title, exercise, head }) => ({
      id,
      title,
      kind: kinds.get(id) ?? "read",
      isShort: head?.isShort === true,
      reading: head?.reading ?? 0,
      exercising: head?.exercise ?? 0,
      exercise: exercise ?? "",
      // Who has passed its exercise knows what it says; who was given it solved may not.
      isRead:
        read.has(id) || (exercise !== undefined && passed.has(exercise) && passed.dayOf(exercise) !== GIVEN),
      isPassed: exercise !== undefined && passed.has(exercise),
    }));
  }

  async #page(page: ReadingPage): Promise<LessonPage> {
    const library = readLibrary(this.#root);
    const index = library.findIndex(({ id }) => id === page.id);
    const named = (one: ReadingPage | undefined) => one && { id: one.id, title: one.title };
    const entry = this.#entries([page])[0];
    const place = recallPlace(this.#work);
    rememberPlace(this.#work, {
      page: page.id,
      share: place.page === page.id ? place.share : 0,
      read: place.read,
    });
    return {
      id: page.id,
      title: page.title,
      stage: page.head === undefined ? "" : page.id.slice(0, 2),
      entry: page.head === undefined ? undefined : entry,
      parts: await this.#partsOf(library, page.file, page.text, ["lessons", page.id], page.exercise),
      previous: named(library[index - 1]),
      next: named(library[index + 1]),
      nextShort: named(library.find(({ head }, i) => i > index && head?.isShort === true)),
    };
  }

  #partsOf(
    library: readonly ReadingPage[],
    file: string,
    text: string,
    place: readonly string[],
    exercise: string | undefined,
  ): Promise<Part[]> {
    return partsOf({
      file,
      text,
      place,
      exercise,
      nameOf: nameOfPage(library),
      isShown: (target) => this.#linked(library).has(target),
      pictureOf: (href) => this.#picture(posix.join(posix.dirname(file), href)),
      isRecording: (name) => isRecording(this.#root, name),
      recorded: (marker, block) => recordedParts(this.#root, marker, block),
    });
  }

  #linked(library: readonly ReadingPage[]): ReadonlySet<string> {
    this.#files ??= linkedFiles(
      this.#root,
      library.map(({ file }) => file),
    );
    return this.#files;
  }

  /** A picture of a lesson, as an address that holds it. */
  #picture(file: string): string | undefined {
    if (!/^lessons\/[\w/-]+\.png$/.test(file)) return undefined;
    const path = join(this.#root, file);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
    return size > LARGEST_PICTURE ? undefined : `data:image/png;base64,${readFileSync(path, "base64")}`;
  }

  async #file(name: string): Promise<CourseFile> {
    const library = readLibrary(this.#root);
    if (!this.#linked(library).has(name)) throw new CallError("no page leads to a file of this name");
    const text = readFileSync(join(this.#root, name), "utf8");
    const language = languageOf(name) ?? "text";
    const place = ["lessons", "file", name];
    if (language === "markdown")
      return { name, language, text: "", parts: await this.#partsOf(library, name, text, place, undefined) };
    return { name, language, text: withoutSolutions(text).join("\n"), parts: [] };
  }

  #noteRead({ id }: ReadingPage): null {
    const place = recallPlace(this.#work);
    if (place.read.has(id)) return null;
    rememberPlace(this.#work, {
      page: id,
      share: place.page === id ? place.share : 0,
      read: new Set([...place.read, id]),
    });
    for (const page of this.#open) page.tell("lessons/progress", {});
    return null;
  }
}
