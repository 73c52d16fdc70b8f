// The packets of the last run, line by line, as the key p of learn shows them.

import { html, nothing, type TemplateResult } from "lit";
import type { ConnectionView, PacketLine, PacketsView } from "../../shared/exercises.ts";
import { linkTo } from "../route.ts";
import "./exercise-packets.css";

/** The recording of the last run, as captures are named. */
const LAST_RUN = "own-last-run.pcap";

export function packetTables({ about, file, connections }: PacketsView): TemplateResult {
  return html`<div class="packets">
    <p>${about}</p>
    ${file === "" ? nothing : html`<p><a href=${linkTo("captures", LAST_RUN)}>Look at every byte in Captures</a>, or open <code>${file}</code> in Wireshark.</p>`}
    ${connections.map(connectionTable)}
  </div>`;
}

function connectionTable({ title, first, left, last }: ConnectionView): TemplateResult {
  const hasMeaning = [...first, ...last].some(({ meaning }) => meaning !== "");
  const row = (line: PacketLine): TemplateResult => packetRow(line, hasMeaning);
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${title}>
    <table>
      <caption>${title}</caption>
      <thead><tr><th scope="col">packet</th><th scope="col">seconds</th><th scope="col">who</th><th scope="col">on the wire</th>${hasMeaning ? html`<th scope="col">what it says</th>` : nothing}</tr></thead>
      <tbody>
        ${first.map(row)}
        ${left === 0 ? nothing : html`<tr><td colspan="5" class="quiet">… ${left} lines more</td></tr>`}
        ${last.map(row)}
      </tbody>
    </table>
  </div>`;
}

function packetRow(
  { packet, seconds, who, wire, meaning, isWanted }: PacketLine,
  hasMeaning: boolean,
): TemplateResult {
  return html`<tr class=${isWanted ? "wanted" : ""}>
    <td class="number"><a href=${linkTo("captures", LAST_RUN, "packet", `${packet}`)}>${packet}</a></td><td class="number">${seconds.toFixed(3)}</td><td>${who}</td>
    <td><code>${wire}</code>${isWanted ? html` <strong class="here">the check failed here</strong>` : nothing}</td>${hasMeaning ? html`<td>${meaning}</td>` : nothing}
  </tr>`;
}
