// What was said in a scene: typed by one, and shown to another. Another stage can say it again. Pure.

import type { Party, Said } from "../shared/wire.ts";

/** So many texts are kept, the last ones; and so many wait to be shown, for each pair of people. */
const MOST_SAID = 50;
const MOST_TYPED = 64;

/** A text that was shown, and what was typed for it. */
export interface Shown {
  said: Said;
  /** Whether it was shown as it was typed. */
  isAsTyped: boolean;
}

export class Conversation {
  readonly #said: Said[];
  /** What was typed and not shown yet, by who has typed it. */
  readonly #typed = new Map<Party, Said[]>();

  /** @param before what was said in the scene before this one */
  constructor(before: readonly Said[] = []) {
    this.#said = before.slice(-MOST_SAID);
  }

  get said(): readonly Said[] {
    return this.#said;
  }

  typed(said: Said): void {
    const waiting = this.#typed.get(said.from) ?? [];
    this.#typed.set(said.from, [...waiting, said].slice(-MOST_TYPED));
  }

  /** What was typed by one for the other and not shown yet, oldest first. */
  waiting(from: Party, to: Party): string[] {
    const waiting = this.#typed.get(from) ?? [];
    return waiting.flatMap((said) => (said.to === to ? said.text : []));
  }

  /** A text was shown. If nothing that was typed equals it, somebody has changed what was typed first. */
  shown(said: Said): Shown {
    const waiting = this.#typed.get(said.from) ?? [];
    const same = waiting.findIndex(({ to, text }) => to === said.to && text === said.text);
    const first = waiting.findIndex(({ to }) => to === said.to);
    const index = same === -1 ? first : same;
    const typed = waiting[index];
    // Texts come in their order: what was typed earlier for the same reader was dropped.
    this.#typed.set(
      said.from,
      waiting.filter(({ to }, i) => i > index || to !== said.to),
    );
    return { said: typed ?? said, isAsTyped: typed === undefined || typed.text === said.text };
  }

  keep(said: Said): void {
    this.#said.push(said);
    if (this.#said.length > MOST_SAID) this.#said.shift();
  }
}
