// What is said of a packet, a line or a connection above its bytes, with links to what belongs to it.

import { html, nothing, type TemplateResult } from "lit";
import type {
  ConnectionRow,
  ConversationRow,
  LineView,
  PacketRow,
  PacketView,
  SideName,
} from "../../shared/captures.ts";
import { linkTo } from "../route.ts";
import { counted, countWords } from "../words.ts";
import type { Talk, TalkRows } from "./capture-lists.ts";
import { partsOf, type View } from "./view-address.ts";
import { readableWords, secondsWords, shown, sizeWords } from "./words.ts";

/** How many lines of a packet are linked; a packet rarely holds more. */
const MOST_LINKED = 8;

function link(capture: string, view: View, words: string): TemplateResult {
  return html`<a href=${linkTo("captures", capture, ...partsOf(view))}>${words}</a>`;
}

/** The connection or conversation of which a packet is a part. */
export function talkOf({ stream, conversation }: PacketRow): Talk | undefined {
  if (stream !== null) return { kind: "stream", number: stream };
  return conversation === null ? undefined : { kind: "conversation", number: conversation };
}

export function packetFacts(capture: string, { row, lines }: PacketView): TemplateResult {
  const { stream, protocol, length, time } = row;
  const talk = talkOf(row);
  const linked = stream === null ? [] : lines.slice(0, MOST_LINKED);
  return html`<span>${protocol}, ${counted(length, "byte")}, at ${secondsWords(time)} s</span>
    ${
      talk === undefined
        ? nothing
        : link(
            capture,
            { tab: "lines", talk, line: undefined },
            `${talk.kind === "stream" ? "Connection" : "Conversation"} ${talk.number}`,
          )
    }
    ${linked.map((line) => link(capture, { tab: "lines", talk: talk ?? { kind: "stream", number: 0 }, line }, `Line ${line}`))}
    ${lines.length > linked.length ? html`<span>and ${counted(lines.length - linked.length, "more line")}</span>` : nothing}`;
}

export function lineFacts(
  capture: string,
  { row, firstPacket, clause, printable, entropy }: LineView,
): TemplateResult {
  const { packet, length, problem } = row;
  return html`<span>${counted(length, "byte")}${row.sealed ? ":" : ","} ${readableWords(row.sealed, printable, entropy)}</span>
    ${link(capture, { tab: "packets", packet }, `Packet ${packet}`)}
    ${
      firstPacket === packet
        ? nothing
        : html`<span>begins in ${link(capture, { tab: "packets", packet: firstPacket }, `packet ${firstPacket}`)}</span>`
    }
    ${clause === null ? nothing : html`<a href=${linkTo("lessons", "protocol", clause)}>clause ${shown(clause)} of the protocol</a>`}
    ${problem === null ? nothing : html`<span class="problem">not opened: ${shown(problem)}</span>`}`;
}

/** What stands below the list of connections. */
export function connectionDetail(
  capture: string,
  talk: Talk | undefined,
  talks: TalkRows | undefined,
): TemplateResult {
  if (talk === undefined || talks === undefined)
    return html`<section class="detail empty" aria-label="The connection"><p class="quiet">Choose a connection: Enter or a double click
      shows its lines.</p></section>`;
  const isStream = talk.kind === "stream";
  const row = isStream ? talks.connection(talk.number) : talks.conversation(talk.number);
  const lines: View = { tab: "lines", talk, line: undefined };
  return html`<section class="detail" aria-label="The connection">
    <header><h2>${isStream ? "Connection" : "Conversation"} ${talk.number}</h2>
      <div class="facts quiet">${row === undefined ? "…" : shown(row.what)}</div></header>
    <div class="ways">
      ${link(capture, lines, isStream ? "Read its lines" : "Read its datagrams")}
      ${row !== undefined && "firstPacket" in row ? link(capture, { tab: "packets", packet: row.firstPacket }, "See its first packet") : nothing}
      ${isStream ? link(capture, { tab: "plots", stream: talk.number, line: undefined }, "See how readable it is") : nothing}
    </div>
    ${row === undefined ? nothing : talkTable(row)}
  </section>`;
}

function talkTable(row: ConnectionRow | ConversationRow): TemplateResult {
  const names = "names" in row ? row.names : { a: "a", b: "b" };
  const side = (name: SideName, address: string, sent: number): TemplateResult => html`<tr>
    <th scope="row">${names[name] === name ? address : html`<bdi>${shown(names[name])}</bdi>`}</th>
    <td>${address}</td>
    <td>${"names" in row ? sizeWords(sent) : countWords(sent)}</td></tr>`;
  return html`<table class="sides">
    <thead><tr><th scope="col">Side</th><th scope="col">Address</th><th scope="col">${"names" in row ? "Has sent" : "Datagrams"}</th></tr></thead>
    <tbody>${side("a", row.a, row.fromA)}${side("b", row.b, row.fromB)}</tbody>
  </table>`;
}
