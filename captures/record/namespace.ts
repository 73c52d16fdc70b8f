// Records in a user and network namespace of Linux: there everybody may capture, and there is no other traffic.

import { fileURLToPath } from "node:url";
import { ChildProgram } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";

const CAPTURE_PROGRAM = fileURLToPath(new URL("../capture.ts", import.meta.url));

/** Such namespaces do not exist here, or we may not make them. */
export class NoNamespace extends Error {
  readonly reasons: readonly string[];

  constructor(reason: string) {
    super(reason);
    this.reasons = [reason];
  }
}

/** Thanks to the process namespace, all processes inside end together with unshare. */
const NAMESPACE = ["--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child"];

/**
 * The same without a process namespace, for who makes further namespaces inside: those are named by process ids, which
 * /proc has to know. Each program there ends when the one ends that has started it, because its input does.
 */
const NAMESPACE_OF_HOSTS = NAMESPACE.filter((option) => option !== "--pid");

/** Starts the loopback interface, which is down in a new namespace, and then runs the program in the arguments. */
const WITH_LOOPBACK = `{ ip link set lo up || ifconfig lo up; } && exec "$@"`;

/** Tries to make such a namespace. @throws NoNamespace with the reason if that fails */
export async function probeNamespace(): Promise<void> {
  if (process.platform !== "linux") throw new NoNamespace("a namespace: only Linux has them");
  const probe = inNamespace(["true"]);
  const { code } = await probe.exit();
  if (code === 0) return;
  const reason = probe.errorLines.at(-1) ?? `exit code ${code}`;
  throw new NoNamespace(`a namespace: unshare: ${reason.replace(/^unshare: /, "")}`);
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
  await probeNamespace();
  const words = [...nodeCommand(CAPTURE_PROGRAM), name, out, "--method", "tool"];
  const inner = inNamespace(words, { TMPDIR: folder }, hasHosts ? NAMESPACE_OF_HOSTS : NAMESPACE);
  const { code } = await inner.ended;
  if (code === 0) return inner.lines.filter((line) => /^(?:recorded|beside it:) /.test(line));
  const reason = inner.errorLines.findLast((line) => line !== "") ?? `exit code ${code}`;
  throw new NoNamespace(`a namespace: ${reason.replace(/^error: /, "")}`);
}

function inNamespace(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  options: readonly string[] = NAMESPACE,
): ChildProgram {
  const all = ["unshare", ...options, "--", "sh", "-c", WITH_LOOPBACK, "sh", ...words];
  return new ChildProgram("unshare", all, { environment });
}
