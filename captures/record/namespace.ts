// Records in a network namespace of Linux: there everybody may capture, and there is no other traffic.

import { fileURLToPath } from "node:url";
import { ChildProgram } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { findWay, inOwnNetwork, WITH_PROCESSES } from "../../programs/own-network.ts";

const CAPTURE_PROGRAM = fileURLToPath(new URL("../capture.ts", import.meta.url));

/** Such namespaces do not exist here, or we may not make them. */
export class NoNamespace extends Error {
  /** A line for each way to make one. */
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join("; "));
    this.reasons = reasons;
  }
}

/**
 * Without a process namespace, for who makes further namespaces inside: those are named by process ids, which
 * /proc has to know. Each program there ends when the one ends that has started it, because its input does.
 */
const FOR_HOSTS = WITH_PROCESSES.filter((option) => option !== "--pid");

/** Tries to make such a namespace. @returns the options of unshare for it. @throws NoNamespace with the reasons if that fails */
export function probeNamespace(hasHosts = false): readonly string[] {
  const { options, reasons } = findWay(hasHosts ? FOR_HOSTS : WITH_PROCESSES);
  if (options === undefined) throw new NoNamespace(reasons.map((reason) => `a namespace: ${reason}`));
  return options;
}

/**
 * Runs the recording again in a namespace, with a capture tool.
 * @param out an absolute path
 * @param folder for temporary files, which the caller removes: a killed process cannot remove its own
 * @param hasHosts whether the recording makes hosts, each in a namespace of its own
 * @returns the lines that say what was recorded; what to do next, the caller says
 * @throws NoNamespace if that is not possible here
 */
export async function recordInNamespace(
  name: string,
  out: string,
  folder: string,
  hasHosts = false,
): Promise<readonly string[]> {
  const words = [...nodeCommand(CAPTURE_PROGRAM), name, out, "--method", "tool"];
  const command = inOwnNetwork(probeNamespace(hasHosts), words);
  const inner = new ChildProgram("unshare", command, { environment: { TMPDIR: folder } });
  const { code } = await inner.ended;
  if (code === 0) return inner.lines.filter((line) => /^(?:recorded|beside it:) /.test(line));
  const reason = inner.errorLines.findLast((line) => line !== "") ?? `exit code ${code}`;
  throw new NoNamespace([`a namespace: ${reason.replace(/^error: /, "")}`]);
}
