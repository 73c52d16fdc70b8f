// Finds the Python that runs the programs of interop/python, and makes their commands.

import { spawnSync } from "node:child_process";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type Place, referencePlace } from "../../checks/engine/place.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { withTool } from "./tools.ts";

const PROBE = ["-c", "import cryptography"];

/** A Python with the package `cryptography`. */
export const PYTHON =
  ["python3", "/usr/bin/python3", "python"].find((name) => spawnSync(name, PROBE).status === 0) ?? "python3";

/** Defines tests that need this Python. */
export function withPython(title: string, define: () => void): void {
  withTool(PYTHON, PROBE, title, define);
}

/** The second implementation of a stage. */
export function pythonPlace(stage: StageNumber): Place {
  const chat = stage !== "01";
  const of = (program: string): string =>
    `${PYTHON} -B interop/python/${program}.py${chat ? ` --stage ${stage}` : ""}`;
  return {
    ...referencePlace(stage),
    server: of(chat ? "registry" : "calculator_server"),
    client: of(chat ? "chat_client" : "calculator_client"),
    workingFolder: COURSE_FOLDER,
  };
}
