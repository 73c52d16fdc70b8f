// Takes the files that are dropped into a page, and keeps them until the program ends: in a folder of their own that only
// this user can read. Their names are text for people; on the disk they are numbered.

import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { readable } from "../../captures/explain/readable.ts";
import { systemProblem } from "../../programs/system-error.ts";
import type { OwnRoute } from "../serve/web-server.ts";
import {
  type CaptureItem,
  DROP_PATH,
  MOST_DROPPED,
  MOST_DROPPED_BYTES,
  MOST_NAME,
  NAME_HEADER,
} from "../shared/captures.ts";
import type { ListedCapture } from "./capture-list.ts";

/** Who sends nothing for so long has gone, in milliseconds. */
const SILENCE = 60_000;

/** Why a file is not taken: the status, and a sentence for the user. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

export class DroppedFiles {
  readonly route: OwnRoute = {
    method: "POST",
    path: DROP_PATH,
    mostBytes: MOST_DROPPED_BYTES,
    answer: (request, response) => this.#answer(request, response),
  };
  readonly #changed: () => void;
  readonly #files = new Map<string, ListedCapture>();
  #folder: string | undefined;
  /** How many are on their way. */
  #coming = 0;
  #next = 1;
  readonly #atExit = (): void => this.close();

  /** @param changed is called when the list is another one */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): readonly ListedCapture[] {
    return [...this.#files.values()];
  }

  /** A folder that only this user can read, and that is removed at the end. */
  get folder(): string {
    if (this.#folder === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), "course-captures-"));
      process.once("exit", this.#atExit);
    }
    return this.#folder;
  }

  /** @returns whether there was such a file */
  remove(id: string): boolean {
    const file = this.#files.get(id);
    if (file === undefined) return false;
    this.#files.delete(id);
    rmSync(file.path, { force: true });
    this.#changed();
    return true;
  }

  close(): void {
    process.off("exit", this.#atExit);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
    this.#files.clear();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const item = await this.#take(request);
      const body = JSON.stringify(item);
      response.writeHead(200, { "Content-Type": "application/json; charset=utf-8" });
      response.end(body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What is still to come of the file is read and dropped: a browser shows no answer if the connection breaks before.
      request.setTimeout(SILENCE, () => request.destroy());
      response.writeHead(error.status, { "Content-Type": "text/plain; charset=utf-8" });
      response.end(`${error.message}\n`);
    }
  }

  /** @throws Refusal */
  async #take(request: IncomingMessage): Promise<CaptureItem> {
    const length = Number(request.headers["content-length"] ?? Number.NaN);
    // The guard has refused what is too long, and what does not say how long it is but comes in chunks.
    if (Number.isNaN(length)) throw new Refusal(411, "the request must say how many bytes the file has");
    if (length === 0) throw new Refusal(400, "the file is empty");
    if (this.#files.size + this.#coming >= MOST_DROPPED)
      throw new Refusal(409, `${MOST_DROPPED} files were dropped in already: take one out of the list`);
    this.#coming += 1;
    try {
      return await this.#store(request, length);
    } finally {
      this.#coming -= 1;
    }
  }

  async #store(request: IncomingMessage, length: number): Promise<CaptureItem> {
    const id = `dropped-${this.#next}`;
    this.#next += 1;
    const path = join(this.folder, id);
    request.setTimeout(SILENCE, () => request.destroy());
    try {
      await pipeline(request, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    } catch (error) {
      rmSync(path, { force: true });
      const problem = systemProblem(error);
      const why = request.complete && problem !== undefined ? `: ${problem}` : "";
      throw new Refusal(507, `the file did not come to its end${why}`);
    }
    const item: CaptureItem = {
      id,
      kind: "dropped",
      name: nameIn(request),
      title: "",
      bytes: length,
      time: Date.now(),
      keys: null,
      stage: null,
    };
    this.#files.set(id, { item, path, keys: undefined });
    this.#changed();
    return item;
  }
}

/** The name as the page says it: text of anybody, to be shown and nothing else. */
function nameIn({ headers }: IncomingMessage): string {
  const written = headers[NAME_HEADER];
  const name = typeof written === "string" ? decoded(written) : "";
  const shown = [...readable(Buffer.from(name))].slice(0, MOST_NAME).join("").trim();
  return shown === "" ? "a file without a name" : shown;
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
