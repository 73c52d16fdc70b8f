// Reads a card's QR code with the camera, where there is one. Pictures stay in the page.

import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** Reads the text of a QR code in a picture. It is large: most pages never need it. */
type ReadQr = typeof import("./qr-reader.ts").readQr;

const NO_CAMERA = "The camera cannot be used. Allow it in the browser, or enter the card's text instead.";
const NO_READER =
  "Your node does not answer. See that it runs (npm run 06) and load the page again, or enter the card's text instead.";

/** How long to wait between two looks at the camera's picture, in milliseconds. */
const BETWEEN_LOOKS = 150;

/** A picture is made so wide at most before it is looked at, in pixels: more takes longer and finds no more. */
const LOOKED_AT_WIDTH = 800;

/**
 * One picture after the other is looked at in another size: now and then the reader finds no code in a clear picture,
 * and finds it in the same one if it is a little smaller.
 */
const SIZES = [1, 0.9, 0.75, 0.6];

/** What a card's text begins with, after a tidy reader has dropped blanks (P10.2). */
const CARD = /^\s*P2P[0O]6/i;

export class CardScan extends PageElement {
  static override properties = {
    hasCamera: { state: true },
    isScanning: { state: true },
    problem: { state: true },
    onText: { attribute: false },
  };
  /** Undefined until the browser has said. */
  declare hasCamera: boolean | undefined;
  declare isScanning: boolean;
  declare problem: string;
  declare onText: (text: string) => void;
  #stream: MediaStream | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;

  constructor() {
    super();
    this.isScanning = false;
    this.problem = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#lookForCamera();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  async #lookForCamera(): Promise<void> {
    try {
      const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      this.hasCamera = devices.some((device) => device.kind === "videoinput");
    } catch {
      this.hasCamera = false;
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.hasCamera === undefined) return nothing;
    if (!this.hasCamera)
      return html`<p class="hint">The browser finds no camera to scan a card with: type or paste its text.</p>`;
    return html`<div class="scan">
      ${
        this.isScanning
          ? html`<video class="camera" muted playsinline aria-label="What the camera sees"></video>
              <p role="status">Hold the other screen's QR code in front of the camera.</p>
              <button type="button" @click=${() => this.#stop()}>Stop the camera</button>`
          : html`<button type="button" @click=${() => void this.#start()}>${icon("camera")} Scan with the camera</button>`
      }
      <p class="problem" role="alert">${this.problem}</p>
    </div>`;
  }

  async #start(): Promise<void> {
    this.problem = "";
    const reader = await import("./qr-reader.ts").catch(() => undefined);
    if (reader === undefined) this.problem = NO_READER;
    else await this.#open(reader.readQr);
  }

  async #open(readQr: ReadQr): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1280 } },
      });
      if (!this.isConnected) {
        end(stream);
        return;
      }
      this.#stream = stream;
      this.isScanning = true;
      await this.updateComplete;
      const video = this.querySelector("video");
      if (video === null) return;
      video.srcObject = stream;
      await video.play();
      this.#look(video, readQr);
    } catch {
      this.#stop();
      this.problem = NO_CAMERA;
    }
  }

  #look(video: HTMLVideoElement, readQr: ReadQr): void {
    if (!this.isScanning) return;
    const text = lookAt(video, readQr, SIZES[this.#looks % SIZES.length] ?? 1);
    this.#looks += 1;
    if (text !== undefined && CARD.test(text)) {
      this.#stop();
      this.onText(text);
      return;
    }
    if (text !== undefined) this.problem = "This QR code is not a card of this messenger.";
    this.#timer = setTimeout(() => this.#look(video, readQr), BETWEEN_LOOKS);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    if (this.#stream !== undefined) end(this.#stream);
    this.#stream = undefined;
    this.isScanning = false;
  }
}

/** Reads the picture that a video shows now. @param size 1, or less to make it so much smaller */
function lookAt(video: HTMLVideoElement, readQr: ReadQr, size: number): string | undefined {
  if (video.videoWidth === 0) return undefined;
  const scale = size * Math.min(1, LOOKED_AT_WIDTH / video.videoWidth);
  const width = Math.round(video.videoWidth * scale);
  const height = Math.round(video.videoHeight * scale);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) return undefined;
  context.drawImage(video, 0, 0, width, height);
  return readQr(context.getImageData(0, 0, width, height));
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

customElements.define("p2p-card-scan", CardScan);
