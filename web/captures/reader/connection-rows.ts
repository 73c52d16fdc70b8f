// Rows of connections in TCP, of conversations in UDP, and of the datagrams in one.

import { endpoint } from "../../../captures/explain/endpoint.ts";
import { datagramWords } from "../../../captures/explain/listed-packets.ts";
import { conversationWords } from "../../../captures/explain/stream-words.ts";
import type { UdpConversation } from "../../../captures/follow/conversations.ts";
import type { Datagram, Stream } from "../../../captures/read/packet.ts";
import {
  type ConnectionRow,
  type ConversationRow,
  type DatagramRow,
  MOST_LINES,
  type RowsWindow,
} from "../../shared/captures.ts";
import { CallError } from "../../shared/fields.ts";
import { shortNames } from "./line-rows.ts";
import type { OpenedCapture } from "./opened-capture.ts";
import { short } from "./text.ts";

interface Asked {
  from: number;
  count: number;
}

export function connectionWindow(capture: OpenedCapture, { from, count }: Asked): RowsWindow<ConnectionRow> {
  const { streams } = capture.loaded;
  const rows = streams.slice(from, from + count).map((stream) => connectionRow(capture, stream));
  return { total: streams.length, from, rows };
}

function connectionRow(capture: OpenedCapture, stream: Stream): ConnectionRow {
  const { index, a, b, firstTime, lastTime, firstPacket, lastPacket } = stream;
  const { names, what, fromA, fromB } = capture.views.describe(stream);
  return {
    stream: index,
    a: endpoint(a),
    b: endpoint(b),
    names: shortNames(names),
    what: short(what),
    fromA,
    fromB,
    start: capture.seconds(firstTime),
    seconds: Number(lastTime - firstTime) / 1e9,
    firstPacket,
    lastPacket,
  };
}

export function conversationWindow(
  capture: OpenedCapture,
  { from, count }: Asked,
): RowsWindow<ConversationRow> {
  const { conversations } = capture.loaded;
  const rows = conversations.slice(from, from + count).map((one) => conversationRow(capture, one));
  return { total: conversations.length, from, rows };
}

function conversationRow(capture: OpenedCapture, conversation: UdpConversation): ConversationRow {
  const { index, a, b, cast, firstTime, lastTime, countFromA, countFromB } = conversation;
  return {
    conversation: index,
    a: endpoint(a),
    b: endpoint(b),
    cast,
    what: short(conversationWords(conversation, capture.keys.teamKey)),
    fromA: countFromA,
    fromB: countFromB,
    start: capture.seconds(firstTime),
    seconds: Number(lastTime - firstTime) / 1e9,
  };
}

/** The datagrams of the conversation that was looked at last: they stand one behind the other, so each window would count anew. */
export class Datagrams {
  readonly #capture: OpenedCapture;
  #of: UdpConversation | undefined;
  #list: readonly Datagram[] = [];

  constructor(capture: OpenedCapture) {
    this.#capture = capture;
  }

  /** @throws CallError */
  window({ conversation: number, from, count }: Asked & { conversation: number }): RowsWindow<DatagramRow> {
    const conversation = this.#capture.loaded.conversations[number];
    if (conversation === undefined) throw new CallError(`there is no conversation ${number} in this capture`);
    if (conversation !== this.#of) {
      this.#of = conversation;
      this.#list = firstDatagrams(conversation);
    }
    const rows = this.#list.slice(from, from + count).map((one, i) => this.#row(conversation, one, from + i));
    return { total: this.#list.length, from, rows };
  }

  #row({ a }: UdpConversation, datagram: Datagram, number: number): DatagramRow {
    const { source, time, packet, payloadLength } = datagram;
    const { what, isSealed } = datagramWords(datagram, this.#capture.keys.teamKey);
    return {
      datagram: number,
      time: this.#capture.seconds(time),
      packet,
      from: source.port === a.port && source.address === a.address ? "a" : "b",
      bytes: payloadLength,
      what: short(what),
      sealed: isSealed,
    };
  }
}

/** As many as can be looked at. */
function firstDatagrams(conversation: UdpConversation): Datagram[] {
  const list: Datagram[] = [];
  for (const datagram of conversation.datagrams()) {
    if (list.length === MOST_LINES) break;
    list.push(datagram);
  }
  return list;
}
