// Measures stage 05: finding each other, handshakes, messages, files, many peers, and floods. Beacons go to everybody in
// the network, so all of it happens in a network of its own (lan-figures.ts runs there), and is left out where none can
// be made.

import { ChildProgram } from "../programs/child-program.ts";
import { nodeCommand } from "../programs/node-command.ts";
import type { Row } from "./report.ts";

/** A network namespace with nothing but loopback. Everybody may make one in a user namespace, unless the system forbids it. */
const WAYS = [["--user", "--map-root-user", "--net"], ["--net"]] as const;

/** Loopback is down in a new namespace. */
const WITH_LOOPBACK = `{ ip link set lo up || ifconfig lo up; } && exec "$@"`;

export async function measureLan(): Promise<Row[]> {
  const name = "everything about stage 05";
  if (process.platform !== "linux") return [{ name, notMeasured: "only Linux has network namespaces" }];
  const way = await possibleWay();
  if (Array.isArray(way)) return [{ name, notMeasured: way.join("; ") }];
  const program = inNamespace(way.words, nodeCommand("bench/lan-figures.ts"), (text) =>
    process.stderr.write(text),
  );
  const { code } = await program.ended;
  const last = program.lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`bench/lan-figures.ts ended with exit code ${code}`);
  return JSON.parse(last) as Row[];
}

/** The first way to make a namespace that works here; if none does, why. */
async function possibleWay(): Promise<{ words: readonly string[] } | string[]> {
  const reasons: string[] = [];
  for (const words of WAYS) {
    const { code, problem } = await inNamespace(words, ["true"]).ended;
    if (code === 0) return { words };
    reasons.push(`unshare ${words.join(" ")}: ${problem ?? "not allowed here"}`);
  }
  return reasons;
}

function inNamespace(
  way: readonly string[],
  words: readonly string[],
  onError: (text: string) => void = () => {},
): ChildProgram {
  const all = ["unshare", ...way, "--", "sh", "-c", WITH_LOOPBACK, "sh", ...words];
  return new ChildProgram("unshare", all, {
    sharesSignals: true,
    onOutput: (text, source) => {
      if (source === "stderr") onError(text);
    },
  });
}
