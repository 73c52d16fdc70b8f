// The lines between a client and the registry, and their checks on both sides (P2). Pure.

import { isIP } from "node:net";
import { isPort, isUsername, ProtocolError, parseObject } from "./messages.ts";

/** A registered user and where it can be reached. */
export interface User {
  username: string;
  /** The address the registry saw, never one that the client claimed (P2.3). */
  host: string;
  port: number;
}

/** What a client may ask the registry. */
export type RegistryRequest =
  | { type: "register"; username: string; port: number }
  | { type: "list" }
  /** The username may be anything: the answer to a name that cannot exist is that it does not. */
  | { type: "lookup"; username: unknown }
  | { type: "leave" }
  | { type: "pong" };

/** What the registry says to a client. */
export type RegistryLine =
  | { type: "registered"; username: string }
  | { type: "users"; users: User[] }
  | ({ type: "user" } & User)
  | ({ type: "joined" } & User)
  | { type: "left"; username: string }
  | { type: "ping" }
  | { type: "error"; code: string; message: string };

/** @throws ProtocolError with the code that P2.7 names for what is wrong. */
export function parseRegistryRequest(line: string): RegistryRequest {
  const request = parseObject(line);
  switch (request.type) {
    case "register":
      if (!isUsername(request.username)) {
        throw new ProtocolError("bad-username", "a username is 1 to 32 of A-Z a-z 0-9 _ -, and not you");
      }
      if (!isPort(request.port)) throw new ProtocolError("bad-port", "a port is an integer from 1 to 65535");
      return { type: "register", username: request.username, port: request.port };
    case "lookup":
      return { type: "lookup", username: request.username };
    case "list":
    case "leave":
    case "pong":
      return { type: request.type };
    default:
      throw new ProtocolError("bad-request", "unknown type");
  }
}

/** @throws ProtocolError `bad-request` for a line that no registry sends. */
export function parseRegistryLine(line: string): RegistryLine {
  const object = parseObject(line);
  switch (object.type) {
    case "registered":
    case "left":
      if (!isUsername(object.username)) throw new ProtocolError("bad-request", "no username");
      return { type: object.type, username: object.username };
    case "users":
      if (!Array.isArray(object.users)) throw new ProtocolError("bad-request", "users is no list");
      return { type: "users", users: object.users.map(parseUser) };
    case "user":
    case "joined":
      return { type: object.type, ...parseUser(object) };
    case "ping":
      return { type: "ping" };
    case "error":
      return { type: "error", code: shortText(object.code), message: shortText(object.message) };
    default:
      throw new ProtocolError("bad-request", "unknown type");
  }
}

function parseUser(value: unknown): User {
  if (typeof value !== "object" || value === null)
    throw new ProtocolError("bad-request", "a user is no object");
  const { username, host, port } = value as Record<string, unknown>;
  if (!isUsername(username) || typeof host !== "string" || isIP(host) === 0 || !isPort(port))
    throw new ProtocolError("bad-request", "a user has a username, an address and a port");
  return { username, host, port };
}

/** Text that is only ever shown: whatever it was, at most 200 characters of it. */
export function shortText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 200) : "";
}
