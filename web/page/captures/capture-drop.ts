// Takes files: dropped anywhere on the place, or chosen; shows how much of one has been sent, and opens it when it is there.

import { html, nothing, type TemplateResult } from "lit";
import {
  type CaptureItem,
  DROP_PATH,
  MOST_DROPPED_BYTES,
  MOST_NAME,
  NAME_HEADER,
} from "../../shared/captures.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import { shown, sizeWords } from "./words.ts";

/** A file on its way to the server. */
interface Upload {
  name: string;
  size: number;
  sent: number;
  control: AbortController;
}

const DRAGGED = ["dragenter", "dragover", "dragleave", "drop"] as const;

const MOST_WORDS = `${MOST_DROPPED_BYTES / 2 ** 30} GiB`;

class CaptureDrop extends PageElement {
  static override properties = {
    isQuiet: { attribute: false },
    problem: { state: true },
    upload: { state: true },
    isOver: { state: true },
  };
  /** Whether nothing is shown as long as no file comes. */
  declare isQuiet: boolean;
  declare problem: string;
  declare upload: Upload | undefined;
  /** Whether a file is being held over the page. */
  declare isOver: boolean;
  readonly #onDrag = (event: DragEvent): void => this.#drag(event);

  constructor() {
    super();
    this.isQuiet = false;
    this.problem = "";
    this.isOver = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const name of DRAGGED) document.addEventListener(name, this.#onDrag);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const name of DRAGGED) document.removeEventListener(name, this.#onDrag);
    this.upload?.control.abort();
  }

  /** Files may be dropped anywhere: elsewhere, the browser would leave the page for them. */
  #drag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "dragleave") {
      if (event.relatedTarget === null) this.isOver = false;
      return;
    }
    this.isOver = event.type !== "drop";
    const [file] = event.dataTransfer.files;
    if (event.type === "drop" && file !== undefined) void this.#send(file);
  }

  #onChosen(event: Event): void {
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file !== undefined) void this.#send(file);
    // So that the same file can be chosen again.
    input.value = "";
  }

  async #send(file: File): Promise<void> {
    this.problem = "";
    this.isOver = false;
    if (this.upload !== undefined) {
      this.problem = `${shown(this.upload.name)} is still on its way: wait for it, or give it up`;
      return;
    }
    if (file.size > MOST_DROPPED_BYTES) {
      this.problem = `${shown(file.name)} has ${sizeWords(file.size)}; at most ${MOST_WORDS} (${sizeWords(MOST_DROPPED_BYTES)}) can be dropped in`;
      return;
    }
    const upload = { name: file.name, size: file.size, sent: 0, control: new AbortController() };
    this.upload = upload;
    try {
      const { id } = (await server.upload(
        DROP_PATH,
        file,
        { [NAME_HEADER]: encodeURIComponent(shown(file.name).slice(0, MOST_NAME)) },
        (sent) => {
          this.upload = { ...upload, sent };
        },
        upload.control.signal,
      )) as CaptureItem;
      if (this.isConnected) location.hash = linkTo("captures", id);
    } catch (problem) {
      if (!upload.control.signal.aborted) this.problem = `${shown(file.name)}: ${problemWords(problem)}`;
    } finally {
      this.upload = undefined;
    }
  }

  protected override render(): TemplateResult {
    return html`${this.#place()}
      ${this.problem === "" ? nothing : html`<p class="problem panel" role="alert">${this.problem}</p>`}`;
  }

  #place(): TemplateResult | typeof nothing {
    if (this.upload !== undefined) return this.#underWay(this.upload);
    if (this.isQuiet)
      return this.isOver
        ? html`<div class="drop overlay"><p><strong>Let go to open it</strong></p></div>`
        : nothing;
    return html`<div class="drop panel ${this.isOver ? "over" : ""}">
      <p><strong>${this.isOver ? "Let go to open it" : "Drop a capture here"}</strong></p>
      <p class="quiet">pcap or pcapng, also gzipped, up to ${MOST_WORDS}. It stays on this machine.</p>
      <label class="choose"><input type="file" @change=${this.#onChosen}><span>Choose a file …</span></label>
    </div>`;
  }

  #underWay({ name, size, sent, control }: Upload): TemplateResult {
    return html`<div class="drop panel busy">
      <p role="status">Taking <bdi>${shown(name)}</bdi></p>
      <progress aria-label="Taking the file" max=${Math.max(1, size)} .value=${sent}></progress>
      <p class="quiet">${sizeWords(sent)} of ${sizeWords(size)}</p>
      <button type="button" @click=${() => control.abort()}>Give up</button>
    </div>`;
  }
}

customElements.define("capture-drop", CaptureDrop);
