// Opens a capture with keys: those that the course has beside a recording, a key log, or a team's passphrase. The keys go to
// the server and never come back.

import { html, nothing, type TemplateResult } from "lit";
import {
  type CaptureItem,
  type KeysState,
  MOST_KEY_LOG,
  MOST_PASSPHRASE,
  MOST_TEAM,
} from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { countWords, problemWords } from "../words.ts";
import { shown, sizeWords } from "./words.ts";

export class KeysDialog extends PageElement {
  static override properties = {
    opened: { attribute: false },
    item: { attribute: false },
    keys: { attribute: false },
    problem: { state: true },
    isBusy: { state: true },
  };
  declare opened: number;
  declare item: CaptureItem;
  declare keys: KeysState;
  declare problem: string;
  /** Deriving a key from a passphrase takes its time, on purpose. */
  declare isBusy: boolean;

  constructor() {
    super();
    this.opened = 0;
    this.problem = "";
    this.isBusy = false;
  }

  show(): void {
    this.problem = "";
    this.querySelector("dialog")?.showModal();
  }

  async #give(ask: () => Promise<KeysState>): Promise<void> {
    this.problem = "";
    this.isBusy = true;
    try {
      const detail = await ask();
      this.dispatchEvent(new CustomEvent("keys-changed", { detail, bubbles: true }));
    } catch (problem) {
      this.problem = problemWords(problem);
    } finally {
      this.isBusy = false;
    }
  }

  async #onFile(event: Event): Promise<void> {
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (file === undefined) return;
    if (file.size > MOST_KEY_LOG) {
      this.problem = `${shown(file.name)} has ${sizeWords(file.size)}: that is no key log of the course`;
      return;
    }
    const text = await file.text();
    await this.#give(() => server.call("captures/key-log", { opened: this.opened, text }));
  }

  #onPassphrase(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const [team, passphrase] = [`${given.get("team")}`, `${given.get("passphrase")}`];
    void this.#give(() => server.call("captures/passphrase", { opened: this.opened, team, passphrase }));
    form.reset();
  }

  protected override render(): TemplateResult {
    const { opened, item } = this;
    return html`<dialog class="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Open with keys</h2>
      <div role="status">${keysWords(this.keys)}</div>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      ${
        item.keys === null
          ? nothing
          : html`<section><h3>The recording's own</h3>
            <p class="quiet">${
              item.keys === "log"
                ? "Alice's program wrote down its keys while this was recorded."
                : "The passphrase of this team stands beside the recording."
            }</p>
            <button type="button" class="main" ?disabled=${this.isBusy}
              @click=${() => this.#give(() => server.call("captures/own-keys", { opened }))}>Use ${item.keys === "log" ? "its keys" : "its passphrase"}</button></section>`
      }
      <section><h3>A key log</h3>
        <p class="quiet">Stage 04 writes one if <code>CHATKEYLOGFILE</code> names a file.</p>
        <label class="choose"><input type="file" ?disabled=${this.isBusy} @change=${this.#onFile}><span>Choose the key log …</span></label></section>
      <section><h3>A team's passphrase</h3>
        <p class="quiet">Of stage 05. It opens what the team's key seals: beacons, and how each session begins.</p>
        <form @submit=${this.#onPassphrase}>
          <label>Team <input name="team" required maxlength=${MOST_TEAM} autocomplete="off" spellcheck="false"></label>
          <label>Passphrase <input name="passphrase" type="password" required maxlength=${MOST_PASSPHRASE} autocomplete="off"></label>
          <button type="submit" ?disabled=${this.isBusy}>${this.isBusy ? "Working …" : "Use it"}</button>
        </form></section>
      <div class="actions">
        ${
          hasKeys(this.keys)
            ? html`<button type="button" @click=${() => this.#give(() => server.call("captures/forget-keys", { opened }))}>Forget all keys</button>`
            : nothing
        }
        <button type="button" @click=${() => this.querySelector("dialog")?.close()}>Close</button>
      </div>
    </dialog>`;
  }
}

export function hasKeys({ keyLog, team }: KeysState): boolean {
  return keyLog || team !== null;
}

/** What the keys open, and why not more. */
function keysWords(keys: KeysState): TemplateResult {
  const { keyLog, team, sealed, opened, problems } = keys;
  if (!hasKeys(keys)) return html`<p>Without keys, what is sealed stays sealed.</p>`;
  const given = [
    ...(keyLog ? ["a key log"] : []),
    ...(team === null ? [] : [`the key of team ${shown(team)}`]),
  ];
  return html`<p><strong>${countWords(opened)} of ${countWords(sealed)}</strong> sealed lines and tokens are opened with
    <bdi>${given.join(" and ")}</bdi>.</p>
    ${
      problems.length === 0
        ? nothing
        : html`<ul class="why">${problems.map(
            ({ problem, count }) => html`<li>${countWords(count)} not: ${shown(problem)}</li>`,
          )}</ul>`
    }`;
}

customElements.define("keys-dialog", KeysDialog);
