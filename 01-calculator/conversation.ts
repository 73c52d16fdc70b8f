// The client's three ways to talk to the calculator: one expression, a pipe, a terminal (P1.10).

import { connect, type Socket } from "node:net";
import { clearLine, createInterface, cursorTo } from "node:readline";
import { finished } from "node:stream/promises";
import { isEnd } from "./evaluate.ts";
import { type Line, LineReader } from "./lines.ts";
import { hostAndPort } from "./listening.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import { suspendOnCtrlZ } from "./suspending.ts";

/** The longest reply we accept, in bytes, the LF included. */
const MAX_LINE_BYTES = 4096;

/** How long connecting, or the answer to a single expression, may take, in milliseconds. */
const PATIENCE = 10_000;

/** @throws UserError if there is no server. */
export async function connectTo(host: string, port: number): Promise<Socket> {
  const where = hostAndPort(host, port);
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  const giveUp = setTimeout(() => socket.destroy(new Error("no answer")), PATIENCE);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } catch (error) {
    throw new UserError(`no calculator at ${where} (${reason(error)}); start one with: npm run 01:server`);
  } finally {
    clearTimeout(giveUp);
  }
  return socket;
}

/** Sends one expression and prints the value alone. An error from the server ends the program with exit code 1. */
export async function askOnce(socket: Socket, expression: string): Promise<void> {
  const giveUp = setTimeout(() => socket.destroy(new Error("no answer")), PATIENCE);
  socket.write(`${expression}\n`);
  try {
    for await (const reply of replies(socket)) {
      const value = /^= (.*)$/.exec(reply);
      if (value === null) throw new UserError(printable(reply.replace(/^error: /, "")));
      console.log(printable(value[1] ?? ""));
      return;
    }
    throw new UserError("the server closed the connection without an answer");
  } finally {
    clearTimeout(giveUp);
    socket.destroy();
  }
}

/** Sends what comes from a pipe and prints the replies as they came, nothing else. */
export async function askFromPipe(socket: Socket): Promise<void> {
  const input = { requests: 0, ended: false };
  void sendPipe(socket, input);
  let answered = 0;
  let last = "";
  for await (const reply of replies(socket)) {
    answered += 1;
    last = reply;
    const shown = process.stdout.isTTY ? printable(reply) : reply;
    // A reader that is slower than the server makes us wait, and so, in turn, the server.
    if (!process.stdout.write(`${shown}\n`)) {
      await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
  }
  process.stdin.destroy(); // The server may have closed the connection before the input ended.
  if (answered < input.requests && last !== "error: line too long") {
    throw new UserError("the server closed the connection before it had answered everything");
  }
}

/** Sends all of standard input, and counts the requests in it, up to END. */
async function sendPipe(socket: Socket, input: { requests: number; ended: boolean }): Promise<void> {
  const reader = new LineReader(MAX_LINE_BYTES);
  const count = (chunk: Buffer): void => {
    for (const line of reader.push(chunk)) {
      if (line.kind === "text" && isEnd(line.text)) input.ended = true;
      if (!input.ended) input.requests += 1;
    }
  };
  let endsWithLineFeed = true;
  process.stdin.on("data", (chunk: Buffer) => {
    endsWithLineFeed = chunk[chunk.length - 1] === 0x0a;
    count(chunk);
  });
  process.stdin.pipe(socket, { end: false });
  try {
    await finished(process.stdin, { writable: false });
  } catch {
    return; // We stopped reading ourselves.
  }
  if (endsWithLineFeed) return void socket.end();
  // Bytes after the last LF are no message (P0.5), but whoever typed `printf 1+1 | ...` meant one.
  count(Buffer.from("\n"));
  socket.end("\n");
}

/** Prompts for lines until END, Ctrl-D or Ctrl-C, or until the server closes the connection. */
export async function askFromTerminal(socket: Socket): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });
  let finished = false;
  terminal.on("line", (line) => {
    if (isEnd(line)) finished = true;
    socket.write(`${line}\n`);
  });
  terminal.on("SIGINT", () => terminal.close());
  suspendOnCtrlZ(terminal);
  terminal.on("close", () => {
    finished = true;
    socket.end();
  });
  try {
    terminal.prompt();
    for await (const reply of replies(socket)) {
      removePrompt(); // There is one, if this line comes unasked: a registry's ping, say.
      console.log(printable(reply));
      terminal.prompt(true);
    }
    if (!finished) throw new UserError("the server closed the connection");
  } finally {
    process.stdout.write("\n");
    terminal.close();
    socket.destroy();
  }
}

/** What comes next takes the place of the prompt, if the cursor stands behind one. */
function removePrompt(): void {
  if (!process.stdout.isTTY) return;
  cursorTo(process.stdout, 0);
  clearLine(process.stdout, 0);
}

/** The replies of the server, line by line, until it ends the connection. */
async function* replies(socket: Socket): AsyncGenerator<string, void> {
  const reader = new LineReader(MAX_LINE_BYTES);
  try {
    for await (const chunk of socket) {
      for (const line of reader.push(chunk)) yield textOf(line);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`the connection was lost (${reason(error)})`);
  }
}

function textOf(line: Line): string {
  if (line.kind === "text") return line.text;
  throw new UserError(
    `the server sent a reply that is ${line.kind === "too-long" ? "too long" : "not UTF-8"}`,
  );
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
