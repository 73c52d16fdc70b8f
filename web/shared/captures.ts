// What a page and its server say to each other about captures. A page never has a whole capture: it asks for windows of rows.
//
// The way of a page: `captures/list` names what there is; `captures/open` begins to read one, and gives a number for it that
// only this page has; `captures/ready` answers when it is read, while `captures/progress` tells how far it is. Then come
// windows. `captures/close` ends it, also while it is read. Whatever is text here was written by anybody: show it as text.

/** How many captures one page may have open, and all pages together. */
export const MOST_OPEN = 8;
/** How many bytes the files of all captures that are open may have together. */
export const MOST_OPEN_BYTES = 2_147_483_648;
/** How many files may have been dropped at once, and how many bytes one may have. */
export const MOST_DROPPED = 16;
export const MOST_DROPPED_BYTES = 1_073_741_824;
/** The longest name of a file that is dropped, in characters; what is longer is cut. */
export const MOST_NAME = 200;
/** How many rows a window may have. */
export const MOST_ROWS = 500;
/** The longest text to search for, and the longest filter, in characters. */
export const MOST_SOUGHT = 1000;
export const MOST_FILTER = 200;
/** How many hits of a search are kept. */
export const MOST_HITS = 10_000;
/** The longest key log that a page can send, in characters, and the longest passphrase and name of a team. */
export const MOST_KEY_LOG = 900_000;
export const MOST_PASSPHRASE = 1024;
export const MOST_TEAM = 32;
/** How many bins and points a plot may have. */
export const MOST_BINS = 400;
export const MOST_POINTS = 2000;
/** How many bytes of a line, and how many labelled fields, are sent at most. */
export const MOST_LINE_BYTES = 65_536;
export const MOST_FIELDS = 4096;
/** How many lines of a connection can be looked at: those behind are counted as bytes only. */
export const MOST_LINES = 200_000;
/** The longest text in a row, in characters; what is longer is cut, and ends with `...`. */
export const MOST_TEXT = 300;

/**
 * Where to send a file that is dropped: a POST with its bytes as the body, its name in the header, percent-encoded. The
 * answer is its CaptureItem as JSON, or a sentence as text.
 */
export const DROP_PATH = "/captures";
export const NAME_HEADER = "x-file-name";

/** A capture of the list. What a POST to DROP_PATH answers, as JSON. */
export interface CaptureItem {
  /** Letters, digits, `.`, `_` and `-`. Of a recording, and of a file in work/, it stays the same. */
  id: string;
  /** `course`: a recording of the course; `own`: in work/; `dropped`: gone when the program ends. */
  kind: "course" | "own" | "dropped";
  /** The name of its file, for people. */
  name: string;
  /** What is in it, in a sentence; empty if nobody has said. */
  title: string;
  bytes: number;
  /** When it was written, in milliseconds since 1970. */
  time: number;
  /** What the course has beside it that opens it. `captures/own-keys` takes it. */
  keys: "log" | "passphrase" | null;
  /** The stage that a recording of the course is of: `01` to `06`. */
  stage: string | null;
}

/** What is in a capture that was read. */
export interface CaptureSummary {
  item: CaptureItem;
  packets: number;
  segments: number;
  datagrams: number;
  connections: number;
  conversations: number;
  /** The time of the first packet, in milliseconds since 1970; the time from it to the last packet, in seconds. */
  start: number;
  seconds: number;
  /** The counts in words, as `npm run show` prints them. */
  words: string;
  /** What is wrong with the file, as `npm run show` says it; null if it is whole. What stands before is there. */
  damage: string | null;
  /** Packets that may hold TCP or UDP, but could not be read. */
  notUnderstood: { name: string; count: number }[];
  keys: KeysState;
}

/** Which keys open a capture. The keys themselves never come to a page. */
export interface KeysState {
  keyLog: boolean;
  /** The team whose passphrase was given. */
  team: string | null;
  /** Counts up with each change: windows that were fetched before are stale. */
  version: number;
  /** How many sealed lines and tokens there are (0 before a key is given), how many are opened, and why others are not. */
  sealed: number;
  opened: number;
  problems: { problem: string; count: number }[];
}

/** Some rows of a list. */
export interface RowsWindow<Row> {
  /** How many rows the whole list has. */
  total: number;
  /** The first row of the window. */
  from: number;
  rows: Row[];
}

export type SideName = "a" | "b";

export interface PacketRow {
  /** Counted from 1. */
  number: number;
  /** Seconds since the first packet. */
  time: number;
  /** `127.0.0.1:50001`, `[::1]:81`; empty if it is neither TCP nor UDP. */
  source: string;
  destination: string;
  /** `TCP`, `UDP`, `ARP`, `ICMP`, ... */
  protocol: string;
  /** On the wire, in bytes, and of these how many are data of TCP or UDP. */
  length: number;
  bytes: number;
  /** Of TCP: `SYN ACK`; else empty. Its numbers are counted from the SYN; null where there is none. */
  flags: string;
  sequence: number | null;
  acknowledgement: number | null;
  /** In a few words; of data, how they begin. */
  what: string;
  /** Whether its data are encrypted, as far as their beginning tells. */
  sealed: boolean;
  /** The connection or conversation of which it is a part. */
  stream: number | null;
  conversation: number | null;
}

