// What was seen on the wire, as packets: saved as a file, or opened in the place Captures.

import { html, nothing, type TemplateResult } from "lit";
import { type CaptureItem, DROP_PATH, NAME_HEADER } from "../../shared/captures.ts";
import { PCAP_PATH } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { linkTo } from "../route.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";
import type { SceneModel } from "./scene-model.ts";

export class SavePackets extends PageElement {
  static override properties = {
    scene: { attribute: false },
    saved: { state: true },
    problem: { state: true },
  };
  declare scene: SceneModel | undefined;
  /** The name of the file; empty before one was saved. */
  declare saved: string;
  declare problem: string;

  constructor() {
    super();
    this.saved = "";
    this.problem = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("scene")) return;
    this.saved = "";
    this.problem = "";
  }

  protected override render(): TemplateResult {
    const isClosed = this.scene?.isOpen !== true;
    return html`<div class="save-packets">
      <button type="button" ?disabled=${isClosed} @click=${() => this.#with((file, name) => this.#save(file, name))}>Save as pcap</button>
      <button type="button" ?disabled=${isClosed} @click=${() => this.#with(openInCaptures)}>Open in Captures</button>
      <p role="status">${this.saved === "" ? nothing : saved(this.saved)}</p>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
    </div>`;
  }

  /** Asks for the packets, and does something with them. */
  async #with(use: (file: Blob, name: string) => void | Promise<void>): Promise<void> {
    const { scene } = this;
    if (scene === undefined) return;
    this.problem = "";
    try {
      const response = await server.request(`${PCAP_PATH}?scene=${scene.number}`);
      if (!response.ok) throw new Error((await response.text()).trim());
      await use(await response.blob(), `wire-${scene.stage ?? ""}.pcap`);
    } catch (error) {
      this.problem = `The packets do not come: ${problemWords(error)}`;
    }
  }

  #save(file: Blob, name: string): void {
    this.saved = name;
    download(file, name);
  }
}

function saved(name: string): TemplateResult {
  return html`Saved as <strong>${name}</strong>. In Wireshark: <em>File</em>, <em>Open</em>. With what stands in
    <code>captures/wireshark</code>, it labels the bytes of every line, too. A connection
    that Mallory has changed something on is there twice, before and behind her: with the registry, that is the address that led the call to her.`;
}

async function openInCaptures(file: Blob, name: string): Promise<void> {
  const { id } = (await server.upload(
    DROP_PATH,
    file,
    { [NAME_HEADER]: encodeURIComponent(name) },
    () => {},
    new AbortController().signal,
  )) as CaptureItem;
  location.hash = linkTo("captures", id);
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has its own hold on the blob by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

customElements.define("save-packets", SavePackets);
