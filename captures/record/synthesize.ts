// Makes packets from the logs of our recorder: the data come from one side's log, the headers are made up. Pure.

import { plainAddress } from "../follow/ip-address-bytes.ts";
import type { Endpoint } from "../read/packet.ts";
import type { SyntheticPacket } from "./ip-packets.ts";
import type { Role, TimedEvent } from "./recorder-log.ts";
import { other, SyntheticConnection } from "./tcp-packets.ts";

/** A connection as one process has seen it. */
interface View {
  role: Role;
  caller: Endpoint;
  called: Endpoint;
  opened: bigint;
  events: TimedEvent[];
  /** How many bytes the process has sent and received. */
  bytes: number;
}

/** Something that was sent on the connection. */
interface Passed {
  time: bigint;
  from: Role;
  what: { kind: "data"; bytes: Buffer } | { kind: "end" } | { kind: "reset" };
}

/**
 * @param logs the events of each process
 * @returns the packets of all connections, sorted by time
 */
export function synthesize(logs: readonly (readonly TimedEvent[])[]): SyntheticPacket[] {
  const packets = pair(logs.flatMap(viewsIn)).flatMap(packetsOf);
  return packets.sort((left, right) => Number(left.time - right.time));
}

/** The number of connections in the logs. */
export function countConnections(logs: readonly (readonly TimedEvent[])[]): number {
  return pair(logs.flatMap(viewsIn)).length;
}

/** The connections in the log of one process. */
function viewsIn(log: readonly TimedEvent[]): View[] {
  const views = new Map<number, View>();
  for (const event of log) {
    if (event.event === "opened") {
      const { role, local, remote, time } = event;
      const [caller, called] = role === "caller" ? [local, remote] : [remote, local];
      views.set(event.connection, { role, caller, called, opened: time, events: [], bytes: 0 });
    } else {
      views.get(event.connection)?.events.push(event);
    }
  }
  for (const view of views.values()) {
    const failed = new Set(view.events.flatMap((event) => (event.event === "not-sent" ? [event.write] : [])));
    view.events = view.events.filter((event) => event.event !== "sent" || !failed.has(event.write));
    for (const event of view.events) view.bytes += "data" in event ? event.data.length : 0;
  }
  return [...views.values()];
}

/** The two views of a connection. We use the data of one view; the other may be missing. */
interface Pair {
  taken: View;
  left: View | undefined;
}

/**
 * Finds the two views of each connection: they have the same addresses and ports. If these are used several times, the
 * first view of the caller belongs to the first view of the called side, and so on.
 */
function pair(views: readonly View[]): Pair[] {
  const groups = new Map<string, Record<Role, View[]>>();
  for (const view of [...views].sort((left, right) => Number(left.opened - right.opened))) {
    const key = [view.caller, view.called]
      .map(({ address, port }) => `${plainAddress(address)} ${port}`)
      .join(" ");
    const group = groups.get(key) ?? { caller: [], called: [] };
    groups.set(key, group);
    group[view.role].push(view);
  }
  return [...groups.values()].flatMap(({ caller, called }) =>
    Array.from({ length: Math.max(caller.length, called.length) }, (_, index) =>
      choose(caller[index], called[index]),
    ).flatMap((chosen) => chosen ?? []),
  );
}

/** Uses the view with more bytes, because a side that has closed its socket sees no more. If equal, the caller's. */
function choose(caller: View | undefined, called: View | undefined): Pair | undefined {
  if (caller === undefined || (called !== undefined && called.bytes > caller.bytes)) {
    return called === undefined ? undefined : { taken: called, left: caller };
  }
  return { taken: caller, left: called };
}

function packetsOf({ taken, left }: Pair): SyntheticPacket[] {
  const connection = new SyntheticConnection(taken.caller, taken.called, taken.opened);
  for (const { time, from, what } of passedOf(taken, left)) {
    if (what.kind === "data") connection.send(from, what.bytes, time);
    else if (what.kind === "end") connection.end(from, time);
    else connection.reset(from, time);
  }
  return connection.packets;
}

/** All that was sent, in order: the data of the chosen view, and each end that at least one of the views has seen. */
function passedOf(taken: View, left: View | undefined): Passed[] {
  const passed = dataIn(taken);
  const resets = firstOf([...resetsIn(taken), ...(left === undefined ? [] : resetsIn(left))]);
  const ends: Passed[] = [];
  for (const from of ["caller", "called"] as const) {
    const known = [taken, ...(left === undefined ? [] : [left])].map((view) =>
      endsIn(view, resets.length > 0),
    );
    const end = known.flatMap((found) => found.filter((end) => end.from === from))[0];
    if (end !== undefined) ends.push(end);
  }
  for (const end of ends.sort((one, two) => Number(one.time - two.time))) insert(passed, end);
  // A reset comes last, whatever the clocks say.
  return [...passed, ...resets];
}

/** Inserts an end by its time, but never before data of the same side. */
function insert(passed: Passed[], end: Passed): void {
  const lastOfSide = passed.findLastIndex(({ from }) => from === end.from);
  const later = passed.findIndex(({ time }, index) => index > lastOfSide && time > end.time);
  passed.splice(later === -1 ? passed.length : later, 0, end);
}

function dataIn({ role, events }: View): Passed[] {
  return events.flatMap((event): Passed[] => {
    if (event.event !== "sent" && event.event !== "received") return [];
    const from = event.event === "sent" ? role : other(role);
    return [{ time: event.time, from, what: { kind: "data", bytes: event.data } }];
  });
}

/** The ends of both halves. Closing a socket also ends its half, unless there was a reset. */
function endsIn({ role, events }: View, wasReset: boolean): Passed[] {
  const meanings: Partial<Record<TimedEvent["event"], Role>> = {
    "end-sent": role,
    "end-received": other(role),
    ...(wasReset ? {} : { closed: role }),
  };
  return events.flatMap(({ event, time }): Passed[] => {
    const from = meanings[event];
    return from === undefined ? [] : [{ time, from, what: { kind: "end" } }];
  });
}

function resetsIn({ role, events }: View): Passed[] {
  return events.flatMap(({ event, time }): Passed[] => {
    if (event !== "reset-sent" && event !== "reset-received") return [];
    return [{ time, from: event === "reset-sent" ? role : other(role), what: { kind: "reset" } }];
  });
}

/** The earliest one in a list of its own; an empty list if there is none. */
function firstOf(passed: readonly Passed[]): Passed[] {
  return [...passed].sort((left, right) => Number(left.time - right.time)).slice(0, 1);
}
