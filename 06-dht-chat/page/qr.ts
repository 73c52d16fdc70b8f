// QR codes: a card's text becomes a square of modules, and a camera's picture becomes text again.

import jsqr from "jsqr";
import { correction, generate } from "lean-qr";

/** What is read from a picture and is longer than this is no card. A card has 79 characters (P10.2). */
export const MAX_SCANNED_LENGTH = 400;

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

/** A picture: 4 bytes for each pixel, row by row. `ImageData` is one. */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Reads a QR code in a picture. @returns its text; undefined if there is none, or it cannot be a card's */
export function readQr(picture: Picture): string | undefined {
  const text = jsqr.default(picture.data, picture.width, picture.height)?.data;
  if (text === undefined || text === "" || text.length > MAX_SCANNED_LENGTH) return undefined;
  return text;
}
