// Runs dumpcap or tcpdump, which write the traffic of the loopback interface into our file.

import { ChildProgram, ProgramError } from "../../programs/child-program.ts";

/** The tools, in the order in which they are tried. */
const TOOLS: readonly { name: string; argv: (file: string, filter: string) => string[]; ready: RegExp }[] = [
  {
    name: "dumpcap",
    // -P makes dumpcap write classic pcap, not pcapng.
    argv: (file, filter) => ["-i", LOOPBACK, "-P", "-f", filter, "-w", file],
    // dumpcap says "Capturing on" before it knows whether it may capture.
    ready: /^File: /,
  },
  {
    name: "tcpdump",
    // -U and --immediate-mode write every packet at once. -Z root keeps root the file's owner.
    argv: (file, filter) => [
      ...["-i", LOOPBACK, "-U", "--immediate-mode", "-s", "262144", "-w", file],
      ...(process.platform === "linux" && process.getuid?.() === 0 ? ["-Z", "root"] : []),
      ...filter.split(" "),
    ],
    ready: /listening on /,
  },
];

const LOOPBACK = loopbackName();

function loopbackName(): string {
  switch (process.platform) {
    case "linux":
      return "lo";
    case "win32":
      return "\\Device\\NPF_Loopback"; // This is Npcap's name for it.
    default:
      return "lo0";
  }
}

/** No tool is installed that may capture. */
export class NoCaptureTool extends Error {
  /** A line for each tool. */
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join("; "));
    this.reasons = reasons;
  }
}

export interface RunningTool {
  name: string;
  /** Ends the tool. Before that, wait until the file holds everything (raw-capture.ts). */
  stop(): Promise<void>;
}

/**
 * Starts the first tool that can capture, and returns when it captures.
 * @param file where the tool writes classic pcap
 * @param filter what it captures, in the language of pcap-filter(7)
 * @throws NoCaptureTool
 */
export async function startCaptureTool(file: string, filter: string): Promise<RunningTool> {
  const reasons: string[] = [];
  for (const { name, argv, ready } of TOOLS) {
    const program = new ChildProgram(name, [name, ...argv(file, filter)]);
    try {
      await program.line(ready, "stderr");
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      await program.kill();
      reasons.push(`${name}: ${reasonIn(program.errorLines) ?? error.message}`);
      continue;
    }
    return {
      name,
      stop: async () => {
        program.signal("SIGINT");
        await program.exit();
      },
    };
  }
  throw new NoCaptureTool(reasons);
}

/** The line in which a tool says why it cannot capture. */
function reasonIn(lines: readonly string[]): string | undefined {
  const reason =
    lines.find((line) => /permission|not permitted|not installed/i.test(line)) ??
    lines.findLast((line) => line.trim() !== "");
  return reason?.replace(/^(?:\w+: )+/, "").trim();
}
