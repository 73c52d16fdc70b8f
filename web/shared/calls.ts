// What passes over the socket between a page and its server: calls and their results, and events. The places add theirs.

import type { CaptureCalls, CaptureEvents } from "./captures.ts";
import type { ExerciseCalls, ExerciseEvents } from "./exercises.ts";
import type { LessonCalls, LessonEvents } from "./lessons.ts";
import type { TerminalCalls, TerminalEvents } from "./terminals.ts";
import type { WireCalls, WireEvents } from "./wire.ts";

/** Each call by its name: what the page gives, and what the server answers. */
export type AllCalls = WireCalls & CaptureCalls & LessonCalls & ExerciseCalls & TerminalCalls;

/** Each event by its name: what the server tells. */
export type AllEvents = ServerEvents &
  WireEvents &
  CaptureEvents &
  LessonEvents &
  ExerciseEvents &
  TerminalEvents;

export interface ServerEvents {
  /**
   * The first event of every connection: a random text that this run of the server has told nobody else. A page that
   * comes back takes no other server for its own: somebody else may listen at the port by now.
   */
  "server/run": { run: string };
}

/** The largest message that a page may send, in bytes. Files go by a request of their own. */
export const MOST_CALL_BYTES = 1_048_576;

/** What a page sends: a call, with a number that its answer repeats. */
export interface CallMessage {
  id: number;
  call: string;
  given: unknown;
}

/** What a server sends: the answer to a call, why there is none, or an event. */
export type ServerMessage =
  | { id: number; result: unknown }
  | { id: number; problem: string }
  | { event: string; data: unknown };

/** The WebSocket's subprotocol. The second one that a page offers is its token, since a page can set no other header. */
export const SUBPROTOCOL = "course";