/** A range of bytes with its meaning. */
export interface LabelledField {
  /** In the bytes that it comes with. */
  offset: number;
  length: number;
  label: string;
  /** What it belongs to: `Ethernet`, `IP`, `TCP`, `UDP`, or `data`. */
  layer: "Ethernet" | "IP" | "TCP" | "UDP" | "data" | "other";
  /** What a stranger has of it: what was said, structure that stays visible, or nothing. */
  look: "readable" | "known" | "sealed";
  /** The clause of the protocol that describes it, such as `P6.2`; null if none is known. */
  clause: string | null;
}

/** Bytes with the meaning of each. */
export interface LabelledBlock {
  /** Base64. */
  bytes: string;
  /** How many bytes there are in all: more than are sent if they are many. */
  length: number;
  fields: LabelledField[];
}

export interface PacketView {
  row: PacketRow;
  block: LabelledBlock;
  /** What a key has opened in it. */
  inside: (LabelledBlock & { title: string })[];
  /** The lines of its connection of which it holds some, by number, at most 500. */
  lines: number[];
}

export interface ConnectionRow {
  stream: number;
  a: string;
  b: string;
  /** Who these are, as far as it is known: `alice`, `registry`; else `a` and `b`. */
  names: Record<SideName, string>;
  /** `02, alice calls bob`, `registry, bob`, `not ours`, `refused` ... */
  what: string;
  /** How many bytes each side has sent. */
  fromA: number;
  fromB: number;
  /** The time of its first packet, in seconds since the first of the capture, and from it to its last one. */
  start: number;
  seconds: number;
  firstPacket: number;
  lastPacket: number;
}

export interface LineRow {
  /** Counted from 0 in its connection. */
  line: number;
  /** Seconds since the first packet of the capture. */
  time: number;
  from: SideName;
  /** `unfinished`: no LF; `missing`: bytes that the capture does not hold. */
  kind: "line" | "unfinished" | "missing";
  /** In bytes, with its LF. */
  length: number;
  /** The packet that completed it. */
  packet: number;
  /** As it stood on the wire. */
  wire: string;
  /** What it says; null if that needs a key. */
  says: string | null;
  sealed: boolean;
  /** Whether a key has opened it, or why that failed. */
  opened: boolean;
  problem: string | null;
}

/** The lines of a connection. */
export interface LinesWindow extends RowsWindow<LineRow> {
  names: Record<SideName, string>;
  /** Whether there are more lines than can be looked at. */
  isCut: boolean;
  /** What is to be said of the connection as a whole, sentences; may be empty. */
  about: string;
}

export interface LineView {
  row: LineRow;
  block: LabelledBlock;
  /** The first packet that holds some of it; `row.packet` is the last. */
  firstPacket: number;
  /** The clause of the protocol that describes it, such as `P6.1`; null if none is known. */
  clause: string | null;
  /** What a key has opened. */
  inside: (LabelledBlock & { title: string }) | null;
  /**
   * The share of its bytes that are printable, from 0 to 1, and how evenly they are spread, in bits per byte; of a line with a
   * ciphertext, those of the ciphertext.
   */
  printable: number;
  entropy: number;
}

export interface ConversationRow {
  conversation: number;
  a: string;
  b: string;
  cast: "one" | "multicast" | "broadcast";
  what: string;
  /** How many datagrams each side has sent. */
  fromA: number;
  fromB: number;
  start: number;
  seconds: number;
}

export interface DatagramRow {
  /** Counted from 0 in its conversation. */
  datagram: number;
  time: number;
  packet: number;
  from: SideName;
  bytes: number;
  what: string;
  sealed: boolean;
}

/** A place where a text was found. */
export interface Hit {
  where: "packet" | "line" | "datagram";
  packet: number;
  stream: number | null;
  line: number | null;
  conversation: number | null;
  /** The first byte, in the bytes of the packet or line (or of what a key has opened in it), and how many. */
  offset: number;
  length: number;
  /** Whether it stands in what a key has opened. */
  decrypted: boolean;
  /** The hit as text, with what stands around it. */
  before: string;
  text: string;
  after: string;
}

export interface CompareCell {
  line: number;
  /** In bytes, with its LF. */
  length: number;
  packet: number;
  wire: string;
  sealed: boolean;
  opened: boolean;
}

export interface CompareSide {
  name: string;
  /** The stage, as the hellos say it, and the connection that is compared. */
  stage: string;
  stream: number;
  lines: number;
  /** How many lines can be read by anybody, and how many more with the keys. */
  readable: number;
  decrypted: number;
  /** The verdict in words, as `npm run show -- --compare` prints it. */
  words: string;
  /** Of all bytes on the wire, and of the ciphertexts in them (null if there are none). */
  wire: { printable: number; entropy: number };
  ciphertexts: { printable: number; entropy: number } | null;
}

