// Measures the course in a browser. What knows the page runs as a program of its own: see web/page/testing/page-figures.ts.

import { whyNoBrowser } from "./dht-page.ts";
import { lastLineOf } from "./last-line.ts";
import type { Row } from "./report.ts";
import { measureWebCaptures } from "./web-captures.ts";

export async function measureWeb(): Promise<Row[]> {
  return [...(await measurePage()), ...(await measureWebCaptures())];
}

async function measurePage(): Promise<Row[]> {
  const reason = whyNoBrowser();
  if (reason !== undefined) return [{ name: "everything about the course's page", notMeasured: reason }];
  const rows: Row[] = [];
  for (const figures of ["page-figures", "exercise-figures"])
    rows.push(...(JSON.parse(await lastLineOf(`web/page/testing/${figures}.ts`)) as Row[]));
  return rows;
}
