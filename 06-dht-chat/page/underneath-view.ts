// What is going on underneath, for who wants to look: relays, the record in the table, and what a relay sees.

import { html, nothing, type TemplateResult } from "lit";
import type { MessengerView, RelayView } from "../messenger-view.ts";
import { Modal } from "./modal.ts";
import { shown, shownText } from "./shown.ts";
import "./table-view.ts";
import { timeOfDay } from "./words.ts";

/** So many hexadecimal digits of a frame are shown. The rest looks the same. */
const MOST_HEX = 1024;

export class UnderneathView extends Modal {
  static override properties = {
    ...Modal.properties,
    view: { attribute: false },
    isTableOpen: { state: true },
  };
  declare view: MessengerView;
  /** The simulation is there only while somebody looks at it: it takes time and memory. */
  declare isTableOpen: boolean;

  constructor() {
    super();
    this.isTableOpen = false;
  }

  protected override closed(): void {
    this.isTableOpen = false;
  }

  #toggled(event: Event): void {
    this.isTableOpen = event.target instanceof HTMLDetailsElement && event.target.open;
  }

  protected override heading(): string {
    return "What is going on underneath";
  }

  protected override content(): TemplateResult {
    return html`<div class="underneath">
      ${this.#last()} ${this.#relays()} ${this.#record()} ${this.#counts()}
      <section aria-labelledby="table-title">
        <h3 id="table-title">The table</h3>
        <details class="table-place" @toggle=${this.#toggled}>
          <summary>How a number is found among many nodes: a simulation, to step through</summary>
          ${this.isTableOpen ? html`<table-view></table-view>` : nothing}
        </details>
      </section>
    </div>`;
  }

  #last(): TemplateResult {
    const { last } = this.view.underneath;
    return html`<section aria-labelledby="last-title">
      <h3 id="last-title">${last?.path === "direct" ? "The last message, as it went out" : "What a relay sees of the last message"}</h3>
      ${
        last === undefined
          ? html`<p class="empty">Nothing has been sent yet. Write to somebody, and look here again.</p>`
          : html`<div class="beside">
                <figure><figcaption>What was typed</figcaption><p class="typed">${shownText(last.typed)}</p></figure>
                <figure><figcaption>${last.path === "relayed" ? "The sealed frame that went out" : "What went over the direct path"}</figcaption>
                  <p class="hex">${inBytes(last.relaySaw)}</p></figure>
              </div>
              <p class="hint">${
                last.path === "relayed"
                  ? "A relay sees even less: the connection from page to page encrypts this frame once more. But it knows who is connected with whom, when, and how much passes. It knows no text, no name, and no key."
                  : "No relay saw this: it went straight from this page to theirs."
              }</p>`
      }
    </section>`;
  }

  #relays(): TemplateResult {
    const { relays } = this.view.underneath;
    return html`<section aria-labelledby="relays-title">
      <h3 id="relays-title">Relays in use</h3>
      ${
        relays.length === 0
          ? html`<p class="empty">None. Without a relay nobody can reach this page: start a node, and leave it running.</p>`
          : html`<ul class="relays">${relays.map((relay) => html`<li>${this.#relay(relay)}</li>`)}</ul>`
      }
    </section>`;
  }

  #relay(relay: RelayView): TemplateResult {
    const words = { reserved: "has a place for us", reserving: "is being asked", lost: "is gone" }[
      relay.state
    ];
    const dot = { reserved: "online", reserving: "searching", lost: "offline" }[relay.state];
    return html`<span class="dot ${dot}" aria-hidden="true"></span>
      <span><code>${shown(relay.address)}</code><br><span class="row-state">${words} since ${timeOfDay(relay.since)}</span></span>`;
  }

  #record(): TemplateResult {
    const { record } = this.view.underneath;
    return html`<section aria-labelledby="record-title">
      <h3 id="record-title">My record in the table</h3>
      ${
        record === undefined
          ? html`<p class="empty">Not in the table yet. As soon as a relay has a place for this page, it is put there.</p>`
          : html`<dl class="facts">
                <div><dt>Key</dt><dd><code>${record.key}</code></dd></div>
                <div><dt>Kept by</dt><dd>${record.storedBy === 1 ? "1 node" : `${record.storedBy} nodes`}</dd></div>
                <div><dt>Valid until</dt><dd>${timeOfDay(record.expires)}</dd></div>
                <div><dt>Sequence number</dt><dd>${record.seq}</dd></div>
              </dl>
              <pre class="record" tabindex="0" aria-label="The signed text">${indented(record.body)}</pre>
              <p class="hint">Everybody can read this. It is signed, so nobody can write another one for this number
                without another key that has the same number.</p>`
      }
    </section>`;
  }

  #counts(): TemplateResult {
    const counts = Object.entries(this.view.underneath.counts);
    return html`<section aria-labelledby="counts-title">
      <h3 id="counts-title">Counted since the start</h3>
      ${
        counts.length === 0
          ? html`<p class="empty">Nothing yet.</p>`
          : html`<dl class="facts">
              ${counts.map(([what, count]) => html`<div><dt>${what}</dt><dd>${count}</dd></div>`)}
            </dl>`
      }
    </section>`;
  }
}

/** Hexadecimal digits in pairs, as many as are worth seeing. */
function inBytes(hex: string): string {
  const some = hex.slice(0, MOST_HEX).replace(/(..)(?=.)/g, "$1 ");
  return hex.length > MOST_HEX ? `${some} … and ${(hex.length - MOST_HEX) / 2} more bytes` : some;
}

/** A JSON text with line ends, for reading. Anything else stays as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

customElements.define("p2p-underneath-view", UnderneathView);
