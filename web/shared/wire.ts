// What a page and its server say to each other about the wire: a scene is a stage's programs in terminals, with Mallory on
// every link between them.

/** The stages that have a scene. */
export const WIRE_STAGES = ["01", "02", "03", "04", "05"] as const;
export type WireStage = (typeof WIRE_STAGES)[number];

/** Who takes part. Each is a program in a terminal. In stage 01, the calculator is Bob's. */
export const PARTIES = ["alice", "bob", "carol", "registry", "calculator"] as const;
export type Party = (typeof PARTIES)[number];

/**
 * What a line belongs to: questions to the calculator; a client and the registry; a chat of stages 02 to 04; a session of
 * stage 05; a datagram of stage 05.
 */
export const LINKS = ["calculator", "registry", "chat", "session", "datagram"] as const;
export type Link = (typeof LINKS)[number];

/** A scene has one direction for each way that lines can take. Mallory holds each of them by itself. */
export interface Direction {
  link: Link;
  from: Party;
  to: Party;
}

/** How many scenes a page, and all pages together, may have open. */
export const MOST_SCENES_OF_PAGE = 4;
export const MOST_SCENES = 8;

/** The longest line that can be explained and changed, its LF included, in bytes (P0.3). */
export const MOST_LINE_BYTES = 262_144;
/** So many bytes of a line an event holds at most; `wire/explain` has all. */
export const MOST_SHOWN_BYTES = 4096;
/** The most characters of an address that holds a line itself (`wire/explain-bytes`): base64url. */
export const MOST_ADDRESS_CHARACTERS = 349_528;
/** A scene remembers so many lines: the last ones. Older ones can neither be explained nor sent again. */
export const MOST_LINES = 20_000;
/** So many lines may wait at Mallory in one direction. Then reading pauses, as on a slow network. */
export const MOST_HELD = 1000;

/**
 * What somebody without keys makes of bytes: `readable`, they can read what is said; `known`, structure that stays
 * visible, such as the type, a number or a length; `sealed`, they see nothing but that bytes are there.
 */
export type Sight = "readable" | "known" | "sealed";

/** A range of a line, for its colour. The ranges of a line follow one another, and together are the line. */
export interface Span {
  /** In bytes. */
  length: number;
  sight: Sight;
}

/** Where a line is: it waits at Mallory, has been passed on, or will never arrive. */
export type LineState = "held" | "passed" | "dropped";

/** What Mallory did to a line. `set-up` is what the scene itself had to change to get between. */
export type Act = "changed" | "flipped" | "dropped" | "sent-again" | "set-up";

/** A line with its LF, or a datagram. */
export interface WireLine extends Direction {
  /** Counted in the scene, from 1, in the order in which they reached Mallory. */
  number: number;
  /** Which of the scene's TCP connections it belongs to, from 1; 0 for datagrams. */
  connection: number;
  /** When it reached Mallory, in milliseconds since the scene was opened. */
  at: number;
  /** The first MOST_SHOWN_BYTES bytes as they came, in base64. */
  bytes: string;
  /** How many bytes it has in all. */
  length: number;
  /** What a stranger sees of `bytes`. */
  spans: Span[];
  /** What it says, as far as a stranger can tell: one line, safe to show as text. */
  words: string;
  /** The type in the line, such as `message`, `sealed`, `token`; a short word to show. */
  type: string;
  /** The clause of the protocol that says so, such as `P2.3`. Empty if none does. */
  clause: string;
  state: LineState;
  /** What Mallory did to it, oldest first. */
  acts: Act[];
  /** The bytes as they are passed on, if Mallory changed them; as `bytes`. */
  changed?: string;
  /** A sentence about an act, such as which port was changed in the set-up. */
  note?: string;
  /** The number of the line that this one repeats. */
  copyOf?: number;
  /** What `wire/tamper` would do to it, for a button; only while it waits and nobody has touched it. */
  offer?: string;
  /** A byte in which it is worth flipping a bit, from 0, and what stands there: half a line; only while it waits. */
  worthFlipping?: { byte: number; words: string };
}

/** A part of a line, with all that is known of it. The parts of a line follow one another, and together are the line. */
export interface LinePart {
  /** Its name in an address: small letters, digits and hyphens; once in a line. */
  name: string;
  /** In bytes, from the line's beginning. */
  offset: number;
  length: number;
  sight: Sight;
  /** What it is. Text of others may be in it. */
  label: string;
  /** The clause that says so; empty if none does. */
  clause: string;
}

export interface ExplainedLine {
  stage: WireStage;
  link: Link;
  /** All bytes, in base64url: what `wire/explain-bytes` takes. */
  bytes: string;
  words: string;
  type: string;
  clause: string;
  /** What the clause is about, as its line in lessons/protocol.md begins; empty if there is none. */
  clauseText: string;
  parts: LinePart[];
}

