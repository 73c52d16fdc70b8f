// Opens an address in the user's browser, with the system's own program for that.

import { spawn } from "node:child_process";

/** The command that opens an address. */
function commandFor(address: string): readonly [string, ...string[]] {
  if (process.platform === "darwin") return ["open", address];
  // `start` belongs to the shell, and takes its first quoted word for a title; rundll32 needs no shell.
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", address];
  return ["xdg-open", address];
}

/** Opens it, or does nothing where there is no such program: the address is printed, too. */
export function openBrowser(address: string): void {
  const [command, ...words] = commandFor(address);
  const child = spawn(command, words, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
