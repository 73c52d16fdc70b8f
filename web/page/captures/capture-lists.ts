// The lists of a capture, each a source of rows that come from the server when they are looked at: connections, packets, the
// lines of a connection, the datagrams of a conversation.

import type {
  CaptureSummary,
  ConnectionRow,
  ConversationRow,
  DatagramRow,
  LineRow,
  LinesWindow,
  PacketRow,
  RowsWindow,
} from "../../shared/captures.ts";
import { server } from "../server.ts";
import { counted, countWords } from "../words.ts";
import { lock } from "./marks.ts";
import type { Column, ListedRow, RowSource } from "./row-list.ts";
import { RowWindows } from "./row-windows.ts";
import { isText, secondsWords, shown, sizeWords } from "./words.ts";

/** Rows of the server, shown as rows of a list. */
export class ServerRows<Row> implements RowSource {
  count: number;
  /** Whether it is known how many there are. */
  isKnown: boolean;
  readonly #windows: RowWindows<Row>;
  readonly #show: (row: Row) => ListedRow;

  /**
   * @param count how many there are; undefined if that is not known before the first have come
   * @param changed called when rows have come, or with why they have not
   */
  constructor(
    count: number | undefined,
    load: (from: number, count: number) => Promise<RowsWindow<Row>>,
    show: (row: Row) => ListedRow,
    changed: (problem?: unknown) => void,
  ) {
    this.count = count ?? 0;
    this.isKnown = count !== undefined;
    this.#show = show;
    this.#windows = new RowWindows(async (first, most) => {
      const { rows, total } = await load(first, most);
      this.count = total;
      this.isKnown = true;
      return rows;
    }, changed);
    if (!this.isKnown) this.#windows.want(0, 1);
  }

  row(index: number): Row | undefined {
    return this.#windows.at(index);
  }

  at(index: number): ListedRow | undefined {
    const row = this.row(index);
    return row === undefined ? undefined : this.#show(row);
  }

  want(first: number, end: number): void {
    this.#windows.want(first, end);
  }
}

/** Connections of TCP, and behind them conversations in UDP, as one list. */
export class TalkRows implements RowSource {
  readonly count: number;
  readonly #connections: ServerRows<ConnectionRow>;
  readonly #conversations: ServerRows<ConversationRow>;

  constructor(opened: number, summary: CaptureSummary, changed: (problem?: unknown) => void) {
    const { connections, conversations } = summary;
    this.count = connections + conversations;
    this.#connections = new ServerRows(
      connections,
      (from, count) => server.call("captures/connections", { opened, from, count }),
      connectionCells,
      changed,
    );
    this.#conversations = new ServerRows(
      conversations,
      (from, count) => server.call("captures/conversations", { opened, from, count }),
      conversationCells,
      changed,
    );
  }

  at(index: number): ListedRow | undefined {
    const { count } = this.#connections;
    return index < count ? this.#connections.at(index) : this.#conversations.at(index - count);
  }

  want(first: number, end: number): void {
    const { count } = this.#connections;
    if (first < count) this.#connections.want(first, Math.min(end, count));
    if (end > count) this.#conversations.want(Math.max(0, first - count), end - count);
  }

  /** What stands in a row. */
  talkAt(index: number): Talk {
    const { count } = this.#connections;
    return index < count
      ? { kind: "stream", number: index }
      : { kind: "conversation", number: index - count };
  }

  /** In which row it stands. */
  indexOf({ kind, number }: Talk): number {
    return kind === "stream" ? number : this.#connections.count + number;
  }

  connection(number: number): ConnectionRow | undefined {
    return this.#connections.row(number);
  }

  conversation(number: number): ConversationRow | undefined {
    return this.#conversations.row(number);
  }
}

/** A connection of TCP, or a conversation in UDP: each is counted from 0. */
export interface Talk {
  kind: "stream" | "conversation";
  number: number;
}

export const TALK_COLUMNS: readonly Column[] = [
  { name: "No.", part: "number" },
  { name: "From", part: "ends from" },
  { name: "To", part: "ends to" },
  { name: "What it is", part: "what" },
  { name: "Sent", part: "size from-a" },
  { name: "Received", part: "size from-b" },
  { name: "Begins, s", part: "time" },
  { name: "Lasts, s", part: "lasts" },
];

function connectionCells(row: ConnectionRow): ListedRow {
  return {
    look: "",
    cells: [
      `TCP ${row.stream}`,
      ends(row.names.a, "a", row.a),
      ends(row.names.b, "b", row.b),
      shown(row.what),
      sizeWords(row.fromA),
      sizeWords(row.fromB),
      secondsWords(row.start),
      row.seconds.toFixed(3),
    ],
  };
}

