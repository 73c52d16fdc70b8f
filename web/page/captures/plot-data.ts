// Plots as numbers and as sentences. Pure.

import type uPlot from "uplot";
import type { ReadabilityPlot, SideName, Traffic } from "../../shared/captures.ts";
import { counted } from "../words.ts";
import { percentWords, readableWords, shown, sizeWords } from "./words.ts";

/** The middle of each bin, in seconds since the first packet of the capture; bytes of both directions, those of `b` below 0. */
export function trafficData({ start, bin, fromA, fromB }: Traffic): [number[], number[], number[]] {
  return [fromA.map((_, i) => start + (i + 0.5) * bin), fromA, fromB.map((bytes) => -bytes)];
}

/** The traffic in a sentence for each direction. */
export function trafficWords({ start, bin, fromA, fromB }: Traffic, names: Record<SideName, string>): string {
  const side = (name: string, bytes: number[]): string => {
    const sum = bytes.reduce((total, one) => total + one, 0);
    if (sum === 0) return `${shown(name)} sends nothing.`;
    const most = Math.max(...bytes);
    const when = start + bytes.indexOf(most) * bin;
    return `${shown(name)} sends ${sizeWords(sum)}, most of it at once ${when.toFixed(2)} s after the first packet: ${sizeWords(most)}.`;
  };
  return `${side(names.a, fromA)} ${side(names.b, fromB)}`;
}

/** A point of the plot, in words. @param index among the points */
export function pointWords(
  { lines, printable, entropy, sealed, length }: ReadabilityPlot,
  index: number,
): string {
  const isSealed = sealed[index] === true;
  const numbers = readableWords(isSealed, printable[index] ?? 0, entropy[index] ?? 0);
  return `Line ${lines[index]}, ${isSealed ? "sealed" : "readable"}, ${length[index]} bytes: ${numbers}`;
}

/**
 * What is drawn for each line: the share that is printable and the bits per byte, of readable lines, then of sealed ones. A
 * line is one of the two; in the lists of the other it is null.
 */
export function readabilityData({ lines, printable, entropy, sealed }: ReadabilityPlot): uPlot.AlignedData {
  const of = (numbers: readonly number[], isSealed: boolean): (number | null)[] =>
    numbers.map((number, i) => (sealed[i] === isSealed ? number : null));
  return [lines, of(printable, false), of(entropy, false), of(printable, true), of(entropy, true)];
}

/** Of sealed lines and of others: how many there are, and their numbers in the middle. */
export function readabilityWords({ printable, entropy, sealed }: ReadabilityPlot): string {
  const kind = (isSealed: boolean, words: string): string => {
    const indexes = sealed.flatMap((one, i) => (one === isSealed ? [i] : []));
    if (indexes.length === 0) return "";
    const of = (numbers: readonly number[]): number => mean(indexes.map((i) => numbers[i] ?? 0));
    const what = isSealed ? "the ciphertexts are " : "";
    return `${counted(indexes.length, `${words} line`)}: ${what}${percentWords(of(printable))} printable, ${of(entropy).toFixed(2)} bits per byte on average.`;
  };
  return [kind(false, "readable"), kind(true, "sealed")].filter((one) => one !== "").join(" ");
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
