// Runs a program in a real pseudo-terminal, so that a benchmark can use its keyboard and read its screen. Node.js
// cannot make a pseudo-terminal: we use util-linux's `script`, or else tmux in its control mode.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "./commands.ts";

export interface PseudoTerminal {
  /** Types text, without the key Enter. */
  type(text: string): void;
  pressEnter(): void;
  /** Waits until this text has been sent to the screen. */
  shows(text: string): Promise<void>;
  end(): void;
}

export type TerminalOpener = (command: readonly string[]) => PseudoTerminal;

/** Finds a tool that opens pseudo-terminals, or says why there is none. */
export function findTerminals(): { open: TerminalOpener; name: string } | { reason: string } {
  if (process.platform === "win32") return { reason: "pseudo-terminals are opened on Unix only" };
  // The `script` of BSD and macOS does not know this option, and needs a terminal itself.
  if (answers("script", ["--version"], /util-linux/)) return { open: openScript, name: "script" };
  if (answers("tmux", ["-V"], /^tmux/)) return { open: openTmux, name: "tmux" };
  return { reason: "neither script (of util-linux) nor tmux is installed" };
}

function answers(command: string, argv: readonly string[], pattern: RegExp): boolean {
  const { stdout, error } = spawnSync(command, argv, { encoding: "utf8", timeout: 5000 });
  return error === undefined && pattern.test(stdout);
}

/** If its own input is no terminal, `script` passes on that input as keys, and the output to the screen unchanged. */
function openScript(command: readonly string[]): PseudoTerminal {
  // exec: the program replaces the shell, so that it gets the hang-up signal when `script` ends.
  const shellCommand = `exec ${command.map(quote).join(" ")}`;
  const script = new Command([
    "script",
    "--quiet",
    "--flush",
    "--return",
    "--command",
    shellCommand,
    "/dev/null",
  ]);
  return {
    type: (text) => script.write(text),
    pressEnter: () => script.write("\r"),
    shows: (text) => script.shows(text),
    end: () => script.end(),
  };
}

/** In control mode, tmux reads commands from its input. It prints output to the screen as lines with `%output`. */
function openTmux(command: readonly string[]): PseudoTerminal {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const server = ["-S", join(folder, "tmux"), "-f", "/dev/null"];
  const shellCommand = `exec ${command.map(quote).join(" ")}`;
  const words = ["tmux", ...server, "-C", "new-session", "-x", "200", "-y", "50", shellCommand];
  const tmux = new Command(words, screenDecoder());
  const end = (): void => {
    process.off("exit", end);
    // The tmux server is not our child and not in our process group, so we have to end it explicitly.
    spawnSync("tmux", [...server, "kill-server"], { timeout: 5000 });
    tmux.end();
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", end);
  return {
    type: (text) => tmux.write(`send-keys -l -- ${quote(text)}\n`),
    pressEnter: () => tmux.write("send-keys Enter\n"),
    shows: (text) => tmux.shows(text),
    end,
  };
}

/** Decodes the lines `%output %0 TEXT`, in which control characters are three octal digits. */
function screenDecoder(): (piece: string) => string {
  let unfinished = "";
  return (piece) => {
    const lines = (unfinished + piece).split("\n");
    unfinished = lines.pop() ?? "";
    return lines
      .map((line) => /^%output %[0-9]+ (.*)$/.exec(line)?.[1] ?? "")
      .join("")
      .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
