// The line that is open: asked for from its scene, or from the bytes in its address. A newer wish goes before an older answer.

import { CallError } from "../../shared/fields.ts";
import type { ExplainedLine, WireLine, WireStage } from "../../shared/wire.ts";
import { server } from "../server.ts";
import type { Spot } from "./address.ts";

export class OpenLine {
  explained: ExplainedLine | undefined;
  /** The number of the line in the scene; 0 if it comes from an address. */
  number = 0;
  /** The number of that scene. */
  scene = 0;
  /** Whether it is shown as Mallory passes it on. */
  isChanged = false;
  /** Why it cannot be shown; empty if it can. */
  problem = "";
  readonly #changed: () => void;
  #wish = 0;

  /** @param changed called when there is something else to show */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Opens a line of a scene. */
  async show(scene: number, line: WireLine, isChanged: boolean): Promise<void> {
    this.scene = scene;
    this.number = line.number;
    this.isChanged = isChanged;
    await this.#ask(() => server.call("wire/explain", { scene, line: line.number, changed: isChanged }));
  }

  /** Opens a line that an address holds. */
  async showBytes(stage: WireStage, { link, bytes }: NonNullable<Spot["line"]>): Promise<void> {
    if (this.explained?.bytes === bytes && this.explained.stage === stage && this.explained.link === link)
      return;
    this.number = 0;
    this.isChanged = false;
    await this.#ask(() => server.call("wire/explain-bytes", { stage, link, bytes }));
  }

  close(): void {
    this.#wish += 1;
    this.number = 0;
    this.explained = undefined;
    this.problem = "";
    this.#changed();
  }

  async #ask(explain: () => Promise<ExplainedLine>): Promise<void> {
    this.#wish += 1;
    const wish = this.#wish;
    try {
      const explained = await explain();
      if (wish !== this.#wish) return;
      this.explained = explained;
      this.problem = "";
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (wish !== this.#wish) return;
      this.explained = undefined;
      this.problem = error.message;
    }
    this.#changed();
  }
}
