// Writes an end of a connection as text. Pure.

import type { Endpoint } from "../read/packet.ts";

/** The form of RFC 3986, with IPv6 addresses in brackets. */
export function endpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
