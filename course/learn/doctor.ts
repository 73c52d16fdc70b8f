// Checks what the course needs on this machine, point by point, and says what to do about each problem.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { NoCaptureTool, startCaptureTool } from "../../captures/record/capture-tool.ts";
import { withTemporaryFolder } from "../../captures/record/temporary-folder.ts";
import type { Paint } from "../../terminal/paint.ts";
import { wrap } from "../../terminal/text.ts";
import { printable } from "../../terminal/widths.ts";
import { watchingWorks } from "./watcher.ts";

/** The smallest terminal in which the watch mode is easy to read. */
export const SMALLEST = { columns: 80, rows: 24 };

export interface Finding {
  /** "needed": without this, nothing works. "better": without this, some part does not work. */
  state: "good" | "needed" | "better";
  what: string;
  /** What to do if the state is not good. */
  advice?: string;
}

/** @param courseFolder the absolute path of the course's folder */
export async function doctor(courseFolder: string): Promise<Finding[]> {
  return [
    nodeVersion(courseFolder),
    await port(),
    await fileWatching(join(courseFolder, "work")),
    terminalSize(),
    tshark(),
    await capturing(),
  ];
}

export function findingLines({ state, what, advice }: Finding, width: number, paint: Paint): string[] {
  const mark = {
    good: paint("good", "good   "),
    needed: paint("bad", "NEEDED "),
    better: paint("warning", "missing"),
  }[state];
  const rows = [
    ...wrap(printable(what), width - 9),
    ...(advice === undefined ? [] : wrap(advice, width - 9)),
  ];
  return rows.map((row, index) => `${index === 0 ? mark : "       "}  ${row}`);
}

function nodeVersion(courseFolder: string): Finding {
  const { engines } = JSON.parse(readFileSync(join(courseFolder, "package.json"), "utf8"));
  const wanted = String(engines.node).replace(/^>=/, "");
  const what = `Node.js ${process.versions.node}; the course needs ${wanted} or later`;
  if (isAtLeast(process.versions.node, wanted)) return { state: "good", what };
  return {
    state: "needed",
    what,
    advice: "Install the current LTS version from nodejs.org, and open a new terminal.",
  };
}

/** Compares version numbers part by part. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, number] of (want ?? []).entries()) {
    const other = have?.[index] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}

async function port(): Promise<Finding> {
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(0, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
  if (error === undefined) return { state: "good", what: "Programs can listen on 127.0.0.1" };
  const advice =
    "A firewall or a sandbox keeps programs from listening, even on this machine itself: allow it for Node.js.";
  return { state: "needed", what: `Programs cannot listen on 127.0.0.1 (${error.code})`, advice };
}

async function fileWatching(folder: string): Promise<Finding> {
  if (await watchingWorks(folder)) return { state: "good", what: "Saved files are noticed at once in work/" };
  const what =
    "The system does not tell when a file in work/ is saved (a network folder, or Windows files seen from WSL)";
  const advice =
    "Nothing needs to be done: learn looks twice a second. In WSL it is faster to keep the course in Linux's own folders.";
  return { state: "better", what, advice };
}

function terminalSize(): Finding {
  const { isTTY, columns = 0, rows = 0 } = process.stdout;
  if (!isTTY)
    return { state: "better", what: "This is no terminal", advice: "npm run learn, by itself, needs one." };
  const what = `The terminal has ${columns} columns and ${rows} rows`;
  if (columns >= SMALLEST.columns && rows >= SMALLEST.rows) return { state: "good", what };
  return {
    state: "better",
    what,
    advice: `Make its window larger: at least ${SMALLEST.columns} columns and ${SMALLEST.rows} rows.`,
  };
}

function tshark(): Finding {
  const { status, stdout } = spawnSync("tshark", ["--version"], { encoding: "utf8", timeout: 20_000 });
  const version = /TShark \(Wireshark\) ([0-9.]*[0-9])/.exec(stdout ?? "")?.[1];
  if (status === 0)
    return {
      state: "good",
      what: `tshark ${version ?? ""} is installed, and with it Wireshark's dissectors`,
    };
  const advice = {
    darwin: "Install Wireshark from wireshark.org, or with: brew install --cask wireshark",
    win32: "Install Wireshark, with Npcap, from wireshark.org, and add its folder to the Path.",
    other: "Install Wireshark, e.g. with: sudo apt install wireshark tshark",
  };
  const platform = process.platform === "darwin" || process.platform === "win32" ? process.platform : "other";
  return {
    state: "better",
    what: "tshark is not found: the recordings can be read with npm run show only, not with Wireshark",
    advice: advice[platform],
  };
}

async function capturing(): Promise<Finding> {
  try {
    const tool = await withTemporaryFolder(async (folder) => {
      const running = await startCaptureTool(join(folder, "probe.pcap"), "tcp port 10001");
      await running.stop();
      return running.name;
    });
    return { state: "good", what: `${tool} may capture on the loopback interface` };
  } catch (error) {
    if (!(error instanceof NoCaptureTool)) throw error;
    const advice = {
      darwin: "Install Wireshark with its package ChmodBPF, which gives you the permission.",
      win32: "Install Npcap (it comes with Wireshark), with support for loopback traffic.",
      other:
        "sudo dpkg-reconfigure wireshark-common, answer Yes; sudo usermod -aG wireshark $USER; then log in again.",
    };
    const platform =
      process.platform === "darwin" || process.platform === "win32" ? process.platform : "other";
    return {
      state: "better",
      what: `You may not capture live (${error.message}); the course brings recordings, and "npm run capture" makes them without it`,
      advice: advice[platform],
    };
  }
}
