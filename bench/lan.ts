// Measures stage 05: finding each other, handshakes, messages, files, many peers, and floods. Beacons go to everybody in
// the network, so all of it happens in a network of its own (lan-figures.ts runs there), and is left out where none can
// be made.

import { ChildProgram } from "../programs/child-program.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { findWay, inOwnNetwork } from "../programs/own-network.ts";
import type { Row } from "./report.ts";

export async function measureLan(): Promise<Row[]> {
  const name = "everything about stage 05";
  const { options, reasons } = findWay();
  if (options === undefined) return [{ name, notMeasured: reasons.join("; ") }];
  const program = new ChildProgram("unshare", inOwnNetwork(options, nodeCommand("bench/lan-figures.ts")), {
    sharesSignals: true,
    onOutput: (text, source) => {
      if (source === "stderr") process.stderr.write(text);
    },
  });
  const { code } = await program.ended;
  const last = program.lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`bench/lan-figures.ts ended with exit code ${code}`);
  return JSON.parse(last) as Row[];
}
