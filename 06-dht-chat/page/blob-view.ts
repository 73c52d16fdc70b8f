// A file that is here: a picture or a video in place, everything else as a download that is never opened in the page (P10.9).

import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { shown } from "./shown.ts";

/** The types that are shown in place. A blob has one of these only if its first bytes said so. */
const IN_PLACE = {
  image: new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]),
  video: new Set(["video/mp4", "video/webm"]),
};

/** How a file is shown: a blob of any type but these is a download, whatever the view says. */
export function placeOf(blob: Blob, wanted: "image" | "video" | undefined): "image" | "video" | "download" {
  if (wanted !== undefined && IN_PLACE[wanted].has(blob.type)) return wanted;
  return "download";
}

export class BlobView extends PageElement {
  static override properties = {
    blob: { attribute: false },
    name: { attribute: false },
    wanted: { attribute: false },
    failed: { state: true },
  };
  declare blob: Blob;
  declare name: string;
  declare wanted: "image" | "video" | undefined;
  /** The browser could not show it: then it is a download. */
  declare failed: boolean;
  #address: string | undefined;
  #addressOf: Blob | undefined;

  constructor() {
    super();
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  /** An address keeps its blob in memory, so it is given back when nobody sees it any more. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#address !== undefined) URL.revokeObjectURL(this.#address);
    this.#address = undefined;
    this.#addressOf = undefined;
  }

  #addressFor(blob: Blob): string {
    if (this.#address !== undefined && this.#addressOf === blob) return this.#address;
    this.#giveBack();
    this.#addressOf = blob;
    // What is not shown in place has a type that no browser opens as a page.
    const isDownload = placeOf(blob, this.wanted) === "download";
    this.#address = URL.createObjectURL(
      isDownload ? blob.slice(0, blob.size, "application/octet-stream") : blob,
    );
    return this.#address;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.isConnected) return nothing;
    const place = placeOf(this.blob, this.wanted);
    const address = this.#addressFor(this.blob);
    const fails = () => {
      this.failed = true;
    };
    const picture =
      place === "image" && !this.failed
        ? html`<img class="picture" src=${address} alt="Picture ${shown(this.name)}" @error=${fails}>`
        : nothing;
    const video =
      place === "video" && !this.failed
        ? html`<video class="picture" src=${address} controls preload="metadata"
            aria-label="Video ${shown(this.name)}" @error=${fails}></video>`
        : nothing;
    return html`${picture}${video}
      <a class="download" href=${address} download=${this.name}>
        ${icon(place === "download" ? "document" : "download")}
        <span><span class="for-readers">Save </span><bdi>${shown(this.name)}</bdi></span>
      </a>`;
  }
}

customElements.define("p2p-blob-view", BlobView);
