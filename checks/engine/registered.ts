// Steps with connections that are registered at a registry, and the lines that tell them about other users (P2).

import type { Connection, Members } from "./connection.ts";
import type { ServerUnderTest } from "./pool.ts";
import type { Scene } from "./scene.ts";

/** A user as the registry describes them. */
export function user(username: string, port = 50_001): Members {
  return { username, host: "127.0.0.1", port };
}

/** The line that announces a new user. */
export function joined(username: string, port?: number): Members {
  return { type: "joined", ...user(username, port) };
}

/** The line that says that a user has left. */
export function left(username: string): Members {
  return { type: "left", username };
}

/** A registered connection. News about other users is still unread. */
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

/** A registered connection whose news does not matter to the check. */
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

/** Sends a request, and expects its answer as the very next line: nothing else was sent before it. */
export async function receivesNothingElse(connection: Connection): Promise<void> {
  await connection.sendsJson({ type: "lookup", username: "nobody" });
  await connection.receivesError("unknown-user");
}
