// What looking for an IP packet in a captured packet gives: types that all files about link layers share.

/** Where an IP packet begins, and its version as what stands before it says. */
export interface IpStart {
  version: 4 | 6;
  /** The position in the captured packet, in bytes. */
  start: number;
}

/**
 * An IP packet; or a text that names what stands in its place, if we cannot read that and it may hold TCP or UDP; or
 * undefined, if it surely holds neither.
 */
export type Found = IpStart | string | undefined;

/** The names for what is too short for its own header, or says impossible things of itself. */
export const CUT_SHORT = "cut short";
export const BROKEN_IP = "IP with a broken or cut header";
export const BROKEN_TCP = "TCP with a broken or cut header";
export const BROKEN_UDP = "UDP with a broken or cut header";

/** The version is in the upper half of IP's first byte. @param otherwise what it is if it is no IP */
export function ofFirstByte(data: Buffer, start: number, otherwise: string): Found {
  if (start >= data.length) return CUT_SHORT;
  const version = data.readUInt8(start) >> 4;
  return version === 4 || version === 6 ? { version, start } : otherwise;
}

/** A number as the lists of EtherTypes and of PPP's protocols have it: `0x86dd`. @param digits how many at least */
export function hexadecimal(number: number, digits = 4): string {
  return `0x${number.toString(16).padStart(digits, "0")}`;
}
