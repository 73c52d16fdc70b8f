// Connections that have a name at a registry, and what it tells them of others (P2).

import type { Connection, Members } from "./connection.ts";
import type { ServerUnderTest } from "./pool.ts";
import type { Scene } from "./scene.ts";

/** Somebody as a registry tells of him. */
export function user(username: string, port = 50_001): Members {
  return { username, host: "127.0.0.1", port };
}

/** The line that tells of a new user. */
export function joined(username: string, port?: number): Members {
  return { type: "joined", ...user(username, port) };
}

/** The line that tells that a user is gone. */
export function left(username: string): Members {
  return { type: "left", username };
}

/** A connection that is registered, with news of others still to be read. */
export async function registered(
  scene: Scene,
  server: ServerUnderTest,
  username: string,
  port?: number,
): Promise<Connection> {
  const connection = await scene.connect(server, username);
  await connection.registers(username, port);
  return connection;
}

/** One that is only there to be there: what it is told does not matter. */
export async function bystander(
  scene: Scene,
  server: ServerUnderTest,
  username: string,
  port?: number,
): Promise<Connection> {
  const connection = await registered(scene, server, username, port);
  connection.ignoresTheRest();
  return connection;
}

/** Asks for something that has an answer of its own, which must be the very next line: nothing else has come before. */
export async function receivesNothingElse(connection: Connection): Promise<void> {
  await connection.sendsJson({ type: "lookup", username: "nobody" });
  await connection.receivesError("unknown-user");
}
