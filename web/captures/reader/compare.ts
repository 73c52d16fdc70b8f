// The chat of a capture, to be laid beside that of another one. The two are paired by who has both.

import { type Chat, chatIn, readableIn, spreadsOf } from "../../../captures/explain/chats.ts";
import { ciphertextOf, namesOf } from "../../../captures/explain/protocols.ts";
import type { CompareCell, CompareSide, SideName } from "../../shared/captures.ts";
import { CallError } from "../../shared/fields.ts";
import { shortNames } from "./line-rows.ts";
import type { OpenedCapture } from "./opened-capture.ts";
import { short, shown } from "./text.ts";

/** So many lines of a connection are compared. */
const MOST_COMPARED = 20_000;

/** A chat without its lines. */
export interface ChatOutline {
  names: Record<SideName, string>;
  /** Who says each of its lines: `abbab`. */
  sides: string;
  side: Omit<CompareSide, "name">;
}

export class ComparedChat {
  readonly #capture: OpenedCapture;
  #chat: Chat | undefined;
  #outline: ChatOutline | undefined;

  constructor(capture: OpenedCapture) {
    this.#capture = capture;
  }

  /** To be called when there are other keys. */
  forget(): void {
    this.#chat = undefined;
    this.#outline = undefined;
  }

  /** @throws CallError if there is no chat */
  outline(): ChatOutline {
    this.#outline ??= this.#makeOutline();
    return this.#outline;
  }

  /** @param lines by their places in the chat */
  cells(lines: readonly number[]): (CompareCell | null)[] {
    const chat = this.#find();
    return lines.map((at) => cellOf(chat, at));
  }

  #makeOutline(): ChatOutline {
    const chat = this.#find();
    const { protocol, stream, lines } = chat;
    const { all, open, decrypted, words } = readableIn(chat, this.#capture.keys.keyLog !== undefined);
    const { wire, ciphertexts } = spreadsOf(chat);
    return {
      names: shortNames(namesOf(protocol)),
      sides: lines.map(({ from }) => from).join(""),
      side: {
        stage: short(protocol.stage),
        stream,
        lines: all,
        readable: open,
        decrypted,
        words: short(words),
        wire,
        ciphertexts: ciphertexts ?? null,
      },
    };
  }

  #find(): Chat {
    this.#chat ??= chatIn(this.#capture.loaded.streams, this.#capture.keys.keyLog, MOST_COMPARED);
    if (this.#chat === undefined) {
      throw new CallError("there is no chat in one of the captures; compare those of stages 02 to 04");
    }
    return this.#chat;
  }
}

function cellOf({ lines, numbers, opened }: Chat, at: number): CompareCell | null {
  const [line, number] = [lines[at], numbers[at]];
  if (line === undefined || number === undefined) return null;
  const inside = opened.get(line);
  const isOpened = inside !== undefined && "line" in inside;
  return {
    line: number,
    length: line.bytes.length + 1,
    packet: line.packet,
    wire: isOpened ? shown(inside.line) : shown(line.bytes),
    sealed: ciphertextOf(line.bytes) !== undefined,
    opened: isOpened,
  };
}