export interface Compared
  extends RowsWindow<{
    from: SideName;
    left: CompareCell | null;
    right: CompareCell | null;
  }> {
  names: Record<SideName, string>;
  left: CompareSide;
  right: CompareSide;
}

/** Bytes over time in each direction of a connection. */
export interface Traffic {
  /** When the first bin begins, in seconds since the first packet of the capture, and how long each is. */
  start: number;
  bin: number;
  fromA: number[];
  fromB: number[];
}

/** How readable the lines of a connection are; of many lines, some that are spread over all. Lists of one length. */
export interface ReadabilityPlot {
  lines: number[];
  from: SideName[];
  /**
   * From 0 to 1. This and the next are of the ciphertext if the line has one, and of its beginning if it has more than 4 MiB.
   */
  printable: number[];
  /** In bits per byte, from 0 to 8. */
  entropy: number[];
  /** In bytes. Of few bytes, entropy says little. */
  length: number[];
  sealed: boolean[];
}

/** A window: its first row, and how many, at most MOST_ROWS. */
interface Asked {
  opened: number;
  from: number;
  count: number;
}

export interface CaptureCalls {
  "captures/list": { given: Record<never, never>; result: CaptureItem[] };
  /** Takes a file that was dropped out of the list. */
  "captures/remove": { given: { capture: string }; result: null };
  /** Begins to read. The number is this page's alone. */
  "captures/open": { given: { capture: string }; result: { opened: number } };
  /** Answers when it is read. It fails if the file is no capture, or if it was given up. */
  "captures/ready": { given: { opened: number }; result: CaptureSummary };
  /** Closes it, or gives up reading it. */
  "captures/close": { given: { opened: number }; result: null };
  /**
   * @param filter words, all of which must fit; empty for all packets. `tcp`, `udp`, `data`, `sealed`, `clear`, `port N`,
   * `stream N`, `conversation N`, `from A`, `packet N` (from there on), and `not` before any of them. A wrong one fails with a sentence.
   */
  "captures/packets": { given: Asked & { filter: string }; result: RowsWindow<PacketRow> };
  /** In which row of the list, with this filter, a packet stands: the nearest at or behind it. */
  "captures/row-of": { given: { opened: number; filter: string; packet: number }; result: { row: number } };
  "captures/packet": { given: { opened: number; packet: number }; result: PacketView };
  "captures/connections": { given: Asked; result: RowsWindow<ConnectionRow> };
  "captures/lines": { given: Asked & { stream: number }; result: LinesWindow };
  "captures/line": { given: { opened: number; stream: number; line: number }; result: LineView };
  "captures/conversations": { given: Asked; result: RowsWindow<ConversationRow> };
  "captures/datagrams": { given: Asked & { conversation: number }; result: RowsWindow<DatagramRow> };
  /** Begins to search; `captures/searched` tells how far it is. A new search ends this page's former one. */
  "captures/search": {
    given: { opened: number; sought: string; as: "text" | "hex"; in: "packets" | "lines" };
    result: { search: number };
  };
  "captures/stop-search": { given: { opened: number; search: number }; result: null };
  "captures/hits": { given: Asked & { search: number }; result: RowsWindow<Hit> };
  /** The first chat of each, side by side. It fails if there is none. */
  "captures/compare": {
    given: { left: number; right: number; from: number; count: number };
    result: Compared;
  };
  /** The keys that the course has beside a recording. */
  "captures/own-keys": { given: { opened: number }; result: KeysState };
  "captures/key-log": { given: { opened: number; text: string }; result: KeysState };
  "captures/passphrase": { given: { opened: number; team: string; passphrase: string }; result: KeysState };
  "captures/forget-keys": { given: { opened: number }; result: KeysState };
  /** @param bins at most MOST_BINS */
  "captures/traffic": { given: { opened: number; stream: number; bins: number }; result: Traffic };
  /** @param points at most MOST_POINTS */
  "captures/readability": {
    given: { opened: number; stream: number; points: number };
    result: ReadabilityPlot;
  };
}

export interface CaptureEvents {
  /** The list has changed: ask for it again. */
  "captures/listed": Record<never, never>;
  /** How many bytes of the file are read, and how many there are. */
  "captures/progress": { opened: number; read: number; of: number };
  /** `share` is how much is searched, from 0 to 1. After `ended` come no more hits; `isCut`: there are more than are kept. */
  "captures/searched": {
    opened: number;
    search: number;
    hits: number;
    share: number;
    ended: boolean;
    isCut: boolean;
  };
  /** Keys were given or forgotten, perhaps by another page with the same capture. */
  "captures/keys": { opened: number; keys: KeysState };
  /** It can be read no longer: what the user is told. Its number means nothing any more. */
  "captures/ended": { opened: number; problem: string };
}
