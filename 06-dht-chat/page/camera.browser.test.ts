// Scanning a card, in a Chromium whose camera plays a film.

import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withChromium } from "../testing/browser.ts";
import { greyFilm } from "../testing/camera.ts";
import { useFixturePage } from "../testing/fixture-page.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import { BOB, contactView, OWN_ID } from "../testing/views.ts";

const CARD = "P2P06:596934386853336:MDBEDK6W3P8KTA7Z98T0C48CBVTT6P6CZTHJS55HPKCMBDJH0ZCDQQ5E";

/** So large is the film, in pixels. */
const [WIDTH, HEIGHT] = [640, 480];

/** A QR code in the middle of a white picture. */
async function pictureOf(text: string): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const { generate } = await import("lean-qr");
  const code = generate(text);
  const scale = Math.floor((HEIGHT - 80) / code.size);
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  const left = Math.floor((WIDTH - code.size * scale) / 2);
  const top = Math.floor((HEIGHT - code.size * scale) / 2);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      if (code.get(Math.floor((x - left) / scale), Math.floor((y - top) / scale)))
        data.fill(0, (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3);
    }
  }
  return { data, width: WIDTH, height: HEIGHT };
}

const folder = join(tmpdir(), `p2p-chat-camera-${randomUUID()}`);
const film = join(folder, "film.y4m");

withChromium("the page's camera", () => {
  before(async () => {
    mkdirSync(folder);
    writeFileSync(film, greyFilm(await pictureOf(CARD), 3));
  });
  after(() => rmSync(folder, { recursive: true }));

  const { fixture, open } = useFixturePage([
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${film}`,
  ]);

  it("P10.2 a card is scanned with the camera, taken in at once, and the camera is off again", async () => {
    const { page } = await open();
    await page.evaluate((contact) => {
      window.fixture.messenger.cardAnswer = { contact };
    }, BOB);
    await fixture.show({ ...emptyView(OWN_ID), contacts: [contactView({ isNew: true })] });
    await page.getByRole("button", { name: "Enter a card" }).click();
    await page.evaluate(() => {
      const { getUserMedia } = navigator.mediaDevices;
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await getUserMedia.call(navigator.mediaDevices, wanted);
        Object.assign(window, { stream });
        return stream;
      };
    });
    await page.getByRole("button", { name: "Scan with the camera" }).click();
    expect(await fixture.waitForAsked("enterCard")).to.deep.equal(["enterCard", CARD]);
    await page.getByRole("heading", { name: "Bob" }).waitFor();
    const states = await page.evaluate(() =>
      (window as unknown as { stream: MediaStream }).stream.getTracks().map((track) => track.readyState),
    );
    expect(states).to.deep.equal(["ended"]);
  });

  it("P10.2 a picture in which no code is found is looked at in other sizes", async () => {
    const { page } = await open();
    // As if the reader found nothing in the picture as it comes from the camera.
    await page.evaluate((width) => {
      const { prototype } = OffscreenCanvasRenderingContext2D;
      const { getImageData } = prototype;
      prototype.getImageData = function (...wanted: Parameters<typeof getImageData>) {
        return wanted[2] >= width ? new ImageData(width, width) : getImageData.apply(this, wanted);
      };
    }, WIDTH);
    await page.getByRole("button", { name: "Enter a card" }).click();
    await page.getByRole("button", { name: "Scan with the camera" }).click();
    expect(await fixture.waitForAsked("enterCard")).to.deep.equal(["enterCard", CARD]);
  });
});
