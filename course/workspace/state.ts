// Manages work/state.json: the current exercise, and what we have written into files. Losing it does no harm.

import { createHash } from "node:crypto";
import { readText, writeIfDifferent } from "./files.ts";

interface Stored {
  /** The id of the current exercise. */
  current?: string;
  /** How many hints of each exercise have been shown. */
  hints?: Record<string, number>;
  /** What we have last written into each region: a digest for each "FILE ID". */
  written?: Record<string, string>;
  /** Whether the course in the browser leads along the short way. In the terminal, an option says so. */
  short?: boolean;
}

export class State {
  readonly #path: string;
  #stored: Stored = {};

  constructor(path: string) {
    this.#path = path;
    this.reload();
  }

  /** Reads the file again, because another program may have changed it. What was not saved is forgotten. */
  reload(): void {
    try {
      const stored: unknown = JSON.parse(readText(this.#path) ?? "{}");
      if (typeof stored === "object" && stored !== null) this.#stored = stored as Stored;
    } catch {
      // The file is damaged, so what we know stays; at the beginning, nothing.
    }
  }

  get current(): string | undefined {
    return this.#stored.current;
  }

  set current(id: string) {
    this.#stored.current = id;
  }

  /** How many hints have been shown. */
  hints(id: string): number {
    const count = this.#stored.hints?.[id];
    return Number.isInteger(count) ? (count ?? 0) : 0;
  }

  setHints(id: string, count: number): void {
    this.#stored.hints = { ...this.#stored.hints, [id]: count };
  }

  get isShort(): boolean {
    return this.#stored.short === true;
  }

  set isShort(short: boolean) {
    this.#stored.short = short;
  }

  /** Whether a region still holds what we have written. Undefined if we do not know. */
  isOurs(file: string, id: string, text: string): boolean | undefined {
    const digest = this.#stored.written?.[`${file} ${id}`];
    return digest === undefined ? undefined : digest === digestOf(text);
  }

  setOurs(file: string, id: string, text: string): void {
    this.#stored.written = { ...this.#stored.written, [`${file} ${id}`]: digestOf(text) };
  }

  save(): void {
    writeIfDifferent(this.#path, `${JSON.stringify(this.#stored, null, 2)}\n`);
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex").slice(0, 16);
}
