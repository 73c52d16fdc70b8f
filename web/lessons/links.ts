// Where the links of a lesson lead in the page: to other lessons, to files of the course, to recordings, or out of it. Pure.

import { posix } from "node:path";

/** What a link leads to. */
export type Target =
  /** A place of the page, such as #/lessons/03-4/look. */
  | { kind: "inside"; href: string }
  | { kind: "outside"; href: string }
  /** Something that the page cannot show: then there is no link. */
  | { kind: "nowhere"; name: string };

/** What links may lead to. */
export interface Linkable {
  /** The name of a page, such as 03-4, by its file; undefined if the file is none. */
  nameOf(file: string): string | undefined;
  /** Whether the page can show this file of the course. */
  isShown(file: string): boolean;
}

/**
 * @param href as it stands in the page
 * @param file of the page, relative to the course's folder
 * @param page the page's place, such as lessons/03-4: anchors of its own are behind it
 * @param text the words of the link: a clause of the protocol has an anchor of its own
 */
export function targetOf(
  href: string,
  { file, place, text }: { file: string; place: readonly string[]; text: string },
  { nameOf, isShown }: Linkable,
): Target {
  if (/^https?:\/\//i.test(href)) return { kind: "outside", href };
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith("//")) return { kind: "nowhere", name: href };
  const [path = "", given = ""] = href.split("#");
  const clause = /^(P[0-9]{1,2}\.[0-9]{1,2})\b/.exec(text)?.[1];
  if (path === "") return { kind: "inside", href: addressOf(...place, given) };
  const target = posix.normalize(posix.join(posix.dirname(file), decoded(path)));
  const page = nameOf(target);
  if (page !== undefined)
    return {
      kind: "inside",
      href: addressOf("lessons", page, page === "protocol" ? (clause ?? given) : given),
    };
  const recording = /^captures\/([\w-]+)\.pcap$/.exec(target)?.[1];
  if (recording !== undefined) return { kind: "inside", href: addressOf("captures", recording) };
  if (isShown(target)) return { kind: "inside", href: addressOf("lessons", "file", target, given) };
  return { kind: "nowhere", name: target };
}

/**
 * The recording that a piece of code names, and where the page shows what the code does: `captures/01-nagle.pcap`, or
 * `npm run show -- captures/01-nagle.pcap --stream 0`. Undefined for other code.
 */
export function recordingIn(code: string): { recording: string; href: string } | undefined {
  const [, shown, recording, options = ""] =
    /^(npm run show -- )?captures\/([\w-]+)\.pcap((?: .+)?)$/.exec(code) ?? [];
  if (recording === undefined || (shown === undefined && options !== "")) return undefined;
  const [, kind, number = ""] = / --(stream|packet) ([0-9]+)/.exec(options) ?? [];
  const list = / --packets( |$)/.test(options) ? "packets" : "";
  return { recording, href: addressOf("captures", recording, kind ?? list, number) };
}

/** An address of the page. Its last part may be empty. */
function addressOf(...parts: readonly string[]): string {
  return `#/${parts
    .filter((part) => part !== "")
    .map(encodeURIComponent)
    .join("/")}`;
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
