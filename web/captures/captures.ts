// The place "captures": the list of what can be opened, what pages have opened, and the calls about it. Pages that look at
// the same capture share the process that reads it.

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { pairs } from "../../captures/explain/chats.ts";
import { MAX_KEY_LOG_BYTES, MAX_SMALL_FILE_BYTES } from "../../captures/explain/given-keys.ts";
import { MOST_UNPACKED } from "../../captures/read/unpacked.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { systemProblem } from "../../programs/system-error.ts";
import type { Page, Place } from "../serve/place.ts";
import type { OwnRoute } from "../serve/web-server.ts";
import {
  type CaptureItem,
  type CaptureSummary,
  type Compared,
  type KeysState,
  MOST_BINS,
  MOST_FILTER,
  MOST_KEY_LOG,
  MOST_LINES,
  MOST_OPEN,
  MOST_OPEN_BYTES,
  MOST_PASSPHRASE,
  MOST_POINTS,
  MOST_ROWS,
  MOST_SOUGHT,
  MOST_TEAM,
} from "../shared/captures.ts";
import { CallError, type Fields } from "../shared/fields.ts";
import { type CaptureFolders, capturesIn, type KeysBeside, type ListedCapture } from "./capture-list.ts";
import { CaptureReader, MOST_HEAP, type ReaderEvents } from "./capture-reader.ts";
import { DroppedFiles } from "./dropped-files.ts";
import type { ReaderCalls } from "./reader-calls.ts";

const MOST_PACKETS = 2 ** 32;

/** A capture that is being read, or was: for all pages that have opened it. */
interface Shared {
  /** The file as it was: if it has changed, it is another capture. */
  stamp: string;
  item: CaptureItem;
  /** How many bytes there may be in it: more than the file has if it is gzipped. */
  mostBytes: number;
  keys: KeysBeside | undefined;
  reader: CaptureReader;
  openings: Set<Opening>;
}

/** A capture that one page has opened. */
interface Opening {
  number: number;
  page: Page;
  shared: Shared;
  /** The search that is under way, as the reader counts it. */
  search: number | undefined;
}

export interface CapturesOptions {
  /** The folder of one's own captures. */
  own: string;
  /** That of recordings. Default: the course's. */
  recordings?: string;
  failed(error: unknown): void;
  /** How much the process of a capture may have on its heap, in MiB. */
  mostHeap?: number;
}

