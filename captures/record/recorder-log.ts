// What our recorder writes down: a file for each process, a JSON object on each line. Pure.

import type { Endpoint } from "../read/packet.ts";

/** Who connected, and who was connected to. */
export type Role = "caller" | "called";

/** What happened to a connection, as one of its processes saw it. In the file, bytes are written in base64. */
export type RecordedEvent<Bytes = Buffer> =
  /** The connection stands. Nothing else of it comes before this. */
  | { event: "opened"; role: Role; local: Endpoint; remote: Endpoint }
  /** Bytes handed to the system. `write` counts the writes of the connection. */
  | { event: "sent"; write: number; data: Bytes }
  /** The system did not take the bytes of that write. */
  | { event: "not-sent"; write: number }
  | { event: "received"; data: Bytes }
  /** This side has ended its half, or has seen that the other one did. */
  | { event: "end-sent" }
  | { event: "end-received" }
  /** This side has reset the connection, or has seen that the other one did. */
  | { event: "reset-sent" }
  | { event: "reset-received" }
  /** This side has closed its socket. */
  | { event: "closed" };

/** An event, the number of its connection within the process, and its time: nanoseconds since 1970-01-01, UTC. */
export type TimedEvent = RecordedEvent & { connection: number; time: bigint };

/** A line is none of ours. */
export class LogError extends Error {}

/**
 * Reads what one process has written. A last line without LF was cut off when the process was killed, and does not count.
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

/** @throws Error if it is no event */
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
