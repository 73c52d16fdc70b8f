// What a chat shows, in its order: stored entries as the page sees them.

import type { Entry, FileView } from "./messenger-view.ts";
import { safeFileName } from "./names.ts";
import { printable } from "./printable.ts";
import type { OwnMessage, StoredEntry, StoredFile, StoredGroupMessage, TheirMessage } from "./store.ts";

/** So many entries of a chat are in memory and on the page: the last ones. */
export const SHOWN_ENTRIES = 500;

/** What the store does not say of a file: how it is shown, and its bytes. */
export interface FileContent {
  shown?: "image" | "video";
  blob: Blob;
}

/** The entries of one chat. */
export class EntryList {
  readonly #entries = new Map<number, Entry>();
  #list: readonly Entry[] | undefined;

  /** The same array until something changes. */
  get list(): Entry[] {
    this.#list ??= Object.freeze(
      [...this.#entries].sort(([one], [other]) => one - other).map(([, entry]) => entry),
    );
    // The page gets it as an array that nobody changes: it is frozen.
    return this.#list as Entry[];
  }

  /** Shows an entry, or what is new of it. Of too many the oldest is left out. */
  put(order: number, entry: Entry): void {
    this.#entries.set(order, deepFreeze(entry));
    if (this.#entries.size > SHOWN_ENTRIES) this.#entries.delete(Math.min(...this.#entries.keys()));
    this.#list = undefined;
  }

  /** Changes part of an entry that is shown. */
  change(order: number, changes: Partial<Entry>): void {
    const entry = this.#entries.get(order);
    if (entry) this.put(order, { ...entry, ...changes });
  }

  get(order: number): Entry | undefined {
    return this.#entries.get(order);
  }
}

/** A text, safe for whatever shows it: line ends stay, all other control characters become visible (P3.4). */
function printableText(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map(printable)
    .join("\n");
}

export function messageEntry(message: OwnMessage | TheirMessage): Entry {
  return {
    entry: String(message.order),
    at: message.at,
    from: message.kind === "own" ? "me" : "them",
    text: printableText(message.text),
    state: message.kind === "own" ? message.state : "received",
  };
}

export function groupEntry(message: StoredGroupMessage, state: "sending" | "sent" | "dropped"): Entry {
  return {
    entry: String(message.order),
    at: message.at,
    from: message.isOwn ? "me" : message.from,
    text: printableText(message.text),
    state: message.isOwn ? state : "received",
  };
}

export function fileEntry(file: StoredFile, content?: FileContent, problem?: string): Entry {
  const view: FileView = {
    name: safeFileName(file.name),
    size: file.size,
    done: file.done,
    state: file.state,
    ...content,
  };
  return {
    entry: String(file.order),
    at: file.at,
    from: file.direction === "out" ? "me" : "them",
    file: view,
    state: stateOfFile(file),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A file's own state says more; this one is what a message in its place would say. */
function stateOfFile({ direction, state }: StoredFile): Entry["state"] {
  if (direction === "in") return "received";
  if (state === "done") return "delivered";
  return state === "offered" || state === "passing" ? "sending" : "dropped";
}

/** A stored entry as the page sees it; of a file without its bytes. */
export function plainEntry(stored: StoredEntry): Entry {
  if (stored.kind === "file") return fileEntry(stored);
  return stored.kind === "group" ? groupEntry(stored, "sent") : messageEntry(stored);
}

function deepFreeze(entry: Entry): Entry {
  if (entry.file) Object.freeze(entry.file);
  return Object.freeze(entry);
}
