import { expect } from "chai";
import { withStage06 } from "../../tests/support/tools.ts";
import type { QrCanvas } from "./qr.ts";
import type { Picture } from "./qr-reader.ts";

const CARD = "P2P06:141065404484172:SAA85SZN4YE4W6M3BJX9HC6621H026AFGF0RCFD3XF120EC49BD4T7TH";

/** A canvas in memory, with one pixel for each module. */
function makeCanvas(): { canvas: QrCanvas; picture(scale: number): Picture } {
  let drawn: Picture = { data: new Uint8ClampedArray(0), width: 0, height: 0 };
  const canvas: QrCanvas = {
    width: 0,
    height: 0,
    getContext: () => ({
      createImageData: (width, height) => ({
        data: new Uint8ClampedArray(width * height * 4),
        width,
        height,
      }),
      putImageData: (image) => {
        drawn = { data: image.data, width: canvas.width, height: canvas.height };
      },
    }),
  };
  return { canvas, picture: (scale) => enlarged(drawn, scale) };
}

/** The same picture with every pixel as a square, as a screen shows it to a camera. */
function enlarged(picture: Picture, scale: number): Picture {
  const [width, height] = [picture.width * scale, picture.height * scale];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (Math.floor(y / scale) * picture.width + Math.floor(x / scale)) * 4;
      data.set(picture.data.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { data, width, height };
}

withStage06("QR codes", () => {
  let qr: typeof import("./qr.ts") & typeof import("./qr-reader.ts");

  before(async () => {
    qr = { ...(await import("./qr.ts")), ...(await import("./qr-reader.ts")) };
  });

  it("P10.2 a card that is drawn is read again, character by character", () => {
    const { canvas, picture } = makeCanvas();
    qr.drawQr(CARD, canvas);
    expect(qr.readQr(picture(5))).to.equal(CARD);
  });

  it("P10.2 a card's code is small: digits and capital letters need 5.5 bits each", () => {
    const { canvas, picture } = makeCanvas();
    qr.drawQr(CARD, canvas);
    // Version 5 has 37 modules, and the quiet zone 4 on each side.
    expect(picture(1).width).to.be.at.most(37 + 8);
  });

  it("P10.2 a picture without a code, and a text that is too long for a card, are passed over", () => {
    const white = { data: new Uint8ClampedArray(100 * 100 * 4).fill(255), width: 100, height: 100 };
    expect(qr.readQr(white)).to.equal(undefined);
    const { canvas, picture } = makeCanvas();
    qr.drawQr("A".repeat(qr.MAX_SCANNED_LENGTH + 1), canvas);
    expect(qr.readQr(picture(5))).to.equal(undefined);
  });
});
