// Recognises the format of a file by its first bytes, and guesses what a file is that is no capture. Pure.

export type Format =
  | { kind: "pcap"; bigEndian: boolean }
  | { kind: "nanosecond-pcap"; bigEndian: boolean }
  | { kind: "pcapng" }
  | { kind: "gzip" }
  | { kind: "unknown"; problem: string };

/** How many bytes at the beginning of a file are enough to recognise it. */
export const ENOUGH_TO_TELL = 64;

/** The first two bytes of what gzip has packed (RFC 1952). */
const GZIP = "1f8b";

/** The first four bytes of captures, in hexadecimal. */
const CAPTURES: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["d4c3b2a1", { kind: "pcap", bigEndian: false }],
  ["a1b2c3d4", { kind: "pcap", bigEndian: true }],
  ["4d3cb2a1", { kind: "nanosecond-pcap", bigEndian: false }],
  ["a1b23c4d", { kind: "nanosecond-pcap", bigEndian: true }],
  ["0a0d0d0a", { kind: "pcapng" }],
]);

const UNPACK = "unpack it first";
const CONVERT = "convert it with `editcap -F pcap`, which comes with Wireshark";

/** Files that a user may mistake for a capture: how they begin, what they are, and what to do. */
const OTHERS: readonly (readonly [beginning: string, what: string, advice: string])[] = [
  ["28b52ffd", "packed with zstd", `${UNPACK} with unzstd`],
  ["04224d18", "packed with lz4", `${UNPACK} with unlz4`],
  ["fd377a585a00", "packed with xz", `${UNPACK} with unxz`],
  ["425a68", "packed with bzip2", `${UNPACK} with bunzip2`],
  ["504b0304", "a ZIP archive", UNPACK],
  ["34cdb2a1", "pcap in a variant that only old Linux systems wrote", CONVERT],
  ["a1b2cd34", "pcap in a variant that only old Linux systems wrote", CONVERT],
  ["736e6f6f70000000", "a capture of Sun's snoop", CONVERT],
  ["474d4255", "a capture of Microsoft's Network Monitor", CONVERT],
  ["52545353", "a capture of Microsoft's Network Monitor", CONVERT],
];

/** @param beginning the first ENOUGH_TO_TELL bytes of the file, or the whole file if it is shorter */
export function recogniseFormat(beginning: Buffer): Format {
  const format = CAPTURES.get(beginning.toString("hex", 0, 4));
  if (format !== undefined) return format;
  const wanted = "this is no capture: pcap or pcapng was expected";
  if (beginning.length === 0) {
    return unknown(
      "the file is empty: if something captures into it, stop that program, so that it writes all",
    );
  }
  const hex = beginning.toString("hex");
  if (hex.startsWith(GZIP)) return { kind: "gzip" };
  for (const [start, what, advice] of OTHERS) {
    if (hex.startsWith(start)) return unknown(`${wanted}, and it seems to be ${what} (${advice}),`);
  }
  if (isText(beginning)) {
    return unknown(
      `${wanted}, and it seems to be text (let tcpdump write with -w FILE, dumpcap with -w FILE),`,
    );
  }
  return unknown(`${wanted}, and it begins with the bytes ${beginning.toString("hex", 0, 4)},`);
}

function unknown(problem: string): Format {
  return { kind: "unknown", problem };
}

/** Whether all bytes are printable ASCII, or the blanks and line ends of text. */
function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte));
}
