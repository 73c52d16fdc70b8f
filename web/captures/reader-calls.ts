// What the program and the process that reads a capture say to each other.

import type { CaptureCalls, CaptureSummary, CompareCell, KeysState } from "../shared/captures.ts";
import type { ChatOutline } from "./reader/compare.ts";
import type { SearchState } from "./reader/search.ts";

type Given<Name extends keyof CaptureCalls> = Omit<CaptureCalls[Name]["given"], "opened">;
type Result<Name extends keyof CaptureCalls> = CaptureCalls[Name]["result"];
type Same<Name extends keyof CaptureCalls> = { given: Given<Name>; result: Result<Name> };

export interface ReaderCalls {
  packets: Same<"captures/packets">;
  rowOf: Same<"captures/row-of">;
  packet: Same<"captures/packet">;
  connections: Same<"captures/connections">;
  lines: Same<"captures/lines">;
  line: Same<"captures/line">;
  conversations: Same<"captures/conversations">;
  datagrams: Same<"captures/datagrams">;
  traffic: Same<"captures/traffic">;
  readability: Same<"captures/readability">;
  /** @param sought in hexadecimal */
  search: { given: { search: number; sought: string; in: "packets" | "lines" }; result: null };
  stopSearch: { given: { search: number }; result: null };
  hits: Same<"captures/hits">;
  outline: { given: Record<never, never>; result: ChatOutline };
  cells: { given: { lines: number[] }; result: (CompareCell | null)[] };
  keyLog: { given: { text: string }; result: KeysState };
  passphrase: { given: { passphrase: string; team: string }; result: KeysState };
  forgetKeys: { given: Record<never, never>; result: KeysState };
}

/** What the program sends. */
export interface ReaderRequest {
  id: number;
  call: keyof ReaderCalls;
  given: unknown;
}

/** What was read, but for what only the program knows. */
export type ReadSummary = Omit<CaptureSummary, "item">;

/** What the process sends. A `problem` is a sentence for the user; a `mistake` is one of ours. */
export type ReaderMessage =
  | { kind: "progress"; read: number; of: number }
  | { kind: "ready"; summary: ReadSummary }
  | { kind: "unreadable"; problem: string }
  | { kind: "answer"; id: number; result: unknown }
  | { kind: "problem"; id: number; problem: string }
  | { kind: "mistake"; id: number; mistake: string }
  | ({ kind: "searched"; search: number } & SearchState);
