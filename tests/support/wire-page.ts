// A page that is no browser, for tests of the wire: it calls the places of the server, and keeps what it is told.

import type { Page } from "../../web/serve/place.ts";
import type { AllCalls, AllEvents } from "../../web/shared/calls.ts";
import { Fields } from "../../web/shared/fields.ts";
import type { Party, Scene, TableRow, WireLine, WireStage } from "../../web/shared/wire.ts";
import { Terminals } from "../../web/terminals/terminals.ts";
import { PrintedLines } from "../../web/wire/printed-lines.ts";
import { Wire } from "../../web/wire/wire.ts";
import { until } from "./until.ts";

type Told = { [Name in keyof AllEvents]: { event: Name; data: AllEvents[Name] } }[keyof AllEvents];
type Outcome = AllEvents["wire/outcome"];

/** A server with the two places, and nothing around it. */
export class WireServer {
  readonly terminals = new Terminals();
  readonly wire = new Wire(this.terminals);
  #pages = 0;

  page(): WirePage {
    this.#pages += 1;
    return new WirePage(this, this.#pages);
  }

  async close(): Promise<void> {
    this.terminals.close();
    await this.wire.close();
  }
}

export class WirePage {
  readonly told: Told[] = [];
  readonly page: Page;
  readonly #server: WireServer;
  readonly #gone: (() => void)[] = [];
  readonly #printed = new Map<number, string[]>();
  readonly #readers = new Map<number, PrintedLines>();

  constructor(server: WireServer, number: number) {
    this.#server = server;
    this.page = {
      number,
      tell: (event, data) => this.#hear({ event, data } as Told),
      waiting: () => 0,
      drained: async () => {},
      onGone: (action) => this.#gone.push(action),
    };
  }

  #hear(told: Told): void {
    this.told.push(told);
    if (told.event !== "terminals/output") return;
    const { terminal, text } = told.data;
    const reader = this.#readers.get(terminal) ?? new PrintedLines();
    this.#readers.set(terminal, reader);
    this.printed(terminal).push(...reader.take(text));
  }

  /** The lines that a terminal has shown. */
  printed(terminal: number): string[] {
    const lines = this.#printed.get(terminal) ?? [];
    this.#printed.set(terminal, lines);
    return lines;
  }

  async call<Name extends keyof AllCalls>(
    name: Name,
    given: AllCalls[Name]["given"],
  ): Promise<AllCalls[Name]["result"]> {
    const answer = this.#server.wire.calls[name] ?? this.#server.terminals.calls[name];
    if (answer === undefined) throw new Error(`there is no call ${name}`);
    return (await answer(new Fields(given), this.page)) as AllCalls[Name]["result"];
  }

  /** The page is closed. */
  go(): void {
    for (const action of this.#gone) action();
  }

  /** Opens a scene, and waits until it is ready. */
  async scene(stage: WireStage, keep?: number): Promise<PlayedScene> {
    const size = { columns: 80, rows: 24 };
    const scene = await this.call("wire/open", { stage, ...size, ...(keep === undefined ? {} : { keep }) });
    const played = new PlayedScene(this, scene);
    await until(() => ["ready", "failed"].includes(played.state), `scene of stage ${stage}`);
    if (played.state === "failed") throw new Error(played.says);
    return played;
  }

  get table(): TableRow[] {
    return this.told.findLast((one) => one.event === "wire/table")?.data.rows ?? [];
  }
}

/** A scene as its page knows it. */
export class PlayedScene {
  readonly shown: Scene;
  readonly #page: WirePage;

  constructor(page: WirePage, shown: Scene) {
    this.#page = page;
    this.shown = shown;
  }

  get number(): number {
    return this.shown.scene;
  }

  get state(): string {
    return this.#scene?.state ?? "";
  }

  get says(): string {
    return this.#scene?.says ?? "";
  }

  get #scene() {
    const all = this.#page.told.flatMap((one) => (one.event === "wire/scene" ? one.data : []));
    return all.findLast(({ scene }) => scene === this.number);
  }

  /** All lines, each as it was told last. */
  get lines(): WireLine[] {
    const lines = new Map<number, WireLine>();
    for (const one of this.#page.told)
      if (one.event === "wire/line" && one.data.scene === this.number)
        lines.set(one.data.line.number, one.data.line);
    return [...lines.values()];
  }

  get said(): string[] {
    return this.#page.told.flatMap((one) =>
      one.event === "wire/said" && one.data.scene === this.number
        ? `${one.data.from} to ${one.data.to}: ${one.data.text}`
        : [],
    );
  }

  terminal(party: Party): number {
    const found = this.shown.terminals.find((one) => one.party === party);
    if (found === undefined) throw new Error(`${party} has no terminal`);
    return found.terminal;
  }

  type(party: Party, line: string): Promise<null> {
    return this.#page.call("terminals/type", { terminal: this.terminal(party), text: `${line}\r` });
  }

  printed(party: Party): string[] {
    return this.#page.printed(this.terminal(party));
  }

  /** Waits for a line in a terminal. */
  async prints(party: Party, pattern: RegExp): Promise<string> {
    await until(() => this.printed(party).some((line) => pattern.test(line)), `${pattern} of ${party}`);
    return this.printed(party).find((line) => pattern.test(line)) ?? "";
  }

  /** Waits for a line on the wire. */
  async passes(isIt: (line: WireLine) => boolean, what: string): Promise<WireLine> {
    await until(() => this.lines.some(isIt), what);
    return this.lines.find(isIt) as WireLine;
  }

  async outcome(line: number, isIt: (outcome: Outcome) => boolean = () => true): Promise<Outcome> {
    const outcomes = (): Outcome[] =>
      this.#page.told.flatMap((one) =>
        one.event === "wire/outcome" &&
        one.data.scene === this.number &&
        one.data.line === line &&
        isIt(one.data)
          ? one.data
          : [],
      );
    await until(() => outcomes().length > 0, `what comes of line ${line}`);
    return outcomes()[0] as Outcome;
  }
}

/** The bytes that stood on the wire. */
export function bytesOf({ bytes }: WireLine): Buffer {
  return Buffer.from(bytes, "base64");
}
