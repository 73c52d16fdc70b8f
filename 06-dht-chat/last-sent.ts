// The last message of ours, beside the sealed frame that went out: what a relay sees of it.

import { toHex } from "./bytes.ts";
import type { SentFrame } from "./line.ts";
import type { Underneath } from "./messenger-view.ts";

type Last = NonNullable<Underneath["last"]>;

export class LastSent {
  readonly #changed: () => void;
  #view: Last | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get view(): Last | undefined {
    return this.#view;
  }

  /** A frame went out. Only messages count: of the rest nothing was typed. */
  note({ content, frame, path }: SentFrame): void {
    if (content.type !== "message") return;
    this.#view = Object.freeze({ typed: content.text, relaySaw: toHex(frame), path });
    this.#changed();
  }
}
