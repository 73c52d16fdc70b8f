// Pictures and videos that a real Chromium's own encoders have written, known by their first bytes (P10.9).

import { expect } from "chai";
import type { Browser } from "playwright-core";
import { HEAD_BYTES, mediaOf } from "./media.ts";
import { launchBrowser, openProfile, withChromium } from "./testing/browser.ts";

withChromium("06 what a browser writes", () => {
  let browser: Browser;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  it("P10.9 png, jpeg, webp, webm and mp4 of a browser are known for what they are", async () => {
    const { page } = await openProfile(browser);
    const heads = await page.evaluate(async (length) => {
      const canvas = document.createElement("canvas");
      const context = canvas.getContext("2d");
      const found: [string, number[]][] = [];
      for (const type of ["image/png", "image/jpeg", "image/webp"]) {
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type));
        found.push([type, [...new Uint8Array((await blob?.slice(0, length).arrayBuffer()) ?? [])]]);
      }
      for (const type of ["video/webm", "video/mp4"]) {
        if (!MediaRecorder.isTypeSupported(type)) continue;
        const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: type });
        const blob = await new Promise<Blob>((resolve) => {
          let hue = 0;
          const timer = setInterval(() => {
            if (context) context.fillStyle = `hsl(${hue++ % 360} 100% 50%)`;
            context?.fillRect(0, 0, 300, 150);
          }, 20);
          recorder.ondataavailable = ({ data }) => {
            if (data.size === 0) return;
            clearInterval(timer);
            recorder.ondataavailable = null;
            recorder.stop();
            resolve(data);
          };
          recorder.start(100);
        });
        found.push([type, [...new Uint8Array(await blob.slice(0, length).arrayBuffer())]]);
      }
      return found;
    }, HEAD_BYTES);
    for (const [type, head] of heads)
      expect(mediaOf(Uint8Array.from(head))?.type, Buffer.from(head).toString("hex")).to.equal(type);
    expect(heads.map(([type]) => type)).to.include.members([
      "image/png",
      "image/jpeg",
      "image/webp",
      "video/webm",
    ]);
  });
});
