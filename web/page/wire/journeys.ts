// How a line moves over the drawing of the wire: from its sender to its receiver, or to Mallory, where it waits. Pure.

import type { Link, Party, WireLine, WireStage } from "../../shared/wire.ts";

/** The lanes of the drawing, one below the other. */
export const LANES = ["wire", "around"] as const;
export type Lane = (typeof LANES)[number];

/** A way over a lane. Places are from 0, its left end, to 1, its right end. */
export interface Journey {
  lane: Lane;
  from: number;
  to: number;
  /** `arrives`: it is gone then; `waits`: it stands there; `falls`: it never arrives. */
  ending: "arrives" | "waits" | "falls";
}

/** What stands around the wire, in a lane of its own: how they find each other. */
export function laneOf(link: Link): Lane {
  return link === "registry" || link === "datagram" ? "around" : "wire";
}

/** Whether a line is only the head or the end of a frame of stage 05: of a frame, its token is seen moving. */
export function isAroundToken({ link, type }: Pick<WireLine, "link" | "type">): boolean {
  return link === "session" && (type === "header" || type === "end");
}

/** Which lines stand in the list. */
export interface Choice {
  /** What stands around the wire is hidden. */
  isFolded: boolean;
  showsHeartbeats: boolean;
}

export function isListed(line: WireLine, { isFolded, showsHeartbeats }: Choice): boolean {
  return (!isFolded || laneOf(line.link) === "wire") && (showsHeartbeats || !isQuietHeartbeat(line));
}

/** A heartbeat that Mallory let pass. */
export function isQuietHeartbeat(line: WireLine): boolean {
  return isHeartbeat(line) && line.state === "passed" && line.acts.length === 0;
}

/** Whether a line only says that its sender is still there, and asks for that: a registry pings every 15 s (P2.6). */
function isHeartbeat({ link, type }: Pick<WireLine, "link" | "type">): boolean {
  return link === "registry" && (type === "ping" || type === "pong");
}

/** Who stands where, from the left to the right. */
export function placesOf(stage: WireStage, lane: Lane): ReadonlyMap<Party, number> {
  if (stage === "01")
    return new Map(
      lane === "wire"
        ? [
            ["alice", 0],
            ["calculator", 1],
          ]
        : [],
    );
  if (stage === "05")
    return new Map([
      ["alice", 0],
      ["bob", 0.5],
      ["carol", 1],
    ]);
  return new Map(
    lane === "wire"
      ? [
          ["alice", 0],
          ["bob", 1],
        ]
      : [
          ["alice", 0],
          ["registry", 0.5],
          ["bob", 1],
        ],
  );
}

/** Where Mallory stands on the wire between Alice and Bob. */
export function malloryPlace(stage: WireStage): number {
  return stage === "05" ? 0.25 : 0.5;
}

/**
 * The journey of a line that is new or has changed.
 * @param before what was known of it; undefined if it is new
 * @returns undefined if nothing moves
 */
export function journeyOf(
  stage: WireStage,
  line: WireLine,
  before: WireLine | undefined,
): Journey | undefined {
  const lane = laneOf(line.link);
  const places = placesOf(stage, lane);
  const [sender, receiver] = [places.get(line.from), places.get(line.to)];
  if (sender === undefined || receiver === undefined || before?.state === line.state) return undefined;
  const mallory = (sender + receiver) / 2;
  // What waited, and what Mallory sends once more, starts with her.
  const from = before?.state === "held" || line.copyOf !== undefined ? mallory : sender;
  if (line.state === "held") return { lane, from, to: mallory, ending: "waits" };
  if (line.state === "dropped") return { lane, from, to: mallory, ending: "falls" };
  return { lane, from, to: receiver, ending: "arrives" };
}
