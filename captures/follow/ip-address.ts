// Makes text of IP addresses. Pure.

/** @param start the position of the address's 4 bytes */
export function formatIpv4(bytes: Buffer, start: number): string {
  return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`;
}

/**
 * Formats an address as RFC 5952 says: small letters, no leading zeros, and `::` for the longest run of at least two
 * zero groups (the first of equal runs). IPv4-mapped addresses end with an IPv4 address (section 5).
 * @param start the position of the address's 16 bytes
 */
export function formatIpv6(bytes: Buffer, start: number): string {
  const groups: string[] = [];
  for (let group = 0; group < 8; group += 1) groups.push(bytes.readUInt16BE(start + 2 * group).toString(16));
  if (groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return `::ffff:${formatIpv4(bytes, start + 12)}`;
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return groups.join(":");
  const before = groups.slice(0, zeros.start).join(":");
  const after = groups.slice(zeros.start + zeros.length).join(":");
  return `${before}::${after}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== "0") start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  });
  return longest;
}

/** How many addresses are remembered at most, so that a hostile capture cannot fill the memory. */
const MOST_ADDRESSES = 4096;

/** Remembers the text of addresses. A capture has few addresses, but each packet has two of them. */
export class AddressBook {
  readonly #ipv4 = new Map<number, string>();
  readonly #ipv6 = new Map<string, string>();

  ipv4(bytes: Buffer, start: number): string {
    return remembered(this.#ipv4, bytes.readUInt32BE(start), () => formatIpv4(bytes, start));
  }

  ipv6(bytes: Buffer, start: number): string {
    return remembered(this.#ipv6, bytes.toString("latin1", start, start + 16), () =>
      formatIpv6(bytes, start),
    );
  }
}

function remembered<Key>(texts: Map<Key, string>, key: Key, format: () => string): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  if (texts.size >= MOST_ADDRESSES) texts.clear();
  const text = format();
  texts.set(key, text);
  return text;
}
