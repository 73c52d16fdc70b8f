// From the logs of our recorder to packets: of each connection one side's log is taken, and the headers are made up. Pure.

import { plainAddress } from "../follow/ip-address-bytes.ts";
import type { Endpoint } from "../read/packet.ts";
import type { Role, TimedEvent } from "./recorder-log.ts";
import { other, SyntheticConnection, type SyntheticPacket } from "./tcp-packets.ts";

/** A connection as one process has seen it. */
interface View {
  role: Role;
  caller: Endpoint;
  called: Endpoint;
  opened: bigint;
  events: TimedEvent[];
  /** How many bytes it has sent and received. */
  bytes: number;
}

/** Something that passed on the wire. */
interface Passed {
  time: bigint;
  from: Role;
  what: { kind: "data"; bytes: Buffer } | { kind: "end" } | { kind: "reset" };
}

/**
 * @param logs the events of each process
 * @returns the packets of all connections, in the order of their times
 */
export function synthesize(logs: readonly (readonly TimedEvent[])[]): SyntheticPacket[] {
  const packets = pair(logs.flatMap(viewsIn)).flatMap(packetsOf);
  return packets.sort((left, right) => Number(left.time - right.time));
}

/** How many connections there are in the logs. */
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

/** A connection: the log that is taken, and the other side's, if that was recorded too. */
interface Pair {
  taken: View;
  left: View | undefined;
}

/**
 * Both sides of a connection have the same four addresses and ports. These may be used again later: so the first one
 * that the caller opened is the first one that the called side took, and so on.
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

/** Takes the one that has more bytes: a side that has gone does not see what still comes. Of equals, the caller's. */
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

/** What passed, in order: all data of the view that is taken, and the ends that at least one of the two knows of. */
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
  // A reset is the last that passes, whatever the clocks say.
  return [...passed, ...resets];
}

/** Puts an end where its time says, but behind everything that its side has sent. */
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

/** The ends of the two halves. A socket that is closed ends its half by that, unless there was a reset. */
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

/** The earliest one, alone; or nothing. */
function firstOf(passed: readonly Passed[]): Passed[] {
  return [...passed].sort((left, right) => Number(left.time - right.time)).slice(0, 1);
}
