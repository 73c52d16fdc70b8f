// Our recorder. Node.js loads it before a program, and it logs what the program's TCP connections send and receive:
//
//   CAPTURE_LOG=FOLDER node --import tsx --import ./captures/record/recorder.ts 02-basic-p2p/server.ts
//
// The program is unchanged, and does not notice. Each event is written before the program goes on, so nothing is lost
// however the program ends. synthesize.ts makes packets of these logs. (Bytes that a socket passes to the option
// `onread` are not recorded. No program of this course uses it.)

import { subscribe } from "node:diagnostics_channel";
import { existsSync, openSync, writeSync } from "node:fs";
import { Server, Socket } from "node:net";
import { join } from "node:path";
import type { RecordedEvent } from "./recorder-log.ts";

type Callback = (error?: Error | null) => void;

/** The bytes of one write. If writes had to wait, there are several. */
interface Chunk {
  chunk: Buffer | string;
  encoding: BufferEncoding;
}

/** The log of this process; undefined before the first event. */
let file: number | undefined;
let broken = false;

const folder = process.env.CAPTURE_LOG ?? "";
if (folder === "" || !existsSync(folder)) {
  console.error("error: the recorder does not know where to write; set CAPTURE_LOG to a folder that exists");
  process.exit(2);
}

/** Writes a line at once. If that fails, it warns and stops recording: the program must not be disturbed. */
function write(line: string): void {
  if (broken) return;
  try {
    if (file === undefined) {
      const name = `${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}.log`;
      file = openSync(join(folder, name), "ax", 0o600);
    }
    const bytes = Buffer.from(`${line}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } catch (error) {
    broken = true;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    console.error(`warning: the recorder cannot write to ${folder} (${reason}); the rest is not recorded`);
  }
}

/** The time in nanoseconds since 1970-01-01, UTC, rounded to microseconds. */
function now(): string {
  return `${Math.round((performance.timeOrigin + performance.now()) * 1000)}000`;
}

const recorded = new WeakSet<Socket>();
let connections = 0;

/** Replaces a method of one socket. The new method looks at the call, and then does what the old one did. */
function intercept<Name extends "emit" | "push" | "resetAndDestroy" | "_write" | "_writev" | "_final">(
  socket: Socket,
  name: Name,
  replacement: (original: NonNullable<Socket[Name]>) => Socket[Name],
): void {
  const original = socket[name];
  if (original === undefined) return;
  // The new method is not enumerable, so code that lists the socket's own properties sees no difference.
  Object.defineProperty(socket, name, {
    value: replacement(original.bind(socket) as NonNullable<Socket[Name]>),
    configurable: true,
    writable: true,
  });
}

/** Records a socket from now on. It may still be connecting. If it is no TCP socket, nothing is logged. */
function record(socket: Socket, role: "caller" | "called"): void {
  if (recorded.has(socket)) return;
  recorded.add(socket);
  connections += 1;
  const connection = connections;
  let state: "connecting" | "open" | "ignored" = "connecting";
  /** Events before the connection is established: the program may write as soon as it has the socket. */
  let held: string[] = [];
  let writes = 0;

  const log = (event: RecordedEvent<string>): void => {
    if (state === "ignored") return;
    const line = JSON.stringify({ connection, time: now(), ...event });
    if (state === "open") write(line);
    else held.push(line);
  };

  const open = (): void => {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    // A pipe has no addresses. Neither has a connection that is already closed.
    const known = localAddress && localPort && remoteAddress && remotePort;
    state = known ? "open" : "ignored";
    if (known) {
      const local = { address: localAddress, port: localPort };
      log({ event: "opened", role, local, remote: { address: remoteAddress, port: remotePort } });
      for (const line of held) write(line);
    }
    held = [];
  };

  const logSent = (data: Buffer, callback: Callback): Callback => {
    const number = writes;
    writes += 1;
    log({ event: "sent", write: number, data: data.toString("base64") });
    return (error) => {
      if (error) log({ event: "not-sent", write: number });
      callback(error);
    };
  };

  // We intercept emit() and add no listeners, because a listener for "error" would change what an error does.
  intercept(socket, "emit", (emit) => (event: string | symbol, ...values: unknown[]) => {
    if (event === "connect") open();
    if (event === "error" && isReset(values[0])) log({ event: "reset-received" });
    if (event === "close") log({ event: "closed" });
    return emit(event, ...values);
  });
  // Node.js pushes received bytes into the stream. null means the end.
  intercept(socket, "push", (push) => (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) log({ event: "end-received" });
    else if (chunk instanceof Uint8Array) {
      log({ event: "received", data: Buffer.from(chunk).toString("base64") });
    }
    return push(chunk, encoding);
  });
  intercept(socket, "_write", (next) => (chunk: Buffer | string, encoding, callback) => {
    next(chunk, encoding, logSent(bytesOf({ chunk, encoding }), callback));
  });
  intercept(socket, "_writev", (next) => (chunks: Chunk[], callback) => {
    next(chunks, logSent(Buffer.concat(chunks.map(bytesOf)), callback));
  });
  intercept(socket, "_final", (next) => (callback) => {
    next((error) => {
      if (!error) log({ event: "end-sent" });
      callback(error);
    });
  });
  intercept(socket, "resetAndDestroy", (reset) => () => {
    log({ event: "reset-sent" });
    return reset();
  });

  if (role === "called") open();
}

function bytesOf({ chunk, encoding }: Chunk): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
}

/** Whether the system reported a reset. (Errors EPIPE of Node.js itself have no `syscall`.) */
function isReset(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined && (code === "ECONNRESET" || code === "EPIPE");
}

/** The socket in a message of both channels of node:net. */
function socketOf(message: unknown): Socket | undefined {
  const { socket } = message as { socket?: unknown };
  return socket instanceof Socket ? socket : undefined;
}

// Node.js publishes this before the connection is established.
subscribe("net.client.socket", (message) => {
  const socket = socketOf(message);
  if (socket !== undefined) record(socket, "caller");
});

// Node.js publishes this after the listeners for "connection" have run, and they may already have sent something. So we
// also intercept the event itself. (A listener of ours would have to be the first, and survive removeAllListeners.)
subscribe("net.server.socket", (message) => {
  const socket = socketOf(message);
  if (socket !== undefined) record(socket, "called");
});

const emit = Server.prototype.emit;
Object.defineProperty(Server.prototype, "emit", {
  value: function (this: Server, event: string, ...values: unknown[]): boolean {
    const [socket] = values;
    if (event === "connection" && socket instanceof Socket) record(socket, "called");
    return Reflect.apply(emit, this, [event, ...values]);
  },
  configurable: true,
  writable: true,
});
