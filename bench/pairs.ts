// Starts two programs that chat. A benchmark enters text into one, and reads it from the other.

import type { ChildProgram } from "../programs/child-program.ts";
import { startProgram, startServer } from "../programs/stage-programs.ts";

/** Two running programs, which can exchange lines. */
export interface Pair {
  sender: ChildProgram;
  receiver: ChildProgram;
  /** The line that the receiver prints for a text. */
  received(text: string): string;
  /** The line that the sender prints when it knows that a text has arrived. Texts are numbered from 1. */
  delivered(text: string, number: number): string;
  end(): Promise<void>;
}

/** Starts two clients of a stage, with their own registry. */
export async function startChat(folder: string): Promise<Pair> {
  const { server, port } = await startServer(`${folder}/server.ts`);
  const registry = ["--registry", `127.0.0.1:${port}`];
  const receiver = startProgram(`${folder}/client.ts`, ["--name", "bob", "--accept", ...registry]);
  await receiver.line(/^registered as bob/);
  const sender = startProgram(`${folder}/client.ts`, ["--name", "alice", ...registry]);
  await sender.line(/^registered as alice/);
  sender.enter("/chat bob");
  await Promise.all([sender.line("chat with bob started"), receiver.line("chat with alice started")]);
  return {
    sender,
    receiver,
    received: (text) => `alice> ${text}`,
    delivered: (_, number) => `delivered to bob: ${number}`,
    end: () => endAll(sender, receiver, server),
  };
}

/** Starts two programs that only pass on bytes (bare-peer.ts). */
export async function startBarePair(): Promise<Pair> {
  const { server: receiver, port } = await startServer("bench/bare-peer.ts");
  const sender = startProgram("bench/bare-peer.ts", [String(port)]);
  await sender.line("connected");
  return {
    sender,
    receiver,
    received: (text) => text,
    delivered: (text) => text,
    end: () => endAll(sender, receiver),
  };
}

async function endAll(...programs: readonly ChildProgram[]): Promise<void> {
  await Promise.all(programs.map((program) => program.kill()));
}
