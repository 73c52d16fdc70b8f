// Reads what a pcapng file says about an interface: its link type, how much of a packet it keeps, and the unit of its
// timestamps (draft-ietf-opsawg-pcapng, section 4.2).

import { uint16, uint32 } from "./byte-order.ts";
import { CaptureError } from "./packet.ts";

export interface PcapngInterface {
  linkType: number;
  /** How many bytes of a packet are captured at most; 0 means no limit. */
  snapLength: number;
  /** Timestamps times `multiplier` divided by `divisor` are nanoseconds. In nearly all files, the divisor is 1. */
  multiplier: bigint;
  divisor: bigint;
  /** This is added to each time, in nanoseconds. */
  offset: bigint;
}

const END_OF_OPTIONS = 0;
const TIMESTAMP_RESOLUTION = 9;
const TIMESTAMP_OFFSET = 14;

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MICROSECOND = 1000n;

/** The first and the last time that fit into 64 bits with a sign: in the years 1677 and 2262. */
const FIRST_TIME = -(2n ** 63n);
const LAST_TIME = 2n ** 63n - 1n;

/**
 * Reads the body of an interface description block.
 * @param body at least 8 bytes, without the block's type and lengths
 * @param position the position of the body in the file, for errors
 * @throws CaptureError if an option is longer than the block
 */
export function parseInterface(body: Buffer, bigEndian: boolean, position: number): PcapngInterface {
  const described: PcapngInterface = {
    linkType: uint16(body, 0, bigEndian),
    snapLength: uint32(body, 4, bigEndian),
    multiplier: NANOSECONDS_PER_MICROSECOND,
    divisor: 1n,
    offset: 0n,
  };
  for (const { code, value } of options(body, 8, bigEndian, position)) {
    if (code === TIMESTAMP_RESOLUTION && value.length === 1) setResolution(described, value.readUInt8(0));
    if (code === TIMESTAMP_OFFSET && value.length === 8) {
      described.offset = signed64(value, bigEndian) * NANOSECONDS_PER_SECOND;
    }
  }
  return described;
}

/**
 * The time of a timestamp, in nanoseconds since 1970-01-01, UTC. Smaller units are rounded down. A time that does not fit
 * into 64 bits cannot be right; the nearest one that fits is taken.
 * @param upper the upper 32 bits of the timestamp, and @param lower the lower ones
 */
export function timeOf(
  { multiplier, divisor, offset }: PcapngInterface,
  upper: number,
  lower: number,
): bigint {
  const scaled = ((BigInt(upper) << 32n) | BigInt(lower)) * multiplier;
  const time = (divisor === 1n ? scaled : scaled / divisor) + offset;
  if (time < FIRST_TIME) return FIRST_TIME;
  return time > LAST_TIME ? LAST_TIME : time;
}

/** The options from `start` on (section 3.5: code, length, value, padded to 32 bits). */
function* options(
  body: Buffer,
  start: number,
  bigEndian: boolean,
  position: number,
): Generator<{ code: number; value: Buffer }> {
  let place = start;
  while (place + 4 <= body.length) {
    const code = uint16(body, place, bigEndian);
    const length = uint16(body, place + 2, bigEndian);
    if (code === END_OF_OPTIONS) return;
    const value = body.subarray(place + 4, place + 4 + length);
    if (value.length < length) {
      throw new CaptureError(
        `option ${code} of an interface is longer (${length} bytes) than its block,`,
        position + place,
      );
    }
    yield { code, value };
    place += 4 + length + (-length & 3);
  }
}

/** Reads if_tsresol: the upper bit chooses between powers of 2 and of 10; the other bits are the negative exponent. */
function setResolution(described: PcapngInterface, resolution: number): void {
  const exponent = BigInt(resolution & 0x7f);
  const unitsPerSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  const isExact = NANOSECONDS_PER_SECOND % unitsPerSecond === 0n;
  described.multiplier = isExact ? NANOSECONDS_PER_SECOND / unitsPerSecond : NANOSECONDS_PER_SECOND;
  described.divisor = isExact ? 1n : unitsPerSecond;
}

function signed64(bytes: Buffer, bigEndian: boolean): bigint {
  return bigEndian ? bytes.readBigInt64BE(0) : bytes.readBigInt64LE(0);
}
