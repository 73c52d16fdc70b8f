// Finds in the capture of stage 05 who ends without a goodbye, and the number of their last beacon.

import type { Found, Question } from "../exercises/question.ts";
import { normaliseAnswer } from "../exercises/question.ts";
import { outputOf } from "./support/output.ts";

const SHOW = [
  "captures/show.ts",
  "captures/05-lan-chat.pcap",
  "--udp",
  "all",
  "--team",
  "rocket",
  "--passphrase-file",
  "captures/05-lan-chat.passphrase",
];

/** A row of `show`: its time in its conversation, packet, sender and bytes; then what it says. */
const ROW = /^ +[0-9.]+ +([0-9]+) .* (beacon|goodbye) ([0-9]+) of ([A-Za-z0-9_-]+),/gm;

interface Said {
  packet: number;
  type: string;
  seq: number;
}

/** What each peer has said, in the order of the packets. */
async function readBeacons(): Promise<Map<string, Said[]>> {
  const peers = new Map<string, Said[]>();
  for (const [, packet, type = "", seq, name = ""] of (await outputOf(SHOW)).matchAll(ROW))
    peers.set(name, [...(peers.get(name) ?? []), { packet: Number(packet), type, seq: Number(seq) }]);
  for (const said of peers.values()) said.sort((one, other) => one.packet - other.packet);
  return peers;
}

async function find(): Promise<Found> {
  const silent = [...(await readBeacons())].filter(([, said]) => said.at(-1)?.type === "beacon");
  const [[name, said] = ["", []], ...others] = silent;
  const last = said.at(-1);
  if (last === undefined || others.length > 0)
    throw new Error("the capture does not show one peer that ends without a goodbye");
  return {
    answers: [`${name} ${last.seq}`],
    observed: `the last datagram of ${name} is beacon ${last.seq}, in packet ${last.packet}; the last ones of the others are goodbyes`,
  };
}

export const question: Question = {
  find,
  explain(answer, { answers }) {
    const [name, seq, ...more] = answer.split(" ");
    const [rightName, rightSeq] = (answers[0] ?? "").split(" ");
    if (name === undefined || seq === undefined || more.length > 0 || !/^[0-9]+$/.test(seq))
      return "A name and a number are asked for, such as dave 12.";
    if (name !== rightName)
      return "The last datagram of this one is a goodbye. Look for the one whose last datagram is a beacon, in all of the conversations.";
    return Number(seq) < Number(rightSeq)
      ? "The name is right. But there is a later beacon: look at all conversations of this peer, also the broadcasts."
      : "The name is right. But no beacon has this number: what counts is seq, which stands behind the word beacon, and not the packet's number.";
  },
  normalise: (answer) => normaliseAnswer(answer.replaceAll(",", " ")),
};