/** A terminal of a scene; its output and key presses go by `terminals/…`. */
export interface SceneTerminal {
  party: Party;
  /** For people: `Alice`, `the registry`, `Bob's calculator`. */
  title: string;
  terminal: number;
}

export interface Scene {
  scene: number;
  stage: WireStage;
  terminals: SceneTerminal[];
  /** All ways that lines can take. */
  directions: Direction[];
}

/** Something that was said: typed by one, shown to another. In stage 01, a question and its answer. */
export interface Said {
  from: Party;
  to: Party;
  text: string;
}

/** A row of the table with which the tour ends. Null is what has not happened yet. */
export interface TableRow {
  stage: WireStage;
  /** Such as `03 Diffie-Hellman and XOR`. */
  title: string;
  /** Whether the text could be read on the wire as it was typed. */
  readable: boolean | null;
  /** Whether the program that received a changed line noticed it. */
  noticed: boolean | null;
  /** Explains the row; empty if nothing needs it. */
  remark: string;
}

export interface WireCalls {
  /**
   * Opens a scene. Its programs are set up by themselves; then `wire/scene` says `ready`.
   * With `keep`, the number of a scene of this page: that one ends, and what was said in it is said again in the new one.
   */
  "wire/open": {
    given: { stage: WireStage; keep?: number; columns: number; rows: number };
    result: Scene;
  };
  /** Ends its programs, relays and folders. */
  "wire/end": { given: { scene: number }; result: null };
  /** Explains all bytes of a line of the scene. @param changed as it was passed on, if Mallory changed it */
  "wire/explain": { given: { scene: number; line: number; changed: boolean }; result: ExplainedLine };
  /** Explains a line that an address holds. @param bytes in base64url */
  "wire/explain-bytes": { given: { stage: WireStage; link: Link; bytes: string }; result: ExplainedLine };

  /** Begins the chat, or the session, between Alice and Bob again after it has ended. Answered when they can talk. */
  "wire/call": { given: { scene: number }; result: null };

  // Mallory. A call that does not fit (a line that is not held, say) is answered with a problem.
  /** From now on lines wait, in order (`holds`); or all that wait are passed on, and nothing waits any more. */
  "wire/hold": { given: { scene: number; holds: boolean } & Direction; result: null };
  /** Passes on the line that waits first in its direction. Those behind it go on waiting. */
  "wire/pass": { given: { scene: number; line: number }; result: null };
  /** The line will never arrive. Any line that waits. */
  "wire/drop": { given: { scene: number; line: number }; result: null };
  /**
   * Changes a line that waits. Exactly one of the two: `text` (UTF-8; its LF is added unless it is a datagram) or `hex`
   * (pairs of digits, blanks allowed; all bytes, the LF too).
   */
  "wire/change": { given: { scene: number; line: number; text?: string; hex?: string }; result: null };
  /** Flips a bit of a line that waits: `byte` from 0, `bit` from 0 (worth 1) to 7 (worth 128). */
  "wire/flip": { given: { scene: number; line: number; byte: number; bit: number }; result: null };
  /** Changes a line that waits in the way that its `offer` says. */
  "wire/tamper": { given: { scene: number; line: number }; result: null };
  /** Sends a line again, as it came, on the same connection: at once, before all that wait. It gets a number of its own. */
  "wire/again": { given: { scene: number; line: number }; result: null };
}

export interface WireEvents {
  /** `failed` and `ended` are the last of a scene; `says` is one line for the user. */
  "wire/scene": { scene: number; state: "setting-up" | "ready" | "failed" | "ended"; says: string };
  /** Whether Alice and Bob can talk: their chat, or their session, has begun or ended. Before it is told, they can. */
  "wire/chat": { scene: number; isOn: boolean };
  /** A line that is new, or has changed: its number says which. */
  "wire/line": { scene: number; line: WireLine };
  /** All directions that are held now. */
  "wire/held": { scene: number; directions: Direction[] };
  /** What a program did after an act of Mallory's: `line` is the one that was changed, dropped or sent again. */
  "wire/outcome": {
    scene: number;
    line: number;
    act: Act;
    /** Whose program. */
    party: Party;
    /** Null: nothing was shown within a second, so nobody can tell yet. */
    noticed: boolean | null;
    /** What it printed; if nothing, a sentence about that. */
    words: string;
  };
  /** Something was said and shown. */
  "wire/said": { scene: number } & Said;
  /** The table of this page, all stages that it has seen, in their order. */
  "wire/table": { rows: TableRow[]; closing: string[] };
}

/**
 * The path of what was seen as a file of packets, asked for with the token in a header and a scene of any page:
 * `/wire.pcap?scene=3`.
 */
export const PCAP_PATH = "/wire.pcap";
