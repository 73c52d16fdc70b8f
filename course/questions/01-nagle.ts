// The question of lessons/01-calculator/9-nagle.md: why the second half of a request had to wait.

import type { Segment } from "../../captures/read/packet.ts";
import type { Question } from "../exercises/question.ts";
import { NO_PACKET_NUMBER, withoutPacket } from "./support/packet-number.ts";
import { segmentsOf, textOf } from "./support/segments.ts";

const FILE = "01-nagle.pcap";
const SERVER_PORT = 10001;
const [FIRST_HALF, SECOND_HALF] = ["2 * ", "3\n"];

interface Wait {
  first: Segment;
  acknowledgement: Segment;
  second: Segment;
}

/** Finds the two halves of the first connection's second request, and the acknowledgement between them. */
async function findWait(): Promise<Wait> {
  const segments = await segmentsOf(FILE);
  const start = segments.findIndex(({ payload }) => payload.toString() === FIRST_HALF);
  const first = segments[start];
  const rest = segments.slice(start + 1);
  const second = rest.find(({ payload }) => payload.toString() === SECOND_HALF);
  const acknowledgement = rest.find(
    ({ source, acknowledgement, payloadLength }) =>
      source.port === SERVER_PORT &&
      payloadLength === 0 &&
      acknowledgement === (first?.sequence ?? 0) + (first?.payloadLength ?? 0),
  );
  if (first === undefined || second === undefined || acknowledgement === undefined)
    throw new Error(`captures/${FILE} has no request in two halves with an acknowledgement between`);
  return { first, acknowledgement, second };
}

const milliseconds = (from: Segment, to: Segment): string => (Number(to.time - from.time) / 1e6).toFixed(1);

export const question: Question = {
  async find() {
    const { first, acknowledgement, second } = await findWait();
    return {
      answers: [String(acknowledgement.packet)],
      observed: [
        `packet ${first.packet}: the client sends ${textOf(first)}`,
        `packet ${acknowledgement.packet}, ${milliseconds(first, acknowledgement)} ms later: the server acknowledges it`,
        `packet ${second.packet}, ${milliseconds(acknowledgement, second)} ms later: the client sends ${textOf(second)}`,
      ].join("\n"),
    };
  },
  normalise: withoutPacket,
  explain(answer, found) {
    const right = Number(found.answers[0]);
    if (!/^\d+$/.test(answer)) return NO_PACKET_NUMBER;
    if (Number(answer) === right - 1)
      return "That is the first half itself. It was on its way at once. What came back for it?";
    if (Number(answer) === right + 1)
      return "That is the second half. What came just before it, from the other side?";
    if (Number(answer) < right - 1)
      return "That came before the first half was sent, so nothing waited for it any more.";
    return "Nagle's algorithm holds back a small segment until what was sent before is acknowledged. Which packet does that?";
  },
};
