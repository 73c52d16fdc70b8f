// Stage 01, the server: a calculator on a port. This file reads the command line; calculator.ts does the work.

import { hostOption, milliseconds, portOption, readOptions, secondsOption, usage } from "./arguments.ts";
import { startCalculator } from "./calculator.ts";
import { onStopSignal } from "./listening.ts";
import { runProgram } from "./program.ts";

const OPTIONS = {
  host: hostOption("the address to listen on (default 127.0.0.1: this machine only)"),
  port: portOption("the port to listen on (default 10001; 0 lets the system choose)"),
  "idle-timeout": secondsOption("close a connection that sends no complete line for this long (default 300)"),
  help: { help: "show this text" },
};

const ABOUT = "A calculator that works from left to right, a line at a time.";

void runProgram(async () => {
  const given = readOptions(process.argv.slice(2), OPTIONS);
  if (given.options.has("help")) return console.log(usage("npm run 01:server -- [OPTIONS]", ABOUT, OPTIONS));

  const host = given.options.get("host") ?? "127.0.0.1";
  const port = Number(given.options.get("port") ?? 10001);
  const server = await startCalculator(host, port, milliseconds(given, "idle-timeout", 300));
  onStopSignal(server.close);
  console.log(`listening on ${server.address}`);
});
