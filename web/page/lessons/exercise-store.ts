// What this page knows of the exercises: it asks once, hears of changes, and asks again when the connection is back or the
// window is looked at again, because a terminal beside it may have gone on.

import type { ExerciseState, ExerciseText, Overview } from "../../shared/exercises.ts";
import { CallError } from "../../shared/fields.ts";
import { server } from "../server.ts";

class ExerciseStore {
  /** Undefined until the server has answered. */
  overview: Overview | undefined;
  readonly #texts = new Map<string, ExerciseText>();
  readonly #states = new Map<string, ExerciseState>();
  /** Why nothing is known of an exercise. */
  readonly #problems = new Map<string, string>();
  readonly #watchers = new Set<() => void>();
  /** Which exercises are shown, and how many times. */
  readonly #shown = new Map<string, number>();

  constructor() {
    server.on("exercises/overview", (overview) => {
      this.#take(overview);
    });
    server.on("exercises/state", (state) => this.take(state));
    server.watch(() => {
      if (server.state === "open") this.#askAll();
    });
    addEventListener("focus", () => this.#askAll());
  }

  text(id: string): ExerciseText | undefined {
    return this.#texts.get(id);
  }

  state(id: string): ExerciseState | undefined {
    return this.#states.get(id);
  }

  /** Why neither is known, in a sentence; undefined as long as nothing is wrong. */
  problem(id: string): string | undefined {
    return this.#problems.get(id);
  }

  /** Is told of every change. @returns what ends that */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    if (this.overview === undefined) this.#askAll();
    return () => this.#watchers.delete(watcher);
  }

  /** An exercise is shown. @returns what says that it no longer is */
  show(id: string): () => void {
    this.#shown.set(id, (this.#shown.get(id) ?? 0) + 1);
    this.#askOne(id);
    return () => {
      const left = (this.#shown.get(id) ?? 1) - 1;
      if (left === 0) this.#shown.delete(id);
      else this.#shown.set(id, left);
    };
  }

  /** A state that the server has answered with. */
  take(state: ExerciseState): void {
    const { id, hints, standing } = state;
    this.#states.set(id, state);
    this.#changed();
    const text = this.#texts.get(id);
    if (text === undefined) return;
    // Hints and what it meant come only when they have been earned.
    const hasMore = hints > text.hints.length || (standing !== "open" && text.meaning.length === 0);
    if (hasMore && this.#shown.has(id)) this.#ask(this.#askText(id));
  }

  #askOne(id: string): void {
    if (!this.#texts.has(id)) this.#ask(this.#askText(id), id);
    this.#ask(this.#askState(id), id);
  }

  async #askText(id: string): Promise<void> {
    this.#texts.set(id, await server.call("exercises/text", { exercise: id }));
    this.#changed();
  }

  async #askState(id: string): Promise<void> {
    this.take(await server.call("exercises/state", { exercise: id }));
  }

  #askAll(): void {
    if (this.#watchers.size === 0) return;
    this.#ask(server.call("exercises/overview", {}).then((overview) => this.#take(overview)));
    for (const id of this.#shown.keys()) this.#askOne(id);
  }

  #take(overview: Overview): void {
    this.overview = overview;
    this.#changed();
    // Only the state of the current exercise comes by itself.
    for (const id of this.#shown.keys())
      if (id !== overview.current && this.#isOld(id, overview)) this.#ask(this.#askState(id));
  }

  #isOld(id: string, { rows }: Overview): boolean {
    const state = this.#states.get(id);
    const row = rows.find((one) => one.id === id);
    if (state === undefined || row === undefined) return false;
    return state.isCurrent || state.standing !== row.standing;
  }

  /** If the server has gone, the page says so, and we ask again when it is back. */
  #ask(asked: Promise<unknown>, id?: string): void {
    asked.catch((error) => {
      if (!(error instanceof CallError)) throw error;
      if (id === undefined || server.state !== "open") return;
      this.#problems.set(id, error.message);
      this.#changed();
    });
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** The one store of this page. */
export const exercises = new ExerciseStore();
