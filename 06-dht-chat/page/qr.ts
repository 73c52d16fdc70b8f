// QR codes: a card's text becomes a square of modules. The way back stands in qr-reader.ts.

import { correction, generate } from "lean-qr";

/** Light modules around the code, as ISO/IEC 18004 asks for, so that cameras find it. */
const QUIET_ZONE = 4;

/** As much of a page's canvas as is needed here. */
export type QrCanvas = Parameters<ReturnType<typeof generate>["toCanvas"]>[0];

/**
 * Draws a text as a QR code, one pixel for each module: the style sheet makes it large. It is black on white in the
 * dark, too, because many cameras do not read it the other way round.
 */
export function drawQr(text: string, canvas: QrCanvas): void {
  generate(text, { minCorrectionLevel: correction.M }).toCanvas(canvas, {
    on: [0, 0, 0],
    off: [255, 255, 255],
    pad: QUIET_ZONE,
  });
}