function conversationCells(row: ConversationRow): ListedRow {
  return {
    look: "",
    cells: [
      `UDP ${row.conversation}`,
      row.a,
      row.b,
      row.cast === "one" ? shown(row.what) : `${shown(row.what)}, ${row.cast}`,
      counted(row.fromA, "datagram"),
      counted(row.fromB, "datagram"),
      secondsWords(row.start),
      row.seconds.toFixed(3),
    ],
  };
}

/** The colour of what was said. */
function lookOf(isSealed: boolean, text: string): string {
  if (isSealed) return "look-sealed";
  return isText(text) ? "look-readable" : "look-structure";
}

/** The name of an end, if one is known, and its address. */
function ends(name: string, unknown: string, address: string): string {
  // Of stage 05, what each end says is its address: as long as nobody knows more.
  const isName = name !== unknown && !/^[\d.:[\]a-f]+$/.test(name);
  return isName ? `${shown(name)} ${address}` : address;
}

export const PACKET_COLUMNS: readonly Column[] = [
  { name: "No.", part: "number" },
  { name: "Time, s", part: "time" },
  { name: "From", part: "ends from" },
  { name: "To", part: "ends to" },
  { name: "Protocol", part: "protocol" },
  { name: "Length", part: "size" },
  { name: "Info", part: "what" },
];

export function packetRows(
  opened: number,
  filter: string,
  changed: (problem?: unknown) => void,
): ServerRows<PacketRow> {
  return new ServerRows(
    undefined,
    (from, count) => server.call("captures/packets", { opened, filter, from, count }),
    packetCells,
    changed,
  );
}

function packetCells(row: PacketRow): ListedRow {
  // Of an ACK alone, the words say what it acknowledges.
  const flags = row.flags === "" || row.flags === "ACK" ? "" : `${row.flags}: `;
  return {
    look: row.bytes === 0 ? "look-structure" : lookOf(row.sealed, row.what),
    cells: [
      countWords(row.number),
      secondsWords(row.time),
      row.source,
      row.destination,
      row.protocol,
      countWords(row.length),
      lock(row.sealed, row.bytes > 0 ? shown(row.what) : flags + shown(row.what)),
    ],
  };
}

export const LINE_COLUMNS: readonly Column[] = [
  { name: "No.", part: "number" },
  { name: "Time, s", part: "time" },
  { name: "From", part: "name" },
  { name: "Length", part: "size" },
  { name: "On the wire", part: "what" },
  { name: "What it says", part: "says" },
];

/** The lines of a connection, and what is said of it as a whole. */
export class LineRows extends ServerRows<LineRow> {
  about: Pick<LinesWindow, "about" | "names" | "isCut"> | undefined;

  constructor(opened: number, stream: number, changed: (problem?: unknown) => void) {
    super(
      undefined,
      async (from, count) => {
        const lines = await server.call("captures/lines", { opened, stream, from, count });
        this.about = lines;
        return lines;
      },
      (row) => this.#cells(row),
      changed,
    );
  }

  #cells(row: LineRow): ListedRow {
    const says =
      row.problem === null ? shown(row.says ?? "needs a key") : `not opened: ${shown(row.problem)}`;
    return {
      look: `${lookOf(row.sealed, row.wire)} ${row.opened ? "look-opened" : ""} kind-${row.kind}`,
      cells: [
        countWords(row.line),
        secondsWords(row.time),
        shown(this.about?.names[row.from] ?? row.from),
        countWords(row.length),
        lock(row.sealed, shown(row.wire)),
        row.kind === "missing" ? "the capture does not hold it" : says,
      ],
    };
  }
}

export const DATAGRAM_COLUMNS: readonly Column[] = [
  { name: "No.", part: "number" },
  { name: "Time, s", part: "time" },
  { name: "From", part: "name" },
  { name: "Length", part: "size" },
  { name: "Info", part: "what" },
];

/** @param names the addresses of both ends */
export function datagramRows(
  opened: number,
  conversation: number,
  names: () => Readonly<Record<"a" | "b", string>>,
  changed: (problem?: unknown) => void,
): ServerRows<DatagramRow> {
  return new ServerRows(
    undefined,
    (from, count) => server.call("captures/datagrams", { opened, conversation, from, count }),
    (row) => ({
      look: lookOf(row.sealed, row.what),
      cells: [
        countWords(row.datagram),
        secondsWords(row.time),
        names()[row.from],
        countWords(row.bytes),
        lock(row.sealed, shown(row.what)),
      ],
    }),
    changed,
  );
}
