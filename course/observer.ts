// Shows what an observer learns of an encrypted chat without the keys: who sends, when, and how many bytes.
//
// node --import tsx course/observer.ts captures/04-aes-chat.pcap

import { pathToFileURL } from "node:url";
import { ciphertextOf, jsonOf, namesOf, type Protocol, recognise } from "../captures/explain/protocols.ts";
import { linesOf, type StreamLine } from "../captures/explain/stream-lines.ts";
import { loadCapture } from "../captures/follow/load.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";

/** What an observer sees of a sealed line. */
export interface ObservedLine {
  /** Seconds since the first packet of the connection. */
  seconds: number;
  from: string;
  seq: number;
  /** The length of the ciphertext, in bytes. */
  length: number;
}

/** A chat of stage 04 in a capture: all its lines, and what an observer sees of the sealed ones. */
export interface ObservedChat {
  lines: readonly StreamLine[];
  sealed: readonly ObservedLine[];
  protocol: Protocol;
}

/**
 * Finds the first chat with sealed lines in a capture.
 * @throws Error if there is none, or the file cannot be read
 */
export async function observeChat(path: string): Promise<ObservedChat> {
  const { streams } = await loadCapture(path, false);
  for (const stream of streams) {
    const lines = linesOf(stream);
    const protocol = recognise(lines);
    const names = namesOf(protocol);
    const sealed = lines.flatMap((line): ObservedLine[] => {
      if (line.kind !== "line") return [];
      const object = jsonOf(line.bytes);
      const ciphertext = ciphertextOf(line.bytes);
      if (object?.type !== "sealed" || ciphertext === undefined) return [];
      const seconds = Number(line.time - stream.firstTime) / 1e9;
      return [{ seconds, from: names[line.from], seq: Number(object.seq), length: ciphertext.length }];
    });
    if (sealed.length > 0) return { lines, sealed, protocol };
  }
  throw new Error(`${path}: there is no chat of stage 04 in it`);
}

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error("usage: node --import tsx course/observer.ts FILE");
  const { sealed } = await observeChat(path);
  console.log("seconds  from    seq  bytes of ciphertext");
  for (const { seconds, from, seq, length } of sealed) {
    const row = [
      seconds.toFixed(3).padStart(7),
      from.padEnd(6),
      String(seq).padStart(4),
      String(length).padStart(6),
    ];
    console.log(row.join("  "));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  endWhenOutputCloses();
  try {
    await main(process.argv[2]);
  } catch (error) {
    console.error(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
    process.exitCode = 1;
  }
}
