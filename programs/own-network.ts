// Networks of our own inside of this machine: network namespaces of Linux. They are cut off from everything else, so that
// every port is free there, and what is sent to everybody stays inside.

import { spawnSync } from "node:child_process";

/** The options of unshare that root needs, also who is root only inside of a user namespace. */
export const FOR_ROOT = ["--net"] as const;

/** The ways, as options of unshare: everybody may be root in a user namespace, unless the system forbids it. */
const WAYS = [["--user", "--map-root-user", ...FOR_ROOT], FOR_ROOT] as const;

/** The loopback interface of a new network is down. Not every system has both programs. */
const LOOPBACK_UP = "{ ip link set lo up || ifconfig lo up; }";

/** Further options of unshare: all processes inside end together with unshare. */
export const WITH_PROCESSES = ["--pid", "--fork", "--kill-child"] as const;

/** A command that holds a network: it says `ready`, and lasts until its input ends. */
export const HOLDER = ["sh", "-c", "echo ready && exec cat"] as const;

/** How networks can be made here. */
export interface Way {
  /** Options of unshare; undefined if no way works. */
  options: readonly string[] | undefined;
  /** Why not, for each way that was tried before. */
  reasons: readonly string[];
}

/** What was found, by what was asked for. */
const found = new Map<string, Way>();

/**
 * Finds the first way that works here, by trying each of them once.
 * @param further options of unshare, for what else is to be one's own
 * @param needed a command of a shell that has to succeed inside, because it will be needed
 */
export function findWay(further: readonly string[] = [], needed = "true"): Way {
  const asked = [...further, needed].join(" ");
  const way = found.get(asked) ?? tryWays(further, needed);
  found.set(asked, way);
  return way;
}

function tryWays(further: readonly string[], needed: string): Way {
  const reasons: string[] = [];
  if (process.platform !== "linux")
    return { options: undefined, reasons: ["only Linux has network namespaces"] };
  for (const way of WAYS) {
    const options = [...way, ...further];
    const [command = "", ...words] = inOwnNetwork(options, ["sh", "-c", needed]);
    const { status, stderr, error } = spawnSync(command, words, { encoding: "utf8" });
    if (status === 0) return { options, reasons };
    reasons.push(`unshare ${way.join(" ")}: ${reasonOf(stderr ?? "", error)}`);
  }
  return { options: undefined, reasons };
}

function reasonOf(errors: string, error: NodeJS.ErrnoException | undefined): string {
  if (error !== undefined) return error.code === "ENOENT" ? "not installed" : error.message;
  return (errors.trim().split("\n").at(-1) || "not allowed here").replace(/^unshare: /, "");
}

/**
 * The words of the command that runs another one in a new network, which ends with it. The process id is the same,
 * unless the options have it fork.
 * @param options those of findWay
 * @param before commands of a shell that come first. The words are their arguments, and they may `shift` some away.
 */
export function inOwnNetwork(
  options: readonly string[],
  words: readonly string[],
  before = "true",
): string[] {
  return [
    "unshare",
    ...options,
    "--",
    "sh",
    "-c",
    `${LOOPBACK_UP} && ${before} && exec "$@"`,
    "sh",
    ...words,
  ];
}
