// work/state.json: where the student is, and what we have written into his files. It can be lost without harm.

import { createHash } from "node:crypto";
import { readText, writeIfDifferent } from "./files.ts";

interface Stored {
  /** The id of the current exercise. */
  current?: string;
  /** How many hints of each exercise were shown. */
  hints?: Record<string, number>;
  /** What we have written last into each region: a digest, by "FILE ID". */
  written?: Record<string, string>;
}

export class State {
  readonly #path: string;
  #stored: Stored = {};

  constructor(path: string) {
    this.#path = path;
    try {
      const stored: unknown = JSON.parse(readText(path) ?? "{}");
      if (typeof stored === "object" && stored !== null) this.#stored = stored as Stored;
    } catch {
      // It was damaged: we begin with nothing known.
    }
  }

  get current(): string | undefined {
    return this.#stored.current;
  }

  set current(id: string) {
    this.#stored.current = id;
  }

  /** How many hints were shown. */
  hints(id: string): number {
    const count = this.#stored.hints?.[id];
    return Number.isInteger(count) ? (count ?? 0) : 0;
  }

  setHints(id: string, count: number): void {
    this.#stored.hints = { ...this.#stored.hints, [id]: count };
  }

  /** Whether this is what we have written into the region, and nobody has changed it. Undefined: we do not know. */
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
