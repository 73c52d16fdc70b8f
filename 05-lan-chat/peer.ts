// The peer: chats with others in the same network, who are found without a registry. This file reads the command line;
// mesh.ts and mesh-user.ts do the work.

import { fileURLToPath } from "node:url";
import { usage } from "./arguments.ts";
import { onStopSignal } from "./listening.ts";
import { type Mesh, startMesh } from "./mesh.ts";
import { completions } from "./mesh-commands.ts";
import { MeshUser } from "./mesh-user.ts";
import { askPassphrase, drawPassphrase, passphraseWarnings, readPassphraseFile } from "./passphrase.ts";
import { OPTIONS, type PeerOptions, readPeerCall } from "./peer-options.ts";
import { printable } from "./printable.ts";
import { runProgram, UserError, wrapped } from "./program.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

const CALL = "npm run 05:peer -- --name NAME --team TEAM [OPTIONS]";
const ABOUT =
  "Finds others of the team in this network, without a registry, and chats with them. /help lists the commands.";

void runProgram(async () => {
  const call = readPeerCall(process.argv.slice(2), fileURLToPath(new URL(".", import.meta.url)));
  if (call.kind === "help") return console.log(usage(CALL, ABOUT, OPTIONS));
  if (call.kind === "new-team") return console.log(drawPassphrase());
  const passphrase = await passphraseFor(call.options);
  if (passphrase === undefined) throw new UserError("no passphrase was given");
  for (const warning of passphraseWarnings(passphrase)) warn(warning);
  await runPeer(call.options, passphrase);
});

async function runPeer(options: PeerOptions, passphrase: string): Promise<void> {
  let mesh: Mesh | undefined;
  let terminal: Terminal | undefined;
  // It is opened for the first line that is shown. If the program cannot start, no prompt was ever there.
  const shownTerminal = (): Terminal => {
    terminal ??= openTerminal(process.stdin, process.stdout, (line) =>
      completions(line, mesh?.knownNames() ?? []),
    );
    return terminal;
  };
  // Notes are no events. Where nobody sits at the terminal, they stay off the standard output.
  const note = (line: string): void => {
    if (terminal?.interactive) terminal.show(line);
    else warn(line);
  };
  const stopped = new AbortController();
  // Whoever waits for a line gets the end of the input then.
  stopped.signal.addEventListener("abort", () => terminal?.close());
  onStopSignal(() => stopped.abort());
  try {
    mesh = await startMesh({
      options,
      passphrase,
      show: (event) => shownTerminal().show(event),
      note,
      onFatal: (error) => {
        if (stopped.signal.aborted) return;
        process.exitCode = 1;
        shownTerminal().show(`error: ${error.message}`);
        stopped.abort();
      },
    });
    if (!stopped.signal.aborted) await new MeshUser(mesh, shownTerminal(), options, note).run();
  } finally {
    await mesh?.stop();
    terminal?.close();
  }
}

/** The team's passphrase; undefined if the user was asked and gives up. @throws UserError if it cannot be had */
async function passphraseFor({ passphraseFile, team }: PeerOptions): Promise<string | undefined> {
  if (passphraseFile !== undefined) return readPassphraseFile(passphraseFile);
  if (!process.stdin.isTTY)
    throw new UserError(
      "no passphrase: without a terminal it has to stand in a file, --passphrase-file FILE",
    );
  const typed = await askPassphrase(
    `passphrase of team ${team} (not shown): `,
    process.stdin,
    process.stderr,
  );
  if (typed === "") throw new UserError("the passphrase is empty, or not UTF-8");
  return typed;
}

function warn(line: string): void {
  console.error(wrapped(printable(line), process.stderr.columns));
}
