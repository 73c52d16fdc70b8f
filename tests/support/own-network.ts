// Runs programs in a network of their own, with a loopback interface and nobody else. Stage 05 needs one: the group and
// the port of its beacons are fixed, and all programs on a machine share them.

import { spawn } from "node:child_process";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { withTool } from "./tools.ts";

/** All processes inside end together with unshare, and /proc shows these processes alone. */
const NAMESPACE = ["--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
const LOOPBACK = "{ ip link set lo up || ifconfig lo up; }";

/** Defines tests that need such a network. Only Linux has them. */
export function withOwnNetwork(title: string, define: () => void): void {
  withTool("unshare", [...NAMESPACE, "--", "sh", "-c", LOOPBACK], title, define);
}

/**
 * Runs a program in such a network until it ends.
 * @param words the command, followed by its arguments
 * @returns what it has printed on standard output
 * @throws Error with what it has printed on standard error if it has printed nothing else
 */
export function runInOwnNetwork(words: readonly string[]): Promise<string> {
  const argv = [...NAMESPACE, "--", "sh", "-c", `${LOOPBACK} && exec "$@"`, "sh", ...words];
  const child = spawn("unshare", argv, { cwd: COURSE_FOLDER, stdio: ["ignore", "pipe", "pipe"] });
  const end = (): boolean => child.kill("SIGKILL");
  process.once("exit", end);
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      process.off("exit", end);
      if (output === "") reject(new Error(errors.trim() || "it has printed nothing"));
      else resolve(output);
    });
  });
}
