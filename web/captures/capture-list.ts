// The captures that a page may open: the course's recordings, one's own in work/, and files that were dropped in. A page
// names them by their ids, so it sees what stands here and nothing else.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { TEAM } from "../../captures/record/lan-conversation.ts";
import type { CaptureItem } from "../shared/captures.ts";

/** What of work/ is listed: the newest ones. */
const MOST_OWN = 100;

const CAPTURE_NAME = /^(.+?)\.(?:pcap|pcapng|cap)(?:\.gz)?$/;

/** What captures of our programs hold that nobody names else. */
const OWN_TITLES: Readonly<Record<string, string>> = {
  "last-run.pcap": "what was said in the check that ran last",
};

/** The keys that lie beside a capture, with its name and another ending. */
export type KeysBeside = { kind: "log"; path: string } | { kind: "passphrase"; path: string; team: string };

/** A capture of the list, and where it is. */
export interface ListedCapture {
  item: CaptureItem;
  path: string;
  keys: KeysBeside | undefined;
}

export interface CaptureFolders {
  /** The course's recordings, with the README.md that says what is in them. */
  recordings: string;
  own: string;
}

/** The captures in folders: recordings by name, then one's own, the newest first. */
export function capturesIn({ recordings, own }: CaptureFolders): ListedCapture[] {
  const titles = titlesIn(recordings);
  const ofCourse = listed(recordings, "course").map((one): ListedCapture => {
    const { name } = one.item;
    return { ...one, item: { ...one.item, title: titles.get(name) ?? "", stage: stageOf(name) } };
  });
  const ofUser = listed(own, "own").map((one): ListedCapture => {
    return { ...one, item: { ...one.item, title: OWN_TITLES[one.item.name] ?? "" } };
  });
  ofUser.sort((left, right) => right.item.time - left.item.time);
  return [...ofCourse, ...ofUser.slice(0, MOST_OWN)];
}

function listed(folder: string, kind: "course" | "own"): ListedCapture[] {
  return namesIn(folder).flatMap((name) => {
    const base = CAPTURE_NAME.exec(name)?.[1];
    const path = join(folder, name);
    const status = base === undefined ? undefined : statusOf(path);
    if (base === undefined || status === undefined || !status.isFile()) return [];
    const keys = keysBeside(join(folder, base));
    const item: CaptureItem = {
      id: kind === "course" ? base : `own-${idOf(name)}`,
      kind,
      name,
      title: "",
      bytes: status.size,
      time: Math.round(status.mtimeMs),
      keys: keys?.kind ?? null,
      stage: null,
    };
    return [{ item, path, keys }];
  });
}

/** Undefined for what is not there or cannot be reached, such as a link that leads to itself: the others are listed. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // It is made when something is put into it.
  }
}

/** The name, if it can stand in an address; else what stands for it. */
function idOf(name: string): string {
  return /^[\w.-]{1,100}$/.test(name) ? name : createHash("sha256").update(name).digest("hex").slice(0, 16);
}

function stageOf(name: string): string | null {
  return /^0[1-6]/.exec(name)?.[0] ?? null;
}

function keysBeside(base: string): KeysBeside | undefined {
  const [keyLog, passphrase] = [`${base}.keys`, `${base}.passphrase`];
  if (statusOf(keyLog)?.isFile()) return { kind: "log", path: keyLog };
  return statusOf(passphrase)?.isFile() ? { kind: "passphrase", path: passphrase, team: TEAM } : undefined;
}

/** What README.md says of each file, in its table: `| \`01-calculator.pcap\` | three clients … |`. */
function titlesIn(folder: string): ReadonlyMap<string, string> {
  const path = join(folder, "README.md");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return new Map(
    [...text.matchAll(/^\| `([^`|]+\.pcap)` \| ([^|]+) \|$/gm)].map(([, name = "", title = ""]) => [
      name,
      title.replaceAll("`", ""),
    ]),
  );
}