export class Captures implements Place {
  readonly calls: Place["calls"];
  readonly routes: readonly OwnRoute[];
  readonly #folders: CaptureFolders;
  readonly #failed: (error: unknown) => void;
  readonly #mostHeap: number;
  readonly dropped = new DroppedFiles(() => this.#tellAll());
  readonly #pages = new Set<Page>();
  readonly #shared = new Map<string, Shared>();
  readonly #openings = new Map<number, Opening>();
  /** Processes that were ended and have not gone yet. */
  readonly #ending = new Set<Promise<void>>();
  #next = 1;

  constructor({
    own,
    recordings = join(COURSE_FOLDER, "captures"),
    failed,
    mostHeap = MOST_HEAP,
  }: CapturesOptions) {
    this.#mostHeap = mostHeap;
    this.#folders = { recordings, own };
    this.#failed = failed;
    this.routes = [this.dropped.route];
    this.calls = this.#makeCalls();
  }

  opened(page: Page): void {
    this.#pages.add(page);
    page.onGone(() => {
      this.#pages.delete(page);
      for (const opening of [...this.#openings.values()]) if (opening.page === page) this.#close(opening);
    });
  }

  /** Resolves when all processes that nobody needs any more have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#ending);
  }

  async close(): Promise<void> {
    for (const opening of [...this.#openings.values()]) this.#close(opening);
    await this.ended();
    this.dropped.close();
  }

  #makeCalls(): Place["calls"] {
    return {
      "captures/list": () => this.#list().map(({ item }) => item),
      "captures/remove": (fields) => this.#remove(fields.text("capture", 128)),
      "captures/open": (fields, page) => ({ opened: this.#open(fields.text("capture", 128), page).number }),
      "captures/ready": (fields, page) => this.#ready(this.#openingOf(fields, page)),
      "captures/close": (fields, page) => {
        this.#close(this.#openingOf(fields, page));
        return null;
      },
      "captures/packets": (fields, page) =>
        this.#ask(fields, page, "packets", {
          ...windowOf(fields),
          filter: fields.text("filter", MOST_FILTER),
        }),
      "captures/row-of": (fields, page) =>
        this.#ask(fields, page, "rowOf", {
          filter: fields.text("filter", MOST_FILTER),
          packet: fields.whole("packet", 1, MOST_PACKETS),
        }),
      "captures/packet": (fields, page) =>
        this.#ask(fields, page, "packet", { packet: fields.whole("packet", 1, MOST_PACKETS) }),
      "captures/connections": (fields, page) => this.#ask(fields, page, "connections", windowOf(fields)),
      "captures/lines": (fields, page) =>
        this.#ask(fields, page, "lines", { ...windowOf(fields), stream: streamOf(fields) }),
      "captures/line": (fields, page) =>
        this.#ask(fields, page, "line", {
          stream: streamOf(fields),
          line: fields.whole("line", 0, MOST_LINES),
        }),
      "captures/conversations": (fields, page) => this.#ask(fields, page, "conversations", windowOf(fields)),
      "captures/datagrams": (fields, page) =>
        this.#ask(fields, page, "datagrams", {
          ...windowOf(fields),
          conversation: fields.whole("conversation", 0, MOST_PACKETS),
        }),
      "captures/search": (fields, page) => this.#search(fields, page),
      "captures/stop-search": (fields, page) =>
        this.#ask(fields, page, "stopSearch", { search: this.#searchOf(fields, page) }),
      "captures/hits": (fields, page) =>
        this.#ask(fields, page, "hits", { ...windowOf(fields), search: this.#searchOf(fields, page) }),
      "captures/compare": (fields, page) => this.#compare(fields, page),
      "captures/own-keys": (fields, page) => this.#useOwnKeys(fields, page),
      "captures/key-log": (fields, page) =>
        this.#useKeys(fields, page, "keyLog", { text: fields.text("text", MOST_KEY_LOG) }),
      "captures/passphrase": (fields, page) => {
        const team = fields.text("team", MOST_TEAM);
        if (!/^[A-Za-z0-9_-]+$/.test(team)) throw new CallError("a team is 1 to 32 of A-Z a-z 0-9 _ -");
        const passphrase = fields.text("passphrase", MOST_PASSPHRASE);
        return this.#useKeys(fields, page, "passphrase", { passphrase, team });
      },
      "captures/forget-keys": (fields, page) => this.#useKeys(fields, page, "forgetKeys", {}),
      "captures/traffic": (fields, page) =>
        this.#ask(fields, page, "traffic", {
          stream: streamOf(fields),
          bins: fields.whole("bins", 1, MOST_BINS),
        }),
      "captures/readability": (fields, page) =>
        this.#ask(fields, page, "readability", {
          stream: streamOf(fields),
          points: fields.whole("points", 1, MOST_POINTS),
        }),
    };
  }

  #list(): ListedCapture[] {
    return [...capturesIn(this.#folders), ...this.dropped.all];
  }

  #tellAll(): void {
    for (const page of this.#pages) page.tell("captures/listed", {});
  }

  #remove(id: string): null {
    if (!this.dropped.remove(id)) throw new CallError("this is no file that was dropped in");
    return null;
  }

  #open(id: string, page: Page): Opening {
    const listed = this.#list().find(({ item }) => item.id === id);
    if (listed === undefined) throw new CallError("there is no such capture any more");
    const ofPage = [...this.#openings.values()].filter((opening) => opening.page === page);
    if (ofPage.length >= MOST_OPEN) throw new CallError(`${MOST_OPEN} captures are open here: close one`);
    const shared = this.#share(listed);
    const opening: Opening = { number: this.#next, page, shared, search: undefined };
    this.#next += 1;
    this.#openings.set(opening.number, opening);
    shared.openings.add(opening);
    return opening;
  }

  /** The capture as another page has it open; else it is read now. */
  #share({ item, path, keys }: ListedCapture): Shared {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) throw new CallError("there is no such capture any more");
    const stamp = `${path} ${status.size} ${status.mtimeMs}`;
    const known = this.#shared.get(stamp);
    if (known !== undefined) return known;
    const all = [...this.#shared.values()];
    if (all.length >= MOST_OPEN) throw new CallError(`${MOST_OPEN} captures are open: close one`);
    const mostBytes = mostBytesIn(path, status.size);
    const bytes = all.reduce((sum, one) => sum + one.mostBytes, mostBytes);
    if (bytes > MOST_OPEN_BYTES) {
      const most = `${MOST_OPEN_BYTES / 2 ** 20} MiB`;
      throw new CallError(`all captures that are open may have ${most} together: close one`);
    }
    const shared = { ...this.#read(stamp, { ...item, bytes: status.size }, path, keys), mostBytes };
    this.#shared.set(stamp, shared);
    return shared;
  }

  #read(
    stamp: string,
    item: CaptureItem,
    path: string,
    keys: KeysBeside | undefined,
  ): Omit<Shared, "mostBytes"> {
    const openings = new Set<Opening>();
    const spillPath = join(this.dropped.folder, `unpacked-${this.#next}`);
    const events: ReaderEvents = {
      progress: (read, of) => {
        for (const { number, page } of openings) page.tell("captures/progress", { opened: number, read, of });
      },
      searched: (search, state) => {
        for (const { number, page, search: own } of openings)
          if (own === search) page.tell("captures/searched", { opened: number, search, ...state });
      },
      ended: (problem) => {
        for (const opening of [...openings]) {
          opening.page.tell("captures/ended", { opened: opening.number, problem });
          this.#close(opening);
        }
      },
      failed: this.#failed,
    };
    const reader = new CaptureReader(path, spillPath, events, this.#mostHeap);
    // What cannot be read is read anew by whoever opens it next: it may have become whole.
    reader.ready.catch(() => this.#shared.delete(stamp));
    return { stamp, item, keys, reader, openings };
  }

  async #ready({ shared: { item, reader } }: Opening): Promise<CaptureSummary> {
    return { ...(await reader.ready), item };
  }

  #close(opening: Opening): void {
    const { shared } = opening;
    this.#openings.delete(opening.number);
    shared.openings.delete(opening);
    if (opening.search !== undefined)
      shared.reader.ask("stopSearch", { search: opening.search }).catch(() => {});
    if (shared.openings.size > 0) return;
    if (this.#shared.get(shared.stamp) === shared) this.#shared.delete(shared.stamp);
    const ended = shared.reader.close().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** @param name of the field with the number @throws CallError if this page has opened nothing of that number */
  #openingOf(fields: Fields, page: Page, name = "opened"): Opening {
    const opening = this.#openings.get(fields.whole(name, 0, Number.MAX_SAFE_INTEGER));
    if (opening === undefined || opening.page !== page) throw new CallError("this capture is closed");
    return opening;
  }

  #ask<Name extends keyof ReaderCalls>(
    fields: Fields,
    page: Page,
    call: Name,
    given: ReaderCalls[Name]["given"],
  ): Promise<ReaderCalls[Name]["result"]> {
    return this.#openingOf(fields, page).shared.reader.ask(call, given);
  }

  async #search(fields: Fields, page: Page): Promise<{ search: number }> {
    const opening = this.#openingOf(fields, page);
    const sought = soughtIn(fields);
    const where = fields.oneOf("in", ["packets", "lines"] as const);
    const { reader } = opening.shared;
    const former = opening.search;
    const search = this.#next;
    this.#next += 1;
    opening.search = search;
    if (former !== undefined) await reader.ask("stopSearch", { search: former });
    await reader.ask("search", { search, sought: sought.toString("hex"), in: where });
    return { search };
  }

  /** Another page's search is nobody's business. */
  #searchOf(fields: Fields, page: Page): number {
    const search = fields.whole("search", 0, Number.MAX_SAFE_INTEGER);
    if (this.#openingOf(fields, page).search !== search)
      throw new CallError("this search is over: search again");
    return search;
  }

  async #compare(fields: Fields, page: Page): Promise<Compared> {
    const { from, count } = windowOf(fields);
    const [one, other] = [this.#openingOf(fields, page, "left"), this.#openingOf(fields, page, "right")];
    const [left, right] = [one.shared, other.shared];
    const outlines = await Promise.all([left.reader.ask("outline", {}), right.reader.ask("outline", {})]);
    const [leftLines, rightLines] = outlines.map(({ sides }) =>
      [...sides].map((side, at) => ({ from: side === "a" ? ("a" as const) : ("b" as const), at })),
    );
    const all = [...pairs(leftLines ?? [], rightLines ?? [])];
    const shown = all.slice(from, from + count);
    const cells = await Promise.all([
      left.reader.ask("cells", { lines: shown.map(([line]) => line?.at ?? -1) }),
      right.reader.ask("cells", { lines: shown.map(([, line]) => line?.at ?? -1) }),
    ]);
    const rows = shown.map(([first, second], row) => {
      return {
        from: (first ?? second)?.from ?? "a",
        left: cells[0][row] ?? null,
        right: cells[1][row] ?? null,
      };
    });
    return {
      total: all.length,
      from,
      rows,
      names: outlines[0].names,
      left: { name: left.item.name, ...outlines[0].side },
      right: { name: right.item.name, ...outlines[1].side },
    };
  }

  #useOwnKeys(fields: Fields, page: Page): Promise<KeysState> {
    const { keys } = this.#openingOf(fields, page).shared;
    if (keys === undefined) throw new CallError("there are no keys beside this capture");
    if (keys.kind === "log") {
      const text = readSmall(keys.path, MAX_KEY_LOG_BYTES);
      return this.#useKeys(fields, page, "keyLog", { text });
    }
    const passphrase = readSmall(keys.path, MAX_SMALL_FILE_BYTES);
    return this.#useKeys(fields, page, "passphrase", { passphrase, team: keys.team });
  }

  async #useKeys<Name extends "keyLog" | "passphrase" | "forgetKeys">(
    fields: Fields,
    page: Page,
    call: Name,
    given: ReaderCalls[Name]["given"],
  ): Promise<KeysState> {
    const { shared } = this.#openingOf(fields, page);
    const keys: KeysState = await shared.reader.ask(call, given);
    for (const opening of shared.openings)
      opening.page.tell("captures/keys", { opened: opening.number, keys });
    return keys;
  }
}

