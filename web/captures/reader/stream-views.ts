// The lines of streams, opened with the keys that were given. Those of the streams that were looked at last are remembered.

import { type Libp2pStream, libp2pIn } from "../../../captures/explain/libp2p.ts";
import { type Keys, openLines } from "../../../captures/explain/open-lines.ts";
import { namesOf, type Protocol, recognise } from "../../../captures/explain/protocols.ts";
import { linesOf, type Side, type StreamLine } from "../../../captures/explain/stream-lines.ts";
import { streamWords } from "../../../captures/explain/stream-words.ts";
import type { Unsealed } from "../../../captures/explain/unsealed.ts";
import type { LoadedCapture } from "../../../captures/follow/load.ts";
import type { Piece, Stream } from "../../../captures/read/packet.ts";
import { MOST_LINES } from "../../shared/captures.ts";

/** How many streams' lines are remembered. */
const MOST_VIEWS = 3;

/** So many lines are enough to tell what a stream is. */
const ENOUGH_TO_TELL = 200;

/** The lines of a stream, and what is known of them. */
export interface StreamView {
  stream: Stream;
  lines: readonly StreamLine[];
  /** Whether there are more. */
  isCut: boolean;
  opened: ReadonlyMap<StreamLine, Unsealed>;
  protocol: Protocol;
  names: Readonly<Record<Side, string>>;
  /** Of a connection of stage 06. */
  libp2p: Libp2pStream | undefined;
}

/** What a stream is. */
export interface StreamDescription {
  names: Readonly<Record<Side, string>>;
  what: string;
  /** How many bytes each side has sent, without those that the capture misses. */
  fromA: number;
  fromB: number;
}

export class StreamViews {
  readonly #loaded: LoadedCapture;
  readonly #views = new Map<number, StreamView>();
  readonly #descriptions = new Map<number, StreamDescription>();
  #keys: Keys = {};

  constructor(loaded: LoadedCapture) {
    this.#loaded = loaded;
  }

  /** Forgets what other keys have opened. */
  use(keys: Keys): void {
    this.#keys = keys;
    this.#views.clear();
    this.#descriptions.clear();
  }

  of(stream: Stream): StreamView {
    const known = this.#views.get(stream.index);
    this.#views.delete(stream.index);
    const view = known ?? this.read(stream);
    this.#views.set(stream.index, view);
    const [oldest] = this.#views.keys();
    if (this.#views.size > MOST_VIEWS && oldest !== undefined) this.#views.delete(oldest);
    return view;
  }

  /** The same without remembering: for who looks at all streams, one after the other. */
  read(stream: Stream, most = MOST_LINES): StreamView {
    const all = linesOf(stream, most + 1);
    const isCut = all.length > most;
    const lines = isCut ? all.slice(0, most) : all;
    const opened = openLines(lines, this.#keys);
    const protocol = recognise(lines, opened);
    const libp2p = protocol.name === "libp2p" ? libp2pIn(lines) : undefined;
    return { stream, lines, isCut, opened, protocol, names: namesOf(protocol), libp2p };
  }

  describe(stream: Stream): StreamDescription {
    const known = this.#descriptions.get(stream.index);
    if (known !== undefined) return known;
    const { protocol, lines, names } = this.read(stream, ENOUGH_TO_TELL);
    // Of a connection of stage 06, all bytes are counted.
    const counted = protocol.name === "libp2p" ? linesOf(stream, MOST_LINES) : lines;
    const description = {
      names,
      what: streamWords(stream, counted, protocol),
      fromA: bytesOf(stream.fromA),
      fromB: bytesOf(stream.fromB),
    };
    this.#descriptions.set(stream.index, description);
    return description;
  }

  /** Of all streams, in order, without remembering them. */
  *all(): Generator<StreamView> {
    for (const stream of this.#loaded.streams) yield this.read(stream);
  }
}

function bytesOf(pieces: Iterable<Piece>): number {
  let sum = 0;
  for (const piece of pieces) if (piece.kind === "data") sum += piece.bytes.length;
  return sum;
}
