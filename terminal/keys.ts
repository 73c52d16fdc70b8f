// Reads the keyboard, key by key.

import { emitKeypressEvents, type Interface } from "node:readline";
import type { ReadStream } from "node:tty";

export interface Key {
  /** The key's name, e.g. "up", "return", "escape", "space", "n". It begins with "ctrl-" if Ctrl was held. */
  name: string;
  /** The character that the key types; empty if it types none. */
  text: string;
}

/** How long to wait after an Escape, in milliseconds: the codes of other keys begin with Escape, too. */
const ESCAPE_CODE_TIMEOUT = 50;

interface Keypress {
  sequence?: string;
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
}

/** Reads keys. @returns a function that stops the reading */
export function readKeys(input: ReadStream, onKey: (key: Key) => void): () => void {
  const listener = (text: string | undefined, { name, ctrl, meta, sequence }: Keypress): void => {
    // Node.js reads Escape and the next key as one key with `meta` if they come close together. We report both.
    if (meta && name !== "escape") onKey({ name: "escape", text: "" });
    const typed = text !== undefined && !ctrl && /^[^\p{C}]+$/u.test(text) ? text : "";
    onKey({ name: `${ctrl ? "ctrl-" : ""}${name ?? sequence ?? ""}`, text: typed });
  };
  // Node.js reads only this one member of the Interface.
  emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_CODE_TIMEOUT } as unknown as Interface);
  input.on("keypress", listener);
  input.setRawMode(true);
  input.resume();
  return () => {
    input.off("keypress", listener);
    input.setRawMode(false);
    input.pause();
  };
}