/** The most that gzip can make of a byte (RFC 1951: 258 bytes out of two bits). */
const MOST_OUT_OF_A_BYTE = 1032;

/** @throws CallError if the file cannot be read */
function mostBytesIn(path: string, size: number): number {
  const file = inWords(() => openSync(path, "r"));
  try {
    const magic = Buffer.alloc(2);
    readSync(file, magic);
    const isPacked = magic.readUInt16BE() === 0x1f8b;
    return isPacked ? Math.min(size * MOST_OUT_OF_A_BYTE, MOST_UNPACKED) : size;
  } finally {
    closeSync(file);
  }
}

function windowOf(fields: Fields): { from: number; count: number } {
  return { from: fields.whole("from", 0, MOST_PACKETS), count: fields.whole("count", 0, MOST_ROWS) };
}

function streamOf(fields: Fields): number {
  return fields.whole("stream", 0, MOST_PACKETS);
}

/** The bytes that are sought. */
function soughtIn(fields: Fields): Buffer {
  const sought = fields.text("sought", MOST_SOUGHT);
  if (sought === "") throw new CallError("there is nothing to search for");
  if (fields.oneOf("as", ["text", "hex"] as const) === "text") return Buffer.from(sought);
  const digits = sought.replace(/[\s:]/g, "");
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(digits))
    throw new CallError("bytes are written as pairs of hexadecimal digits: 7b 22");
  return Buffer.from(digits, "hex");
}

/** @throws CallError */
function readSmall(path: string, most: number): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || status.size > most)
    throw new CallError("the keys beside this capture cannot be read");
  return inWords(() => readFileSync(path, "utf8"));
}

/** What the system refuses is said to the user. @throws CallError */
function inWords<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const problem = systemProblem(error);
    throw problem === undefined ? error : new CallError(problem);
  }
}
