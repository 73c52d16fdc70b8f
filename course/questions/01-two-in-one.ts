// The question of lessons/01-calculator/4-two-in-one.md: the packet with five requests.

import type { Segment } from "../../captures/read/packet.ts";
import type { Question } from "../exercises/question.ts";
import { NO_PACKET_NUMBER, withoutPacket } from "./support/packet-number.ts";
import { segmentsOf, textOf } from "./support/segments.ts";

const FILE = "01-calculator.pcap";
const SERVER_PORT = 10001;
const REQUESTS = 5;

const linesIn = ({ payload }: Segment): number => payload.toString().split("\n").length - 1;

export const question: Question = {
  async find() {
    const segments = await segmentsOf(FILE);
    const found = segments.filter(
      (segment) => segment.destination.port === SERVER_PORT && linesIn(segment) === REQUESTS,
    );
    const [first] = found;
    if (first === undefined) throw new Error(`captures/${FILE} has no packet with ${REQUESTS} requests`);
    return {
      answers: found.map(({ packet }) => String(packet)),
      observed: `packet ${first.packet} carries ${first.payload.length} bytes: ${textOf(first)}`,
    };
  },
  normalise: withoutPacket,
  explain(answer, found) {
    const right = Number(found.answers[0]);
    if (!/^\d+$/.test(answer)) return NO_PACKET_NUMBER;
    if (Number(answer) <= 2)
      return "That is the number of a stream, counted from 0. The question asks for a packet in it: add --find to show, or look at the first column in Wireshark.";
    if (Number(answer) === right - 1)
      return "Do you count from 0? The first packet of a file has the number 1, in Wireshark and in show.";
    if (Number(answer) === right + 1)
      return "Close. What is in this packet: data, or only the acknowledgement of some?";
    if (Number(answer) === right + 2 || Number(answer) === right + 3)
      return "This is on the way back, or acknowledges it. The requests go to port 10001.";
    return "Look for a packet to port 10001 whose data hold five line feeds (0a). Most of the packets carry one request, or none.";
  },
};
