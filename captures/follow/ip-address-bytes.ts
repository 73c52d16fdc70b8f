// Makes bytes of IP addresses in the text form of Node.js. Pure.

/** The address as it is in packets: an IPv4-mapped IPv6 address becomes IPv4, and a zone (`%eth0`) is removed. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, "").replace(/%.*$/, "");
}

/** The 16 bytes of an IPv6 address without a zone (RFC 4291, section 2.2). */
export function ipv6Bytes(address: string): Buffer {
  // The end of an IPv6 address may be written as an IPv4 address.
  const groups = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.map(Number);
    const group = (high = 0, low = 0): string => (high * 256 + low).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
  const [before = "", after] = groups.split("::");
  const left = before === "" ? [] : before.split(":");
  const right = after === undefined || after === "" ? [] : after.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  const all = after === undefined ? left : [...left, ...zeros, ...right];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
