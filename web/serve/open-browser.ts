// Opens the page in the user's browser, with the system's own program for that. Other users of this machine see the words of
// every command (ps), and the address holds the token. So the browser is given a file that leads there, and which the user
// alone may read.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILE = "open-in-browser.html";

/** The command that opens a file. */
function commandFor(file: string): readonly [string, ...string[]] {
  if (process.platform === "darwin") return ["open", file];
  // `start` belongs to the shell, and takes its first quoted word for a title; rundll32 needs no shell.
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", file];
  return ["xdg-open", file];
}

/**
 * Opens an address, or does nothing where there is no program for it: the address is printed, too. The file that leads there
 * is removed when this program ends.
 * @param folder where files may be written; a browser in a sandbox often sees the user's own files only
 */
export function openBrowser(address: string, folder: string): void {
  const file = writePage(folder, address);
  if (file === undefined) return;
  process.on("exit", () => rmSync(file, { force: true }));
  const [command, ...words] = commandFor(file);
  const child = spawn(command, words, { stdio: "ignore", detached: true });
  child.on("error", () => {}); // There is no such program.
  child.unref();
}

/** @returns its path; undefined if it can be written nowhere */
function writePage(folder: string, address: string): string | undefined {
  const link = address.replaceAll("&", "&amp;");
  const page = `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=${link}">
<title>The course</title>
<a href="${link}">Open the course</a>
`;
  for (const parent of [() => makeFolder(folder), () => mkdtempSync(join(tmpdir(), "course-"))])
    try {
      const file = join(parent(), FILE);
      rmSync(file, { force: true });
      // It must not exist: so it is ours, and nobody reads it.
      writeFileSync(file, page, { mode: 0o600, flag: "wx" });
      return file;
    } catch {
      // The disk is full or read-only.
    }
  return undefined;
}

function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}
