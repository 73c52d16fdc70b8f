// npm run web: the course in a browser. This file reads the command line; serve/, wire/, captures/ and lessons/ do the work.

import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { systemProblem } from "../programs/system-error.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { readOptions, UsageError } from "./options.ts";
import { startWeb } from "./program.ts";
import { openBrowser } from "./serve/open-browser.ts";

const USAGE = `usage: npm run web -- [OPTIONS]

Shows the course in your browser: the wire live, captures, lessons and exercises.

  --no-open        print the address, and open no browser
  --port N         listen on port N of this machine: pages that are open go on
                   when it comes back there. Not where others use the machine,
                   too: they may listen there meanwhile (default: one that the
                   system chooses, another one each time)
  --at PLACE       open this place first, such as /lessons/01-1 or /wire/04
  --help           show this text

Whoever has the address that is printed can start programs on this machine in
your name: keep it to yourself. Ctrl-C ends the program, and all it has started.`;

endWhenOutputCloses();
try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") printUsage(USAGE);
  else await run(options);
} catch (error) {
  const problem = error instanceof UsageError ? error.message : systemProblem(error);
  if (problem === undefined) throw error;
  printError(`error: ${problem}`);
  process.exitCode = 2;
}

async function run({ port, at, opens }: Exclude<ReturnType<typeof readOptions>, "help">): Promise<void> {
  const web = await startWeb({ port });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => void web.close().then(() => process.exit(130)));
  const address = web.address(at);
  console.log(`the course: ${address}`);
  if (opens) openBrowser(address, web.folder);
}
