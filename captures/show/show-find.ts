// Finds a text in a capture: in which streams and datagrams, from whom, and in which packets. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { cut } from "../../terminal/text.ts";
import { endpoint } from "../explain/endpoint.ts";
import { type Keys, openLines } from "../explain/open-lines.ts";
import { namesOf, recognise } from "../explain/protocols.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf } from "../explain/stream-lines.ts";
import { openToken } from "../explain/team-tokens.ts";
import { tokenOf } from "../explain/tokens.ts";
import type { UdpConversation } from "../follow/conversations.ts";
import type { Stream } from "../read/packet.ts";

/** Where to search. */
export interface Searched {
  streams: readonly Stream[];
  conversations: readonly UdpConversation[];
}

/**
 * One row for each line or datagram that holds the text; if there is none, one row that says so.
 * @param keys what they decrypt is searched, too
 */
export function showFind(
  { streams, conversations }: Searched,
  text: string,
  keys: Keys,
  canvas: Canvas,
): string[] {
  const rows: string[] = [];
  const problems: string[] = [];
  for (const stream of streams) {
    const lines = linesOf(stream);
    const opened = openLines(lines, keys);
    const names = namesOf(recognise(lines, opened));
    for (const line of lines) {
      if (line.kind === "missing") continue;
      const inside = opened.get(line);
      if (inside !== undefined && "problem" in inside) problems.push(inside.problem);
      const isOnWire = line.bytes.includes(text);
      const found = isOnWire
        ? line.bytes
        : inside !== undefined && "line" in inside
          ? inside.line
          : undefined;
      if (!found?.includes(text)) continue;
      const how = isOnWire ? "" : ", decrypted";
      const place = `stream ${stream.index}, packet ${line.packet}, from ${names[line.from]}${how}: `;
      rows.push(
        place + canvas.paint("plaintext", around(readable(found), text, canvas.width - place.length)),
      );
    }
  }
  const inLines = rows.length;
  for (const conversation of conversations) {
    for (const { source, packet, payload } of conversation.datagrams()) {
      const isOnWire = payload.includes(text);
      const opened = isOnWire || keys.teamKey === undefined ? undefined : openToken(payload, keys.teamKey);
      const found = isOnWire ? payload : opened;
      if (!isOnWire && opened === undefined && keys.teamKey !== undefined && tokenOf(payload) !== undefined)
        problems.push("not sealed with this team's key");
      if (!found?.includes(text)) continue;
      const place = `UDP ${conversation.index}, packet ${packet}, from ${endpoint(source)}${isOnWire ? "" : ", decrypted"}: `;
      rows.push(
        place + canvas.paint("plaintext", around(readable(found), text, canvas.width - place.length)),
      );
    }
  }
  const hasKeys = keys.keyLog !== undefined || keys.teamKey !== undefined;
  return [...heading(text, inLines, rows.length - inLines, hasKeys), ...rows, ...unsearched(problems)];
}

function heading(text: string, lines: number, datagrams: number, hasKeys: boolean): string[] {
  const keys = hasKeys ? " with these keys" : "";
  if (lines + datagrams === 0) return [`"${text}" can be read nowhere in this capture${keys}`];
  const inLines = lines === 0 ? [] : [`${lines} ${lines === 1 ? "line" : "lines"}`];
  const inDatagrams = datagrams === 0 ? [] : [`${datagrams} ${datagrams === 1 ? "datagram" : "datagrams"}`];
  return [`"${text}" can be read${keys} in ${[...inLines, ...inDatagrams].join(" and ")}:`];
}

function unsearched([problem, ...others]: readonly string[]): string[] {
  if (problem === undefined) return [];
  const count = others.length + 1;
  return [
    `not searched, because not decrypted: ${count} sealed ${count === 1 ? "line" : "lines"} (${problem})`,
  ];
}

/** The line, cut so that the text and a little before it can be seen. */
function around(line: string, text: string, width: number): string {
  const found = line.indexOf(text);
  if (found + text.length <= width) return cut(line, width, MORE);
  const before = Math.max(0, Math.floor((width - text.length) / 3));
  return cut(`…${line.slice(Math.max(0, found - before) + 1)}`, width, MORE);
}
