// The node's program. This file reads the command line; node-program.ts does the work.

import { usage } from "./arguments.ts";
import { onStopSignal } from "./listening.ts";
import { OPTIONS, readNodeCall } from "./node-options.ts";
import { printable } from "./printable.ts";
import { runProgram, UserError, wrapped } from "./program.ts";

const CALL = "npm run 06 -- [OPTIONS]";
const ABOUT =
  "Your node of the distributed hash table: it serves the messenger's page, and is a relay for others.";

void runProgram(async () => {
  const call = readNodeCall(process.argv.slice(2));
  if (call.kind === "help") return console.log(usage(CALL, ABOUT, OPTIONS));
  const { startNode } = await loadProgram();
  const node = await startNode({ ...call, note });
  onStopSignal(() => void node.stop());
  console.log(`listening on ${node.url}`);
  console.log(node.address);
  note("open the first line in your browser; others join with --join and the second line");
});

/** The course's own `npm ci` does not install what this stage needs. @throws UserError if it is missing */
async function loadProgram(): Promise<typeof import("./node-program.ts")> {
  try {
    return await import("./node-program.ts");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError("stage 06 needs its own packages, once: npm run 06:setup");
  }
}

/** Notes are no output: they stay off what other programs read. */
function note(line: string): void {
  console.error(wrapped(printable(line), process.stderr.columns));
}
