// Measures stage 06's page in a real Chromium. What knows the page runs as a program of its own: see
// 06-dht-chat/testing/page-figures.ts.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { lastLineOf } from "./last-line.ts";
import type { Row } from "./report.ts";

export async function measureDhtPage(): Promise<Row[]> {
  const reason = whyNoBrowser();
  if (reason !== undefined) return [{ name: "everything about stage 06's page", notMeasured: reason }];
  return JSON.parse(await lastLineOf("06-dht-chat/testing/page-figures.ts")) as Row[];
}

/** Why no real Chromium can be driven on this machine; undefined if it can. */
export function whyNoBrowser(): string | undefined {
  if (!existsSync(join(COURSE_FOLDER, "06-dht-chat/node_modules/playwright-core")))
    return "npm ci --prefix 06-dht-chat first";
  const program = process.env.CHROMIUM ?? "chromium";
  const isThere = spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
  return isThere
    ? undefined
    : `${program} is not installed; CHROMIUM in the environment can name another one`;
}
