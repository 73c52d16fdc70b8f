// The Python that runs the programs of interop/python.

import { spawnSync } from "node:child_process";
import { withTool } from "./tools.ts";

const PROBE = ["-c", "import cryptography"];

/** A Python that has the package `cryptography`. */
export const PYTHON =
  ["python3", "/usr/bin/python3", "python"].find((name) => spawnSync(name, PROBE).status === 0) ?? "python3";

/** Defines tests that need it. */
export function withPython(title: string, define: () => void): void {
  withTool(PYTHON, PROBE, title, define);
}
