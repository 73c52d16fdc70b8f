// Two programs that have a chat, whose ends a benchmark holds: what it enters at one comes out at the other.

import type { ChildProgram } from "../programs/child-program.ts";
import { startProgram, startServer } from "../programs/stage-programs.ts";

/** Both programs run, and lines pass. */
export interface Pair {
  sender: ChildProgram;
  receiver: ChildProgram;
  /** What the receiver prints for a text that was entered at the sender. */
  received(text: string): string;
  /** What the sender prints when it knows that the text has arrived; texts are numbered from 1. */
  delivered(text: string, number: number): string;
  end(): Promise<void>;
}

/** Two clients of a stage, with a registry of their own. */
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

/** Two programs that only pass bytes on. */
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
