// Reads what our recorder writes: one file for each process, and one JSON object on each line. Pure.

import type { Endpoint } from "../read/packet.ts";

/** The caller has connected; the called side has accepted. */
export type Role = "caller" | "called";

/** What happened to a connection, as one of its processes saw it. The file holds bytes in base64. */
export type RecordedEvent<Bytes = Buffer> =
  /** The connection is established. This is its first event. */
  | { event: "opened"; role: Role; local: Endpoint; remote: Endpoint }
  /** Bytes were given to the system. `write` counts the writes of the connection. */
  | { event: "sent"; write: number; data: Bytes }
  /** The system refused the bytes of that write. */
  | { event: "not-sent"; write: number }
  | { event: "received"; data: Bytes }
  /** This side has ended its half. The next event: the other side has ended its half. */
  | { event: "end-sent" }
  | { event: "end-received" }
  /** This side has reset the connection. The next event: the other side has reset it. */
  | { event: "reset-sent" }
  | { event: "reset-received" }
  /** This side has closed its socket. */
  | { event: "closed" };

/** An event, the number of its connection in the process, and its time in nanoseconds since 1970-01-01, UTC. */
export type TimedEvent = RecordedEvent & { connection: number; time: bigint };

/** The recorder has not written this line. */
export class LogError extends Error {}

/**
 * Reads the log of one process. A last line without LF is ignored: it was cut off when the process was killed.
 * @throws LogError
 */
export function parseLog(text: string): TimedEvent[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, index) => {
    try {
      return parseEvent(JSON.parse(line));
    } catch {
      throw new LogError(`line ${index + 1} is none that our recorder writes`);
    }
  });
}

type Json = Readonly<Record<string, unknown>>;

/** @throws Error if this is no event */
function parseEvent(json: Json): TimedEvent {
  const { connection, time } = json;
  if (!isCount(connection) || typeof time !== "string") throw new Error("no event");
  return { connection, time: BigInt(time), ...parseKind(json) };
}

function parseKind(json: Json): RecordedEvent {
  const { event, role, local, remote, write, data } = json;
  switch (event) {
    case "opened":
      if (role !== "caller" && role !== "called") break;
      return { event, role, local: parseEndpoint(local), remote: parseEndpoint(remote) };
    case "sent":
      if (!isCount(write) || typeof data !== "string") break;
      return { event, write, data: Buffer.from(data, "base64") };
    case "not-sent":
      if (!isCount(write)) break;
      return { event, write };
    case "received":
      if (typeof data !== "string") break;
      return { event, data: Buffer.from(data, "base64") };
    case "end-sent":
    case "end-received":
    case "reset-sent":
    case "reset-received":
    case "closed":
      return { event };
  }
  throw new Error("no event");
}

function parseEndpoint(value: unknown): Endpoint {
  if (typeof value === "object" && value !== null && "address" in value && "port" in value) {
    const { address, port } = value;
    if (typeof address === "string" && isCount(port)) return { address, port };
  }
  throw new Error("no endpoint");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
