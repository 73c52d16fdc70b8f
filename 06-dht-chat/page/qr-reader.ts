// The text of a QR code in a camera's picture. It is large, so the page loads it when the camera is opened.

import jsqr from "jsqr";

/** What is read from a picture and is longer than this is no card. A card has 78 characters (P10.2). */
export const MAX_SCANNED_LENGTH = 400;

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
