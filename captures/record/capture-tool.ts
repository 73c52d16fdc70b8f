// dumpcap or tcpdump, capturing on the loopback interface into a file of ours.

import { ChildProgram, ProgramError } from "../../programs/child-program.ts";

/** The programs, in the order in which they are tried. */
const TOOLS: readonly { name: string; argv: (file: string, filter: string) => string[]; ready: RegExp }[] = [
  {
    name: "dumpcap",
    // -P: classic pcap.
    argv: (file, filter) => ["-i", LOOPBACK, "-P", "-f", filter, "-w", file],
    // It says "Capturing on" before it knows whether it may.
    ready: /^File: /,
  },
  {
    name: "tcpdump",
    // -U and --immediate-mode: every packet is in the file at once. As root it would give the file to another user.
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
      return "\\Device\\NPF_Loopback"; // Npcap's.
    default:
      return "lo0";
  }
}

/** None of the programs is there and may capture. */
export class NoCaptureTool extends Error {
  /** A line for each program. */
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join("; "));
    this.reasons = reasons;
  }
}

export interface RunningTool {
  name: string;
  /** Ends it. What it has captured by then is in the file, if one waited for it. */
  stop(): Promise<void>;
}

/**
 * Starts the first one that is able to. When this returns, it captures.
 * @param file where it writes, classic pcap
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

/** The line in which a program says why it does not capture. */
function reasonIn(lines: readonly string[]): string | undefined {
  const reason =
    lines.find((line) => /permission|not permitted|not installed/i.test(line)) ??
    lines.findLast((line) => line.trim() !== "");
  return reason?.replace(/^(?:\w+: )+/, "").trim();
}
