// A page for tests of the wire: it opens scenes, types into their terminals, and waits for what it is told.

import type { AllCalls, AllEvents } from "../../web/shared/calls.ts";
import type { Party, Said, Scene, TableRow, WireLine, WireStage } from "../../web/shared/wire.ts";
import { Terminals } from "../../web/terminals/terminals.ts";
import { FakePage } from "../../web/testing/fake-page.ts";
import { PrintedLines } from "../../web/wire/printed-lines.ts";
import { Wire } from "../../web/wire/wire.ts";
import { until } from "./until.ts";

type Outcome = AllEvents["wire/outcome"];

/** A server with the two places, and nothing around it. */
export class WireServer {
  readonly terminals = new Terminals();
  readonly wire = new Wire(this.terminals, (error) => this.failures.push(error));
  /** What was a mistake of ours. */
  readonly failures: unknown[] = [];
  #pages = 0;

  page(): WirePage {
    this.#pages += 1;
    return new WirePage(this, this.#pages);
  }

  async close(): Promise<void> {
    this.terminals.close();
    await this.wire.close();
    const [failure] = this.failures;
    if (failure !== undefined) throw failure;
  }
}

export class WirePage {
  readonly fake: FakePage;
  readonly #server: WireServer;

  constructor(server: WireServer, number: number) {
    this.fake = new FakePage(number);
    this.#server = server;
  }

  async call<Name extends keyof AllCalls>(
    name: Name,
    given: AllCalls[Name]["given"],
  ): Promise<AllCalls[Name]["result"]> {
    const { wire, terminals } = this.#server;
    const place = name.startsWith("wire/") ? wire : terminals;
    return (await this.fake.call(place, name, given)) as AllCalls[Name]["result"];
  }

  /** Opens a scene, and waits until it is ready. */
  async scene(stage: WireStage, keep?: number): Promise<PlayedScene> {
    const size = { columns: 80, rows: 24 };
    const given = { stage, ...size, ...(keep === undefined ? {} : { keep }) };
    const played = new PlayedScene(this, await this.call("wire/open", given));
    await until(() => ["ready", "failed"].includes(played.state), `scene of stage ${stage}`);
    if (played.state === "failed") throw new Error(played.says);
    return played;
  }

  get table(): TableRow[] {
    return this.fake.events("wire/table").at(-1)?.rows ?? [];
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
    return this.#own("wire/scene").at(-1)?.state ?? "";
  }

  get says(): string {
    return this.#own("wire/scene").at(-1)?.says ?? "";
  }

  /** All lines, each as it was told last. */
  get lines(): WireLine[] {
    return [...new Map(this.#own("wire/line").map(({ line }) => [line.number, line])).values()];
  }

  get said(): string[] {
    return this.#own("wire/said").map(({ from, to, text }: Said) => `${from} to ${to}: ${text}`);
  }

  terminal(party: Party): number {
    const found = this.shown.terminals.find((one) => one.party === party);
    if (found === undefined) throw new Error(`${party} has no terminal`);
    return found.terminal;
  }

  type(party: Party, line: string): Promise<null> {
    return this.#page.call("terminals/type", { terminal: this.terminal(party), text: `${line}\r` });
  }

  /** The lines that a terminal has shown. */
  printed(party: Party): string[] {
    const terminal = this.terminal(party);
    const outputs = this.#page.fake.events("terminals/output").filter((one) => one.terminal === terminal);
    return new PrintedLines().take(outputs.map(({ text }) => text).join(""));
  }

  /** Waits for a line in a terminal. */
  async prints(party: Party, pattern: RegExp): Promise<string> {
    const found = (): string | undefined => this.printed(party).find((line) => pattern.test(line));
    await until(() => found() !== undefined, `${pattern} of ${party}`);
    return found() ?? "";
  }

  /** Waits for a line on the wire. */
  async passes(isIt: (line: WireLine) => boolean, what: string): Promise<WireLine> {
    await until(() => this.lines.some(isIt), what);
    return this.lines.find(isIt) as WireLine;
  }

  /** Waits for what comes of an act on a line. */
  async outcome(line: number, isIt: (outcome: Outcome) => boolean = () => true): Promise<Outcome> {
    const found = (): Outcome | undefined =>
      this.#own("wire/outcome").find((one) => one.line === line && isIt(one));
    await until(() => found() !== undefined, `what comes of line ${line}`);
    return found() as Outcome;
  }

  #own<Name extends "wire/scene" | "wire/line" | "wire/said" | "wire/outcome">(
    name: Name,
  ): AllEvents[Name][] {
    return this.#page.fake.events(name).filter(({ scene }) => scene === this.number);
  }
}

/** The bytes that stood on the wire. */
export function bytesOf({ bytes }: WireLine): Buffer {
  return Buffer.from(bytes, "base64");
}
