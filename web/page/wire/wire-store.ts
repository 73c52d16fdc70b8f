// The scene of this page, and its table. They live longer than the elements that show them: somebody who opens another
// place of the course and comes back finds the same conversation.

import { CallError } from "../../shared/fields.ts";
import type { SceneTerminal, TableRow, WireLine, WireStage } from "../../shared/wire.ts";
import { server } from "../server.ts";
import { isSameDirection, SceneModel } from "./scene-model.ts";

/** The size of a terminal until it has been shown, in columns and rows. */
const FIRST_SIZE = { columns: 60, rows: 10 };

/** In this window, for as long as it is there: that something was said, which is gone when the page is loaded anew. */
const SAID = "wire-said";

type LineWatcher = (line: WireLine, before: WireLine | undefined) => void;

class WireStore {
  scene: SceneModel | undefined;
  rows: readonly TableRow[] = [];
  closing: readonly string[] = [];
  /** The stage that is being opened. */
  opening: WireStage | undefined;
  /** Whether Alice calls Bob again just now. */
  isCalling = false;
  /** Why the last call was refused; empty if it was not. */
  problem = "";
  /** Something that the user should know, such as that all was lost with the server. */
  notice = "";
  /** Another number whenever something has changed. */
  version = 0;
  readonly #ended = new Set<number>();
  /** When each line came that had to wait, by the clock of this page, in milliseconds. */
  readonly #heldSince = new Map<number, number>();
  readonly #models = new Map<number, SceneModel>();
  readonly #watchers = new Set<() => void>();
  readonly #lineWatchers = new Set<LineWatcher>();
  /** Whether something was said since the page was loaded. */
  #hasSaid = false;
  #frame = 0;
  #isLost = false;

  constructor() {
    server.on("wire/scene", ({ scene, state, says }) => {
      Object.assign(this.#model(scene), { state, says });
      this.changed();
    });
    server.on("wire/line", ({ scene, line }) => {
      const model = this.#model(scene);
      const before = model.takeLine(line);
      if (line.state === "held" && before === undefined) this.#heldSince.set(line.number, performance.now());
      if (model === this.scene) for (const watcher of this.#lineWatchers) watcher(line, before);
      this.changed();
    });
    server.on("wire/held", ({ scene, directions }) => {
      this.#model(scene).held = directions;
      this.changed();
    });
    server.on("wire/chat", ({ scene, isOn }) => {
      this.#model(scene).isTalking = isOn;
      this.changed();
    });
    server.on("wire/outcome", ({ scene, ...outcome }) => {
      this.#model(scene).outcomes.push(outcome);
      this.changed();
    });
    server.on("wire/said", () => {
      if (!this.#hasSaid) sessionStorage.setItem(SAID, "yes");
      this.#hasSaid = true;
    });
    server.on("wire/table", ({ rows, closing }) => {
      this.rows = rows;
      this.closing = closing;
      this.changed();
    });
    server.on("terminals/ended", ({ terminal }) => {
      this.#ended.add(terminal);
      this.changed();
    });
    server.watch(() => this.#followServer());
    if (sessionStorage.getItem(SAID) === null) return;
    sessionStorage.removeItem(SAID);
    this.notice =
      "The page was loaded anew, and with that the programs were started anew. What was said before is gone.";
  }

  /** Whether the program in a terminal has ended. */
  hasEnded({ terminal }: SceneTerminal): boolean {
    return this.#ended.has(terminal) || this.scene?.isOpen === false;
  }

  /** When a line of the scene that waits has come to Mallory, by the clock of this page. */
  heldSince(number: number): number {
    return this.#heldSince.get(number) ?? performance.now();
  }

  /** Is told at most once a frame that something has changed. @returns what ends that */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Is told of each line of the scene as it comes or changes. @returns what ends that */
  watchLines(watcher: LineWatcher): () => void {
    this.#lineWatchers.add(watcher);
    return () => this.#lineWatchers.delete(watcher);
  }

  /** Opens a stage if it is not open: the words of the scene before are said again. */
  async show(stage: WireStage): Promise<void> {
    if (this.opening !== undefined || (this.scene?.stage === stage && this.scene.isOpen)) return;
    await this.open(stage);
  }

  /** Opens a stage, also anew. */
  async open(stage: WireStage): Promise<void> {
    if (this.opening !== undefined) return;
    this.opening = stage;
    this.changed();
    const keep = this.scene === undefined || this.#isLost ? {} : { keep: this.scene.number };
    await this.do(async () => {
      const opened = await server.call("wire/open", { stage, ...keep, ...FIRST_SIZE });
      const model = this.#model(opened.scene);
      model.opened(opened);
      this.scene = model;
      this.#heldSince.clear();
      this.#isLost = false;
      for (const number of this.#models.keys()) if (number !== opened.scene) this.#models.delete(number);
    });
    this.opening = undefined;
    this.changed();
  }

  /** Lets Alice call Bob again. */
  async call(): Promise<void> {
    const { scene } = this;
    if (scene === undefined || this.isCalling) return;
    this.isCalling = true;
    await this.do(() => server.call("wire/call", { scene: scene.number }));
    this.isCalling = false;
    this.changed();
  }

  /**
   * Lets Mallory pass on or drop a line that waits. Those that came before it are passed on first, in their order. If none waits behind it, the following ones pass: she has held the one
   * that was wanted.
   */
  async decide(call: "wire/pass" | "wire/drop", where: { scene: number; line: number }): Promise<void> {
    const line = this.scene?.line(where.line);
    if (line === undefined) return;
    const { link, from, to } = line;
    const others = (): WireLine[] =>
      this.scene?.waiting.filter((one) => one.number !== line.number && isSameDirection(one, line)) ?? [];
    const isDone = await this.do(async () => {
      const before = call === "wire/pass" ? others().filter(({ number }) => number < line.number) : [];
      for (const { number } of before) await server.call("wire/pass", { scene: where.scene, line: number });
      await server.call(call, where);
    });
    const isLast = others().every(({ number }) => call === "wire/pass" && number < line.number);
    if (!isDone || !isLast) return;
    await this.do(() => server.call("wire/hold", { scene: where.scene, holds: false, link, from, to }));
  }

  /** Does something that the server may refuse: what it says is shown. @returns whether it was done */
  async do(action: () => Promise<unknown>): Promise<boolean> {
    this.problem = "";
    try {
      await action();
      return true;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.problem = error.message;
      return false;
    } finally {
      this.changed();
    }
  }

  /** Tells the watchers before the next picture is drawn. In a window that nobody sees, none is drawn. */
  changed(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.version += 1;
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  /** Events of a scene may come before the answer that tells its stage. */
  #model(number: number): SceneModel {
    const model = this.#models.get(number) ?? new SceneModel(number);
    this.#models.set(number, model);
    return model;
  }

  /** A scene ends with the connection. When it is back, the stage is opened anew. */
  #followServer(): void {
    if (server.state === "gone" && this.scene !== undefined && !this.#isLost) {
      this.#isLost = true;
      this.#models.clear();
      Object.assign(this.scene, { state: "ended", says: "The connection to the programs has ended." });
    }
    if (server.state === "open" && this.#isLost && this.scene?.stage !== undefined) {
      this.notice =
        "The connection was lost, and with it the programs and what was said. They have been started anew.";
      void this.open(this.scene.stage);
    }
    this.changed();
  }
}

/** The one of this page. */
export const wire = new WireStore();
