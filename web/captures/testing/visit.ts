// A page that looks at captures, for tests: its calls with their types, and what it waits for.

import type { AllEvents } from "../../shared/calls.ts";
import {
  type CaptureCalls,
  type CaptureEvents,
  type CaptureSummary,
  type Hit,
  MOST_ROWS,
  type PacketRow,
  type RowsWindow,
} from "../../shared/captures.ts";
import { FakePage } from "../../testing/fake-page.ts";
import type { Captures } from "../captures.ts";

/** How long to wait for an event, in milliseconds: other tests may run beside. */
const PATIENCE = 60_000;

let pages = 0;

export class Visit extends FakePage {
  readonly #place: Captures;
  readonly #watchers = new Set<() => void>();

  constructor(place: Captures) {
    pages += 1;
    super(pages);
    this.#place = place;
    place.opened(this);
  }

  override tell<Name extends keyof AllEvents>(event: Name, data: AllEvents[Name]): void {
    super.tell(event, data);
    for (const watcher of this.#watchers) watcher();
  }

  /** @throws CallError */
  ask<Name extends keyof CaptureCalls>(
    name: Name,
    given: CaptureCalls[Name]["given"],
  ): Promise<CaptureCalls[Name]["result"]> {
    return this.call(this.#place, name, given) as Promise<CaptureCalls[Name]["result"]>;
  }

  /** The sentence with which a call fails. */
  async problem<Name extends keyof CaptureCalls>(
    name: Name,
    given: CaptureCalls[Name]["given"],
  ): Promise<string> {
    try {
      await this.ask(name, given);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error(`${name} has not failed`);
  }

  async open(capture: string): Promise<{ opened: number; summary: CaptureSummary }> {
    const { opened } = await this.ask("captures/open", { capture });
    return { opened, summary: await this.ask("captures/ready", { opened }) };
  }

  /** Waits until an event has come. */
  async heard<Name extends keyof CaptureEvents>(
    name: Name,
    isIt: (data: CaptureEvents[Name]) => boolean,
  ): Promise<CaptureEvents[Name]> {
    const find = (): CaptureEvents[Name] | undefined =>
      (this.events(name) as CaptureEvents[Name][]).find((data) => isIt(data));
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${name} came`)), PATIENCE);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** All rows of a list, window by window. */
  async all<Row>(window: (from: number, count: number) => Promise<RowsWindow<Row>>): Promise<Row[]> {
    const rows: Row[] = [];
    for (;;) {
      const { total, rows: next } = await window(rows.length, MOST_ROWS);
      rows.push(...next);
      if (rows.length >= total || next.length === 0) return rows;
    }
  }

  packets(opened: number, filter = ""): Promise<PacketRow[]> {
    return this.all((from, count) => this.ask("captures/packets", { opened, from, count, filter }));
  }

  /** Searches to the end. */
  async search(
    given: Omit<CaptureCalls["captures/search"]["given"], "as"> & { as?: "text" | "hex" },
  ): Promise<Hit[]> {
    const { opened } = given;
    const { search } = await this.ask("captures/search", { as: "text", ...given });
    await this.heard("captures/searched", (data) => data.search === search && data.ended);
    return this.all((from, count) => this.ask("captures/hits", { opened, search, from, count }));
  }
}
