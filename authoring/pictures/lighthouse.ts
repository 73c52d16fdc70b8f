// Draws the picture to encrypt, point by point: a lighthouse at night, in a few flat colours. The page
// of npm run web draws it, too, so it needs nothing of Node.js. Pure.

export const WIDTH = 160;
export const HEIGHT = 120;
/** Red, green and blue, a byte each. */
export const BYTES_PER_PIXEL = 3;

type Colour = readonly [red: number, green: number, blue: number];

const SKY: Colour = [24, 32, 72];
const SEA: Colour = [16, 72, 104];
const ROCK: Colour = [56, 48, 48];
const MOON: Colour = [240, 240, 224];
const BEAM: Colour = [248, 224, 112];
const WHITE: Colour = [232, 232, 232];
const RED: Colour = [200, 40, 40];

const SEA_LEVEL = 92;
const ROCK_TOP = 84;
/** The position of the lamp. */
const LAMP = { x: 56, y: 26 };

/** The bytes of all pixels, row by row from the top left. */
export function drawLighthouse(): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(BYTES_PER_PIXEL * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) pixels.set(colourAt(x, y), BYTES_PER_PIXEL * (WIDTH * y + x));
  }
  return pixels;
}

/** The colour of a point. Objects in the foreground are tried first. */
function colourAt(x: number, y: number): Colour {
  const fromTower = Math.abs(x - LAMP.x);
  if (y >= 20 && y < 32 && fromTower < 5) return BEAM; // The lamp.
  if (y >= 14 && y < 20 && fromTower < y - 12) return RED; // The roof above it.
  if (y >= 32 && y < 36 && fromTower < 10) return WHITE; // The gallery.
  if (y >= 36 && y < ROCK_TOP + 4 && fromTower < 7 + (y - 36) / 10)
    return Math.floor((y - 36) / 10) % 2 === 0 ? RED : WHITE; // The tower with its stripes.
  if (y >= ROCK_TOP && fromTower < 20 + 2 * (y - ROCK_TOP)) return ROCK;
  if (y >= SEA_LEVEL) return SEA;
  if (x > LAMP.x && Math.abs(y - LAMP.y) < (x - LAMP.x) / 5) return BEAM;
  if ((x - 20) ** 2 + (y - 22) ** 2 < 100) return MOON;
  return SKY;
}
