// Makes captures of stage 03 chats that never took place, with keys and texts that the caller chooses at random. Pure:
// equal chats give equal bytes.

import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import { SyntheticConnection } from "../../captures/record/tcp-packets.ts";
import { encode, type Group, power, xor, xorKey } from "./cryptography.ts";

const ETHERNET = 1;
/** 2026-01-01, in nanoseconds since 1970-01-01. */
const START = 1_767_225_600_000_000_000n;
const MILLISECOND = 1_000_000n;

export interface MadeChat {
  group: Group;
  /** The private key of Alice, who calls. */
  alice: bigint;
  /** Bob's private key. */
  bob: bigint;
  /** What they say in turn. Alice begins. */
  texts: readonly string[];
}

/** A .pcap file with these chats, one after the other. */
export function captureOf(chats: readonly MadeChat[]): Buffer {
  const packets = chats.flatMap((chat, index) => packetsOf(chat, index));
  return Buffer.concat([pcapHeader(ETHERNET), ...packets.map(({ time, data }) => pcapRecord(time, data))]);
}

type Speaker = "alice" | "bob";

function packetsOf(chat: MadeChat, index: number): SyntheticConnection["packets"] {
  let time = START + BigInt(index) * 1000n * MILLISECOND;
  const connection = new SyntheticConnection(
    { address: "127.0.0.1", port: 40_000 + index },
    { address: "127.0.0.1", port: 50_002 },
    time,
  );
  for (const [speaker, line] of linesOf(chat)) {
    time += MILLISECOND;
    connection.send(
      speaker === "alice" ? "caller" : "called",
      Buffer.from(`${JSON.stringify(line)}\n`),
      time,
    );
  }
  connection.end("caller", time + MILLISECOND);
  connection.end("called", time + MILLISECOND);
  return connection.packets;
}

function linesOf({ group, alice, bob, texts }: MadeChat): [Speaker, object][] {
  const publicKey = (privateKey: bigint): bigint => power(group.generator, privateKey, group.prime);
  const keyLine = (privateKey: bigint): object => ({
    type: "key",
    group: group.name,
    publicKey: encode(publicKey(privateKey), group).toString("hex"),
  });
  const key = xorKey(encode(power(publicKey(bob), alice, group.prime), group));
  const xored = (line: object): object => ({
    type: "xored",
    ciphertext: xor(Buffer.from(JSON.stringify(line)), key).toString("hex"),
  });
  const said = texts.flatMap((text, index): [Speaker, object][] => {
    const id = Math.floor(index / 2) + 1;
    const [speaker, listener]: [Speaker, Speaker] = index % 2 === 0 ? ["alice", "bob"] : ["bob", "alice"];
    return [
      [speaker, xored({ type: "message", id, text })],
      [listener, xored({ type: "ack", id })],
    ];
  });
  return [
    ["alice", { type: "hello", stage: "03", from: "alice", to: "bob" }],
    ["bob", { type: "hello", stage: "03", from: "bob", to: "alice" }],
    ["alice", keyLine(alice)],
    ["bob", keyLine(bob)],
    ...said,
    ["alice", xored({ type: "bye" })],
    ["bob", xored({ type: "bye" })],
  ];
}
