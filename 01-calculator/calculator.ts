// The calculator as a server: each connection sends expressions, a line each, and gets a line back for each (P1).

import { createServer, type Socket } from "node:net";
import { isEnd, reply } from "./evaluate.ts";
import { type Line, LineReader } from "./lines.ts";
import { linger } from "./lingering.ts";
import { type RunningServer, startListening } from "./listening.ts";

/** The longest request, in bytes, the LF included (P0.3). */
const MAX_LINE_BYTES = 4096;

/** How many lines of one client are answered before it is the others' turn. */
const LINES_PER_TURN = 64;

export interface CalculatorSettings {
  host: string;
  port: number;
  /** How long a connection may go without a complete line, in milliseconds (P1.9). */
  idleTimeout: number;
}

/** @throws ListenError if it cannot listen there. */
export async function startCalculator(settings: CalculatorSettings): Promise<RunningServer> {
  // allowHalfOpen: a client that has said all it wants to say may still read its answers (P0.5).
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    serve(socket, settings.idleTimeout),
  );
  return startListening(server, settings.host, settings.port);
}

/** Serves one client until its connection ends. Whatever it does, the others do not notice (P0.7). */
function serve(socket: Socket, idleTimeout: number): void {
  const reader = new LineReader(MAX_LINE_BYTES);
  const idle = setTimeout(() => socket.destroy(), idleTimeout);
  let working = false;
  let clientHasEnded = false;

  /** Answers lines, but not too many at a time. */
  const work = (lines: Iterator<Line, void>): void => {
    if (socket.destroyed) return;
    let replies = "";
    for (let count = 0; count < LINES_PER_TURN; count += 1) {
      const { value: line, done } = lines.next();
      if (done) return send(replies, rest);
      if (line.kind === "text" && isEnd(line.text)) return finish(replies);
      replies += `${answer(line)}\n`;
      if (line.kind === "too-long") return finish(replies);
      idle.refresh();
    }
    // There may be thousands of lines in one chunk. The other clients come first, then the rest of these.
    socket.pause();
    send(replies, () => setImmediate(work, lines));
  };

  /**
   * Sends replies and goes on. With a client that does not read them it goes on when that does: so what it leaves
   * unread stays bounded, here by the replies of one turn.
   */
  const send = (replies: string, goOn: () => void): void => {
    if (replies === "" || socket.write(replies)) return goOn();
    socket.pause();
    socket.once("drain", goOn);
  };

  /** All lines so far are answered. */
  const rest = (): void => {
    working = false;
    if (clientHasEnded) socket.end();
    else socket.resume();
  };

  /** Sends the last replies and closes. Lines that still come are not answered. */
  const finish = (replies: string): void => {
    socket.off("data", onData);
    socket.pause();
    socket.end(replies, () => linger(socket)); // A client slow to read them has as long as an idle one.
  };

  const onData = (chunk: Buffer): void => {
    working = true;
    work(reader.push(chunk));
  };
  socket.on("data", onData);
  socket.on("end", () => {
    clientHasEnded = true; // Its half only: the lines it has sent are still answered (P0.5).
    if (!working) socket.end();
  });
  socket.on("error", () => {}); // A reset, say. "close" follows, and there is nobody left to tell.
  socket.on("close", () => clearTimeout(idle));
}

function answer(line: Line): string {
  switch (line.kind) {
    case "text":
      return reply(line.text);
    case "bad-encoding":
      return "error: bad-encoding";
    case "too-long":
      return "error: line too long";
  }
}
