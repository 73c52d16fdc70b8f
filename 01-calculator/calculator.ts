// The calculator as a server: each connection sends expressions, a line each, and gets a line back for each (P1).

import { createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { isEnd, MAX_LINE_BYTES, reply } from "./evaluate.ts";
import { type Line, LineReader } from "./lines.ts";
import { linger } from "./lingering.ts";
import { type RunningServer, startListening } from "./listening.ts";

/** How many lines of one client are answered before it is the others' turn. */
const LINES_PER_TURN = 64;

/**
 * Starts the server. A connection may go without a complete line for `idleTimeout` milliseconds (P1.9).
 * @throws UserError if it cannot listen there
 */
export function startCalculator(host: string, port: number, idleTimeout: number): Promise<RunningServer> {
  // allowHalfOpen: a client that has said all it wants to say may still read its answers (P0.5).
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => serve(socket, idleTimeout));
  return startListening(server, host, port);
}

/** Serves one client until its connection ends. Whatever it does, the others do not notice (P0.7). */
function serve(socket: Socket, idleTimeout: number): void {
  const reader = new LineReader(MAX_LINE_BYTES);
  const idle = setTimeout(() => socket.destroy(), idleTimeout);
  let answered = Promise.resolve();
  socket.on("data", (chunk) => {
    answered = answerLines(socket, reader.push(chunk), idle);
  });
  // The client has ended its half. Once all its lines are answered, we end ours (P0.5).
  socket.on("end", () => void answered.then(() => socket.end()));
  socket.on("error", () => {}); // A reset, say. "close" follows, and there is nobody left to tell.
  socket.on("close", () => clearTimeout(idle));
}

/** Answers lines. Until it has, nothing more is read from this client. While it waits, the others are served. */
async function answerLines(socket: Socket, lines: Iterable<Line>, idle: NodeJS.Timeout): Promise<void> {
  socket.pause();
  let replies = "";
  let count = 0;
  for (const line of lines) {
    if (line.kind === "text" && isEnd(line.text)) return finish(socket, replies);
    replies += `${answer(line)}\n`;
    if (line.kind === "too-long") return finish(socket, replies);
    idle.refresh();
    count += 1;
    if (count % LINES_PER_TURN > 0) continue;
    // There may be thousands of lines in one chunk. The other clients come first, then the rest of these.
    await send(socket, replies);
    await setImmediate();
    replies = "";
  }
  await send(socket, replies);
  socket.resume();
}

/** Sends replies. If the client does not read them, waits until it does: so what it leaves unread stays bounded. */
async function send(socket: Socket, replies: string): Promise<void> {
  if (replies === "" || socket.write(replies)) return;
  await new Promise((resolve) => socket.once("drain", resolve));
}

/** Sends the last replies and closes. Lines that still come are not answered. */
function finish(socket: Socket, replies: string): void {
  socket.removeAllListeners("data");
  socket.end(replies, () => linger(socket)); // A client slow to read them has as long as an idle one.
}

function answer(line: Line): string {
  if (line.kind === "text") return reply(line.text);
  return line.kind === "too-long" ? "error: line too long" : "error: bad-encoding";
}
