// The keyboard, key by key.

import { emitKeypressEvents, type Interface } from "node:readline";
import type { ReadStream } from "node:tty";

export interface Key {
  /** The key's name, e.g. "up", "return", "escape", "space", "n"; with "ctrl-" before it if Ctrl was held. */
  name: string;
  /** The character that it types; empty if it types none. */
  text: string;
}

/** How long a single Escape may be the beginning of another key's code, in milliseconds. */
const ESCAPE_CODE_TIMEOUT = 50;

interface Keypress {
  sequence?: string;
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
}

/** Reads keys until the function that it returns is called. */
export function readKeys(input: ReadStream, onKey: (key: Key) => void): () => void {
  const listener = (text: string | undefined, { name, ctrl, meta, sequence }: Keypress): void => {
    // Escape, and at once another key: two keys, for a slow terminal or a fast student.
    if (meta && name !== "escape") onKey({ name: "escape", text: "" });
    const typed = text !== undefined && !ctrl && /^[^\p{C}]+$/u.test(text) ? text : "";
    onKey({ name: `${ctrl ? "ctrl-" : ""}${name ?? sequence ?? ""}`, text: typed });
  };
  // Of the interface, only this member is read.
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
