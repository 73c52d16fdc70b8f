// The chat program. This file reads the command line; chat-client.ts does the work.

import { isIPv6 } from "node:net";
import { hostOption, milliseconds, portOption, readOptions, secondsOption, usage } from "./arguments.ts";
import { ChatClient } from "./chat-client.ts";
import { onStopSignal } from "./listening.ts";
import { runProgram, UserError, wrapped } from "./program.ts";
import { stage } from "./stage.ts";
import { openTerminal } from "./terminal.ts";

const OPTIONS = {
  name: { value: "NAME", help: "your name (without it you are asked)" },
  registry: {
    value: "HOST:PORT",
    help: `where the registry is (default 127.0.0.1:${stage.registryPort})`,
    check: (value: string) => (parseAddress(value) === undefined ? "an address is HOST:PORT" : undefined),
  },
  host: hostOption("the address to listen on for peers (default 127.0.0.1: this machine only)"),
  listen: portOption("the port to listen on for peers (default 0: the system chooses)"),
  accept: { help: "accept every chat without asking" },
  "handshake-timeout": secondsOption("how long a peer may take for the handshake (default 10)"),
  "request-timeout": secondsOption("how long a request for a chat waits for an answer (default 60)"),
  ...stage.options,
  help: { help: "show this text" },
};

const CALL = `npm run ${stage.number}:client -- --name NAME [OPTIONS]`;
const ABOUT = "Chats directly with others who are registered. /help in the chat lists its commands.";

void runProgram(async () => {
  const given = readOptions(process.argv.slice(2), OPTIONS);
  if (given.options.has("help")) return console.log(usage(CALL, ABOUT, OPTIONS));
  const channels = stage.prepare(given.options, process.env);
  for (const notice of [...stage.notices, ...channels.notices])
    console.error(wrapped(notice, process.stderr.columns));

  const client = new ChatClient({
    stage: stage.number,
    channels,
    name: given.options.get("name"),
    openTerminal: (complete) => openTerminal(process.stdin, process.stdout, complete),
    registry: parseAddress(given.options.get("registry") ?? "") ?? {
      host: "127.0.0.1",
      port: stage.registryPort,
    },
    host: given.options.get("host") ?? "127.0.0.1",
    port: Number(given.options.get("listen") ?? 0),
    acceptAll: given.options.has("accept"),
    handshakeTimeout: milliseconds(given, "handshake-timeout", 10),
    requestTimeout: milliseconds(given, "request-timeout", 60),
  });
  onStopSignal(() => void client.stop());
  try {
    await client.run();
  } catch (error) {
    // Once the chat program runs, failures are events like others, on standard output (P7).
    if (!(error instanceof UserError)) throw error;
    console.log(`error: ${error.message}`);
    process.exitCode = 1;
  }
});

/** Reads HOST:PORT, where an IPv6 address stands in brackets. */
function parseAddress(text: string): { host: string; port: number } | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:\s]+)):([0-9]{1,5})$/.exec(text);
  if (parts === null) return undefined;
  const [, ipv6, name, port] = parts;
  if (ipv6 !== undefined && !isIPv6(ipv6)) return undefined;
  const number = Number(port);
  return number >= 1 && number <= 65535 ? { host: ipv6 ?? name ?? "", port: number } : undefined;
}
