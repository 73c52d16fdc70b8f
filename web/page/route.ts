// Where in the course the page is: what stands behind the `#` of its address, such as #/lessons/01-1. Pure.

/** The places of the course, in the order of the menu. */
export const PLACES = ["wire", "captures", "lessons", "figures"] as const;
export type PlaceName = (typeof PLACES)[number];

export interface Route {
  place: PlaceName;
  /** What follows the place's name, decoded: the parts between slashes. */
  parts: readonly string[];
}

const BEGINNING: Route = { place: "wire", parts: [] };

/** @param fragment with or without its `#`; anything else than a place leads to the beginning */
export function readRoute(fragment: string): Route {
  const [first, ...parts] = fragment
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((part) => part !== "");
  const place = PLACES.find((one) => one === first);
  if (place === undefined) return BEGINNING;
  try {
    return { place, parts: parts.map(decodeURIComponent) };
  } catch {
    return { place, parts: [] };
  }
}

/** The address of a route, to be used as a link. */
export function linkTo(place: PlaceName, ...parts: readonly string[]): string {
  return `#/${[place, ...parts.map(encodeURIComponent)].join("/")}`;
}

/** What the address that npm run web prints holds: the token, and where to begin. */
export function readArrival(fragment: string): { token: string; at: string } | undefined {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const token = given.get("token");
  if (!isToken(token)) return undefined;
  return { token, at: given.get("at") ?? "" };
}

/** Whether it looks like a token. Whether it is the right one, the server knows. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{20,100}$/.test(value);
}
