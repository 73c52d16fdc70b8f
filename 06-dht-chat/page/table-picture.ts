// Where nodes of the simulated table stand in its picture: on a ring, by how their ids begin. Pure.

import type { Bytes } from "../bytes.ts";

/** The picture is a square of so many units; the middle is (0, 0). */
export const SIDE = 400;
/** Nodes stand between these distances from the middle. */
const INNER = 122;
const OUTER = 168;
/** Beginnings of ids are arcs at this distance. */
export const ARC_RADIUS = 176;
/** Marks of the key stand at this distance. */
export const MARK_RADIUS = 188;
/** The word for it stands inside of the ring, where nothing cuts it off. */
export const WORD_RADIUS = 104;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The first four bytes of an id as a part of the whole circle: 0 to less than 1. */
export function turnOf(id: Bytes): number {
  return new DataView(id.buffer, id.byteOffset, 4).getUint32(0) / 2 ** 32;
}

/** The point at a part of the circle, clockwise from the top. */
export function pointAt(turn: number, radius: number): Place {
  const angle = 2 * Math.PI * turn;
  return { x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
}

/** The place of a node. How far from the middle it stands means nothing: it only keeps 5,000 of them apart. */
export function placeOf(id: Bytes): Place {
  const spread = ((((id[4] ?? 0) << 8) | (id[5] ?? 0)) / 0xffff) * (OUTER - INNER);
  return pointAt(turnOf(id), INNER + spread);
}

/** The arc of all ids that share the first bits with this one, from its start to its end, as parts of the circle. */
export function arcOf(id: Bytes, bits: number): { start: number; end: number } {
  const length = 2 ** -bits;
  const start = Math.floor(turnOf(id) / length) * length;
  return { start, end: start + length };
}

/** The arc of bucket b of a node: ids that share b bits with it, and differ in the next one. */
export function bucketArc(own: Bytes, bucket: number): { start: number; end: number } {
  const { start, end } = arcOf(own, bucket);
  const middle = (start + end) / 2;
  return turnOf(own) < middle ? { start: middle, end } : { start, end: middle };
}

/** The arc as the text of an SVG path. One that would be too short to be seen is drawn half a degree long. */
export function arcPath({ start, end }: { start: number; end: number }, radius: number): string {
  if (end - start >= 1)
    return `${arcPath({ start: 0, end: 0.5 }, radius)} ${arcPath({ start: 0.5, end: 1 - 1e-9 }, radius)}`;
  const middle = (start + end) / 2;
  const half = Math.max((end - start) / 2, 0.5 / 720);
  const [from, to] = [pointAt(middle - half, radius), pointAt(middle + half, radius)];
  return `M${text(from)} A${radius} ${radius} 0 ${half > 0.25 ? 1 : 0} 1 ${text(to)}`;
}

/** Dots at places, as one path: thousands of elements would make the picture slow. Its lines need round ends. */
export function dotsPath(places: readonly Place[]): string {
  return places.map((place) => `M${text(place)}h0`).join("");
}

/** A line between two places. */
export function linePath(from: Place, to: Place): string {
  return `M${text(from)} L${text(to)}`;
}

/** A cross, for who does not answer: it must not be told from others by its colour alone. */
export function crossPath({ x, y }: Place, size: number): string {
  return `${linePath({ x: x - size, y: y - size }, { x: x + size, y: y + size })} ${linePath({ x: x - size, y: y + size }, { x: x + size, y: y - size })}`;
}

/** The first bits of an id, as text of 0 and 1. */
export function bitsOf(id: Bytes, count: number): string {
  return [...id.subarray(0, Math.ceil(count / 8))]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("")
    .slice(0, count);
}

function text({ x, y }: Place): string {
  return `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
}
