// A picture to encrypt: a lighthouse at night, in a few flat colours, drawn point by point. Pure.

import type { Picture } from "./png.ts";

export const WIDTH = 160;
export const HEIGHT = 120;

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
/** Where the lamp is. */
const LAMP = { x: 56, y: 26 };

export function drawLighthouse(): Picture {
  const pixels = Buffer.alloc(3 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) pixels.set(colourAt(x, y), 3 * (WIDTH * y + x));
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}

/** The colour of a point. What is in front is asked first. */
function colourAt(x: number, y: number): Colour {
  const fromTower = Math.abs(x - LAMP.x);
  if (y >= 20 && y < 32 && fromTower < 5) return BEAM; // the lamp
  if (y >= 14 && y < 20 && fromTower < y - 12) return RED; // its roof
  if (y >= 32 && y < 36 && fromTower < 10) return WHITE; // the gallery
  if (y >= 36 && y < ROCK_TOP + 4 && fromTower < 7 + (y - 36) / 10)
    return Math.floor((y - 36) / 10) % 2 === 0 ? RED : WHITE; // the tower, and its stripes
  if (y >= ROCK_TOP && fromTower < 20 + 2 * (y - ROCK_TOP)) return ROCK;
  if (y >= SEA_LEVEL) return SEA;
  if (x > LAMP.x && Math.abs(y - LAMP.y) < (x - LAMP.x) / 5) return BEAM;
  if ((x - 20) ** 2 + (y - 22) ** 2 < 100) return MOON;
  return SKY;
}
