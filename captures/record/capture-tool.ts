// Runs dumpcap or tcpdump, which write the traffic of an interface, usually loopback, into our file.

import { ChildProgram, ProgramError } from "../../programs/child-program.ts";

/** The tools, in the order in which they are tried. */
const TOOLS: readonly {
  name: string;
  argv: (file: string, filter: string, from: string) => string[];
  ready: RegExp;
}[] = [
  {
    name: "dumpcap",
    // -P makes dumpcap write classic pcap, not pcapng.
    argv: (file, filter, from) => ["-i", from, "-P", "-f", filter, "-w", file],
    // dumpcap says "Capturing on" before it knows whether it may capture.
    ready: /^File: /,
  },
  {
    name: "tcpdump",
    // -U and --immediate-mode write every packet at once. -Z root keeps root the file's owner.
    argv: (file, filter, from) => [
      ...["-i", from, "-U", "--immediate-mode", "-s", "262144", "-w", file],
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

/** Where a tool captures. */
export interface CapturePlace {
  /** The name of the interface. */
  from: string;
  /** The words of a command that runs another one in the namespace of that interface; empty for our own. */
  within: readonly string[];
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
 * @param place the loopback interface unless it says otherwise
 * @throws NoCaptureTool
 */
export async function startCaptureTool(
  file: string,
  filter: string,
  { from, within }: CapturePlace = { from: LOOPBACK, within: [] },
): Promise<RunningTool> {
  const reasons: string[] = [];
  for (const { name, argv, ready } of TOOLS) {
    const program = new ChildProgram(name, [...within, name, ...argv(file, filter, from)]);
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
