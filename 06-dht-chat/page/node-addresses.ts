// What the page asks the node that served it: addresses of nodes to join the network by (P10.5).

import { parseObject } from "../json.ts";

/** Where the node tells them. */
const PATH = "/node.json";

// Limits of what is taken from the answer.
const MOST_BYTES = 65_536;
const MOST_NODES = 64;
const LONGEST_ADDRESS = 512;

/** As much of `fetch` as is needed here. */
export type Fetch = (
  path: string,
  options: { cache: "no-store" },
) => Promise<{ ok: boolean; text(): Promise<string> }>;

/**
 * Asks for the addresses of the own node, and of others that it knows.
 * @throws Error if the node does not answer, or answers something else
 */
export async function askNode(fetch: Fetch): Promise<string[]> {
  const response = await fetch(PATH, { cache: "no-store" });
  const text = response.ok ? await response.text() : "";
  const addresses = readNodes(text);
  if (addresses.length === 0) throw new Error("the node has said no address");
  return addresses;
}

/** Reads `{"addresses":[…],"others":[…]}`: the own node's addresses first, each once, and no more than can be used. Pure. */
export function readNodes(text: string): string[] {
  if (text.length > MOST_BYTES) return [];
  const { addresses, others } = parseObject(text) ?? {};
  const all = [addresses, others].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [...new Set(all.filter(isAddress))].slice(0, MOST_NODES);
}

function isAddress(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("/") && value.length <= LONGEST_ADDRESS;
}
