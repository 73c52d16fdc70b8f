// Saves what was seen on the wire as a file of packets, and says how to open it.

import { html, nothing, type TemplateResult } from "lit";
import { PCAP_PATH } from "../../shared/wire.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
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

  protected override render(): TemplateResult {
    return html`<div class="save-packets">
      <button type="button" ?disabled=${this.scene?.isOpen !== true} @click=${this.#save}>Save as pcap</button>
      <p role="status">${this.saved === "" ? this.#before() : this.#after()}</p>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
    </div>`;
  }

  #before(): TemplateResult {
    return html`<span class="quiet">What has passed, as packets: for Wireshark, and for <a href="#/captures">Captures</a>.</span>`;
  }

  #after(): TemplateResult {
    return html`Saved as <strong>${this.saved}</strong>. In Wireshark: <em>File</em>, <em>Open</em>; with the course’s
      <code>captures/wireshark</code> it labels every byte, too. Or drop it into <a href="#/captures">Captures</a>.`;
  }

  async #save(): Promise<void> {
    const { scene } = this;
    if (scene === undefined) return;
    this.problem = "";
    try {
      const response = await server.request(`${PCAP_PATH}?scene=${scene.number}`);
      if (!response.ok) throw new Error((await response.text()).trim());
      this.saved = `wire-${scene.stage ?? ""}.pcap`;
      download(await response.blob(), this.saved);
    } catch (error) {
      this.problem = `It was not saved: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
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
