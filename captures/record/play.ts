// Plays the recorded conversations with the real programs of the stages.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { type ChildProgram, DEADLINE } from "../../programs/child-program.ts";
import type { StagePrograms } from "../../programs/stage-programs.ts";
import {
  CHAT,
  CUT_REQUEST,
  type Exchange,
  IN_TWO_WRITES,
  ONE_AFTER_THE_OTHER,
  PIPELINED,
  SINGLE_EXPRESSION,
  type Turn,
  TWO_REQUESTS,
} from "./conversations.ts";

/** The ports of a conversation. All are chosen before anything is sent. */
export interface Ports {
  /** The port of the calculator or the registry. */
  server: number;
  alice: number;
  bob: number;
  /** The port where Mallory accepts calls, if Mallory takes part. */
  mallory: number;
}

export interface Scenery {
  programs: StagePrograms;
  ports: Ports;
  /** The pause between two messages or requests, in milliseconds. In the capture they must not look like one. */
  pause: number;
  /** The file where stage 04 writes its keys. */
  keyLog: string;
}

/** The chat programs of Alice and Bob. */
export type People = Readonly<Record<Turn["speaker"], ChildProgram>>;

/** Plays a conversation. Returns the number of connections when all programs have ended. */
export type Play = (scenery: Scenery) => Promise<number>;

/** The conversation went wrong. The message is one line. */
export class PlayError extends Error {}

const SERVER_READY = /^listening on .*:[0-9]+$/;

/** A chat of Alice and Bob: they register, find each other, talk, say goodbye, and leave. */
export function chat(folder: string, options: readonly string[] = []): Play {
  return async ({ programs, ports, pause: between, keyLog }) => {
    const registry = programs.start(`${folder}/server.ts`, ["--port", String(ports.server)]);
    await registry.line(SERVER_READY);
    const client = async (name: "alice" | "bob", environment: Record<string, string>) => {
      const address = ["--registry", `127.0.0.1:${ports.server}`, "--listen", String(ports[name])];
      const program = programs.start(`${folder}/client.ts`, ["--name", name, ...address, ...options], {
        environment,
      });
      await program.line(/^registered as /);
      return program;
    };
    const bob = await client("bob", {});
    const alice = await client("alice", folder === "04-aes-chat" ? { CHATKEYLOGFILE: keyLog } : {});
    await bob.line(/^joined: alice$/);

    alice.write("/users\n");
    await alice.line(/^users: bob$/);
    await pause(between);
    await startChat({ alice, bob }, between);
    await talk({ alice, bob }, between);
    await leave({ alice, bob }, between);
    await stop(registry);
    return 3;
  };
}

/** Alice calls Bob, who accepts. @param between how long Bob waits before accepting, in milliseconds */
export async function startChat({ alice, bob }: People, between: number): Promise<void> {
  alice.write("/chat bob\n");
  await bob.line(/^alice wants to chat/);
  await pause(between);
  bob.write("/accept alice\n");
  await Promise.all([alice.line(/^chat with bob started$/), bob.line(/^chat with alice started$/)]);
}

/** Alice ends the chat and leaves, then Bob leaves. @param between the pause before each step, in milliseconds */
export async function leave({ alice, bob }: People, between: number): Promise<void> {
  alice.write("/end\n");
  await Promise.all([alice.line(/^chat with bob ended$/), bob.line(/^chat with alice ended$/)]);
  await pause(between);
  alice.write("/quit\n");
  await bob.line(/^left: alice$/);
  await succeeded(alice);
  bob.write("/quit\n");
  await succeeded(bob);
}

/** Says everything. After each turn, waits until it has been shown and acknowledged. */
async function talk(people: People, between: number): Promise<void> {
  const said = { alice: 0, bob: 0 };
  for (const { speaker, messages } of CHAT) {
    await pause(between);
    const listener = speaker === "alice" ? "bob" : "alice";
    people[speaker].write(messages.map((text) => `${text}\n`).join(""));
    for (const text of messages) {
      said[speaker] += 1;
      const shown = await people[listener].line(new RegExp(`^${speaker}> `));
      if (shown !== `${speaker}> ${text}`)
        throw new PlayError(`${listener} was shown another text: ${shown}`);
      await people[speaker].line(new RegExp(`^delivered to ${listener}: ${said[speaker]}$`));
    }
  }
}

