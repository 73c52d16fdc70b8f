// The client's three ways to talk to the calculator: one expression, a pipe, a terminal (P1.10).

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { isEnd, MAX_LINE_BYTES } from "./evaluate.ts";
import { LineReader, typedBytes } from "./lines.ts";
import { hostAndPort } from "./listening.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import { removePrompt, tendPrompt } from "./prompting.ts";

/** How long connecting, or the answer to a single expression, may take, in milliseconds. */
const PATIENCE = 10_000;

/** @throws UserError if there is no server. */
export async function connectTo(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error("no answer")));
  try {
    await once(socket, "connect");
  } catch (error) {
    const where = `${hostAndPort(host, port)} (${reason(error)})`;
    throw new UserError(`no calculator at ${where}; start one with: npm run 01:server`);
  }
  socket.setTimeout(0);
  return socket;
}

/** Sends one expression and prints the value alone. An error from the server ends the program with exit code 1. */
export async function askOnce(socket: Socket, expression: string): Promise<void> {
  setTimeout(() => socket.destroy(new Error("no answer")), PATIENCE).unref();
  socket.write(`${expression}\n`);
  const { value: reply } = await replies(socket).next();
  socket.destroy();
  if (reply === undefined) throw new UserError("the server closed the connection without an answer");
  const value = /^= (.*)$/.exec(reply)?.[1];
  if (value === undefined) throw new UserError(printable(reply.replace(/^error: /, "")));
  console.log(printable(value));
}

/** Sends what comes from a pipe and prints the replies as they came, nothing else. */
export async function askFromPipe(socket: Socket): Promise<void> {
  let unanswered = 0;
  let last = "";

  /** Passes the input on, and counts the requests in it, up to END. */
  async function* countRequests(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    const reader = new LineReader(MAX_LINE_BYTES);
    let ended = false;
    for await (const chunk of typedBytes(input)) {
      for (const line of reader.push(chunk)) {
        ended ||= line.kind === "text" && isEnd(line.text);
        if (!ended) unanswered += 1;
      }
      yield chunk;
    }
  }

  pipeline(process.stdin, countRequests, socket).catch(() => {}); // If this fails, the replies end as well.
  for await (const reply of replies(socket)) {
    unanswered -= 1;
    last = reply;
    const shown = process.stdout.isTTY ? printable(reply) : reply;
    // A reader that is slower than the server makes us wait, and so, in turn, the server.
    if (!process.stdout.write(`${shown}\n`)) await once(process.stdout, "drain");
  }
  process.stdin.destroy(); // The server may have closed the connection before the input ended.
  if (unanswered > 0 && last !== "error: line too long") {
    throw new UserError("the server closed the connection before it had answered everything");
  }
}

/** Prompts for lines until END, Ctrl-D or Ctrl-C, or until the server closes the connection. */
export async function askFromTerminal(socket: Socket): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });
  terminal.on("line", (line) => {
    socket.write(`${line}\n`);
    if (isEnd(line)) terminal.close();
    else terminal.prompt();
  });
  terminal.on("SIGINT", () => terminal.close());
  terminal.on("close", () => socket.end());
  tendPrompt(terminal);
  try {
    terminal.prompt();
    for await (const reply of replies(socket)) {
      removePrompt(terminal); // The reply takes its place, and the prompt comes back below it.
      console.log(printable(reply));
      if (!socket.writableEnded) terminal.prompt(true);
    }
    if (!socket.writableEnded) throw new UserError("the server closed the connection");
  } finally {
    process.stdout.write("\n");
    terminal.close();
  }
}

/** The replies of the server, line by line, until it ends the connection. */
async function* replies(socket: Socket): AsyncGenerator<string, void> {
  const reader = new LineReader(MAX_LINE_BYTES);
  try {
    for await (const chunk of socket) {
      for (const line of reader.push(chunk)) {
        if (line.kind === "too-long") throw new UserError("the server sent a reply that is too long");
        if (line.kind === "bad-encoding") throw new UserError("the server sent a reply that is not UTF-8");
        yield line.text;
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`the connection was lost (${reason(error)})`);
  }
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
