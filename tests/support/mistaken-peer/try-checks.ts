// Tries the checks of stage 05: each must pass a peer without mistakes, and fail with each of its own. It runs in a
// network namespace of its own, because group and port of the beacons are fixed: `unshare -n` starts it.
// Usage: try-checks.ts [CHECK…]. It prints one line of JSON for each try.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeBundles } from "../../../checks/engine/bundles.ts";
import { inOneLine } from "../../../checks/engine/format-failure.ts";
import { makeFolder, removeFolder } from "../../../checks/engine/own-folder.ts";
import { referencePlace } from "../../../checks/engine/place.ts";
import { runChecks } from "../../../checks/engine/run-checks.ts";
import { findChecks } from "../../../checks/index.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";
import { CAUGHT_BY } from "./caught-by.ts";

const PEER = fileURLToPath(new URL("peer.ts", import.meta.url));
/** How long each step waits, in milliseconds. */
const TIMEOUT = 4000;
/** How many tries run side by side. Most of their time is waiting. */
const JOBS = 4;

/** A try as one line of JSON. */
export interface Try {
  check: string;
  /** Empty: the peer makes none. */
  mistake: string;
  verdict: string;
  /** What was found, in one line. */
  found: string;
}

async function tryOne(bundle: string, id: string, mistake: string): Promise<Try> {
  const [check] = findChecks("05", id);
  if (check === undefined) return { check: id, mistake, verdict: "unknown", found: "there is no such check" };
  const words = mistake === "" ? "" : ` --mistake ${mistake}`;
  const place = { ...referencePlace("05"), peer: `"${process.execPath}" "${bundle}"${words}` };
  const [result] = await runChecks([check], { ...place, workingFolder: COURSE_FOLDER }, { timeout: TIMEOUT });
  const found = result === undefined || result.verdict === "passed" ? "" : inOneLine(result);
  const step = result?.failure?.step ?? "";
  return { check: id, mistake, verdict: result?.verdict ?? "none", found: `${step}: ${found}` };
}

const folder = makeFolder(join(COURSE_FOLDER, "work"), ".mistaken-peer-");
process.on("exit", () => removeFolder(folder));
await writeBundles(new Map([["peer", PEER]]), folder);
const bundle = join(folder, "peer.js");
const wanted = process.argv.slice(2);
const tries = Object.entries(CAUGHT_BY)
  .filter(([id]) => wanted.length === 0 || wanted.some((one) => id.startsWith(one)))
  .flatMap(([id, mistakes]) => ["", ...mistakes].map((mistake) => ({ id, mistake })));
// What waits longest begins first.
tries.sort((one, other) => waitsOf(other.id) - waitsOf(one.id));
const work = async (): Promise<void> => {
  for (let next = tries.shift(); next !== undefined; next = tries.shift())
    console.log(JSON.stringify(await tryOne(bundle, next.id, next.mistake)));
};
await Promise.all(Array.from({ length: JOBS }, work));

function waitsOf(id: string): number {
  return findChecks("05", id)[0]?.waits ?? 0;
}