/** The calculator and three clients, two of them at the same time. */
export const calculator: Play = async ({ programs, ports, pause: between }) => {
  const server = await startCalculator(programs, ports);
  const client = (argv: readonly string[]): ChildProgram =>
    programs.start("01-calculator/client.ts", ["--port", String(ports.server), ...argv]);

  const single = client(SINGLE_EXPRESSION.requests);
  await single.line(/^20$/);
  await succeeded(single);

  const patient = client([]);
  await exchange(patient, ONE_AFTER_THE_OTHER.slice(0, 2), between);
  const hasty = client([]);
  await exchange(hasty, [PIPELINED], between);
  await exchange(patient, ONE_AFTER_THE_OTHER.slice(2), between);
  // One client says END. The other one only ends its half of the connection.
  patient.write("END\n");
  hasty.endInput();
  await Promise.all([succeeded(patient), succeeded(hasty)]);
  await stop(server);
  return 3;
};

async function exchange(
  client: ChildProgram,
  exchanges: readonly Exchange[],
  between: number,
): Promise<void> {
  for (const { requests, replies } of exchanges) {
    client.write(requests.map((request) => `${request}\n`).join(""));
    for (const reply of replies) {
      const line = await client.line(/^/);
      if (line !== reply) throw new PlayError(`the calculator answered ${line} instead of ${reply}`);
    }
    await pause(between);
  }
}

/** The client sends one request in two parts. */
export const oneRequestInTwoSegments: Play = (scenery) =>
  askByHand(scenery, [CUT_REQUEST.first, CUT_REQUEST.rest], CUT_REQUEST.replies);

/** The client sends two requests together. */
export const twoRequestsInOneSegment: Play = (scenery) =>
  askByHand(scenery, [TWO_REQUESTS.bytes], TWO_REQUESTS.replies);

/**
 * Sends the same requests over two connections, each request with two writes. The first connection uses Nagle's
 * algorithm, the second does not.
 */
export const requestsInTwoWrites: Play = async ({ programs, ports, pause: between }) => {
  const server = await startCalculator(programs, ports);
  for (const noDelay of [false, true]) {
    await askInTwoWrites(ports.server, noDelay);
    await pause(between);
  }
  await stop(server);
  return 2;
};

/** Sends one request after the other, each when the reply to the one before has arrived. */
async function askInTwoWrites(port: number, noDelay: boolean): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port, noDelay });
  socket.setTimeout(DEADLINE, () => socket.destroy(new PlayError("the calculator does not answer")));
  const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  for (const { writes, reply } of IN_TWO_WRITES) {
    for (const part of writes) socket.write(part);
    const { value } = await replies.next();
    if (value !== reply) throw new PlayError(`the calculator answered ${value} instead of ${reply}`);
  }
  socket.end();
  await once(socket, "close");
}

/** Talks to the calculator through our own socket, and sends each part separately. */
async function askByHand(
  { programs, ports, pause: between }: Scenery,
  parts: readonly string[],
  replies: readonly string[],
): Promise<number> {
  const server = await startCalculator(programs, ports);
  const socket = connect({ host: "127.0.0.1", port: ports.server, noDelay: true, allowHalfOpen: true });
  for (const part of parts) {
    await written(socket, part);
    await pause(Math.max(between, 20));
  }
  socket.end();
  const received = await everythingFrom(socket);
  const expected = replies.map((reply) => `${reply}\n`).join("");
  if (received !== expected) throw new PlayError(`the calculator answered ${JSON.stringify(received)}`);
  await stop(server);
  return 1;
}

async function startCalculator(programs: StagePrograms, ports: Ports): Promise<ChildProgram> {
  const server = programs.start("01-calculator/server.ts", ["--port", String(ports.server)]);
  await server.line(SERVER_READY);
  return server;
}

function written(socket: Socket, part: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(part, (error) => (error ? reject(new PlayError(error.message)) : resolve()));
  });
}

function everythingFrom(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.setTimeout(DEADLINE, () => socket.destroy(new PlayError("the calculator does not answer")));
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += String(chunk);
    });
    socket.on("end", () => resolve(text));
    socket.on("error", (error) => reject(new PlayError(error.message)));
  });
}

/** Waits for a client that ends by itself, and checks that it succeeded. */
async function succeeded(program: ChildProgram): Promise<void> {
  const { code } = await program.exit();
  if (code !== 0) throw new PlayError(`a program ended with exit code ${code}`);
}

/** Stops a server as Ctrl-C does. On Windows this kills it, which does no harm: nobody is connected any more. */
export async function stop(server: ChildProgram): Promise<void> {
  server.signal("SIGINT");
  await server.exit();
}
