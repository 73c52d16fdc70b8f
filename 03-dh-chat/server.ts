// The registry's program. This file reads the command line; registry-server.ts does the work.

import { hostOption, milliseconds, portOption, readOptions, secondsOption, usage } from "./arguments.ts";
import { onStopSignal } from "./listening.ts";
import { runProgram, wrapped } from "./program.ts";
import { startRegistry } from "./registry-server.ts";
import { stage } from "./stage.ts";

const OPTIONS = {
  host: hostOption("the address to listen on (default 127.0.0.1: this machine only)"),
  port: portOption(`the port to listen on (default ${stage.registryPort}; 0 lets the system choose)`),
  heartbeat: secondsOption("ping clients this often; drop one silent for three times as long (default 15)"),
  "register-timeout": secondsOption("close a connection that has not registered by then (default 10)"),
  help: { help: "show this text" },
};

const CALL = `npm run ${stage.number}:server -- [OPTIONS]`;
const ABOUT = "The registry: who is there, and where. Chats do not pass through it.";

void runProgram(async () => {
  const given = readOptions(process.argv.slice(2), OPTIONS);
  if (given.options.has("help")) return console.log(usage(CALL, ABOUT, OPTIONS));

  const registry = await startRegistry({
    host: given.options.get("host") ?? "127.0.0.1",
    port: Number(given.options.get("port") ?? stage.registryPort),
    heartbeat: milliseconds(given, "heartbeat", 15),
    registerTimeout: milliseconds(given, "register-timeout", 10),
  });
  onStopSignal(registry.close);
  console.log(`listening on ${registry.address}`);
  for (const notice of stage.notices) console.error(wrapped(notice, process.stderr.columns));
});
