// tshark as the oracle of tests: what it says of a capture's packets and streams.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What is left on: dissectors of applications may join, cut or repeat the bytes that `follow` gives. */
const DISSECTORS =
  /^(frame|data|pkt_comment|eth|ethertype|vlan|ieee8021ad|null|loop|raw|sll|llc|mpls|ppp|ppp_hdlc|pppoes|chdlc|nflog|ip|ipv6|ipv6\.[a-z.0-9]+|tcp)$/;

const FIELDS = [
  "frame.number",
  "frame.time_epoch",
  "frame.cap_len",
  "frame.len",
  "tcp.stream",
  "tcp.srcport",
  "tcp.seq_raw",
  "tcp.len",
] as const;

export interface TsharkPacket {
  number: number;
  /** Nanoseconds since 1970-01-01, UTC. */
  time: bigint;
  capturedLength: number;
  originalLength: number;
  /** Undefined if it is no TCP segment. */
  stream: number | undefined;
  sourcePort: number;
  sequence: number;
  payloadLength: number;
}

/** What a side has sent: bytes, and how many are missing where. */
export type TsharkPiece = Buffer | { missing: number };

export interface TsharkStream {
  a: string;
  b: string;
  fromA: TsharkPiece[];
  fromB: TsharkPiece[];
}

export interface TsharkReport {
  packets: TsharkPacket[];
  streams: TsharkStream[];
  /** What it complained about: a damaged file. */
  complaints: string;
}

/** A folder for captures and for tshark's profile. Remove it when the tests are done. */
export class TsharkOracle {
  readonly folder = mkdtempSync(join(tmpdir(), "captures-"));
  readonly #environment = { ...process.env, WIRESHARK_CONFIG_DIR: join(this.folder, "profile"), TZ: "UTC" };

  constructor() {
    const profile = join(this.folder, "profile");
    mkdirSync(profile);
    const protocols = this.#run(["-G", "protocols"]).output.split("\n");
    const names = protocols.map((line) => line.split("\t")[2] ?? "").filter((name) => name !== "");
    const disabled = names.filter((name) => !DISSECTORS.test(name)).map((name) => `${name}\n`);
    writeFileSync(join(profile, "disabled_protos"), disabled.join(""));
    writeFileSync(join(profile, "preferences"), "tcp.reassemble_out_of_order: TRUE\n");
  }

  /** Writes a capture into the folder, and returns its path. */
  file(name: string, ...parts: readonly Buffer[]): string {
    const path = join(this.folder, name);
    writeFileSync(path, Buffer.concat(parts));
    return path;
  }

  /** @param streams how many streams to follow */
  report(path: string, streams: number): TsharkReport {
    const follow = Array.from({ length: streams }, (_, index) => ["-z", `follow,tcp,raw,${index}`]).flat();
    const fields = FIELDS.flatMap((field) => ["-e", field]);
    const { output, complaints } = this.#run(["-n", "-r", path, "-T", "fields", ...fields, ...follow]);
    // Lines of tabs and numbers are packets; all behind the first line of `=` are streams.
    const [packetLines = "", ...sections] = output.split(/^={67}$/m);
    return {
      packets: packetLines
        .split("\n")
        .filter((line) => line !== "")
        .map(parsePacketLine),
      // It prints them in the opposite order of the options.
      streams: sections
        .filter((section) => section.includes("Follow:"))
        .reverse()
        .map(parseFollow),
      complaints,
    };
  }

  /**
   * Reports on several files. mergecap reads each of them and puts their packets behind each other, so that tshark, which
   * takes long to start, reads one file. No two of the files may have a stream in common.
   * @param files each with as many packets and streams as it should have
   */
  reports(
    files: readonly { path: string; packets: readonly unknown[]; streams: readonly unknown[] }[],
  ): TsharkReport[] {
    const joined = join(this.folder, "joined.pcapng");
    const merging = runTool("mergecap", ["-a", "-w", joined, ...files.map(({ path }) => path)]);
    const whole = this.report(joined, files.flatMap(({ streams }) => streams).length);
    const reports = files.map(({ packets, streams }): TsharkReport => {
      const own = whole.packets.splice(0, packets.length);
      const packetsBefore = (own[0]?.number ?? 1) - 1;
      const streamsBefore = Math.min(...own.flatMap(({ stream }) => stream ?? []));
      return {
        packets: own.map((packet) => ({
          ...packet,
          number: packet.number - packetsBefore,
          stream: packet.stream === undefined ? undefined : packet.stream - streamsBefore,
        })),
        streams: whole.streams.slice(streamsBefore, streamsBefore + streams.length),
        complaints: merging.complaints + whole.complaints,
      };
    });
    if (whole.packets.length > 0)
      throw new Error(`${whole.packets.length} packets more than there should be`);
    return reports;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #run(argv: readonly string[]): { output: string; complaints: string } {
    return runTool("tshark", argv, this.#environment);
  }
}

/** Runs a program of Wireshark's to its end, whatever its exit code: with a damaged file it is 2. */
export function runTool(
  tool: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { output: string; complaints: string } {
  const { stdout, stderr, error } = spawnSync(tool, argv, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (error !== undefined) throw error;
  return { output: stdout, complaints: stderr.replace(/^Running as user .*\n/m, "").trim() };
}

function parsePacketLine(line: string): TsharkPacket {
  const [number, time = "", captured, original, stream = "", port, sequence, length] = line.split("\t");
  return {
    number: Number(number),
    time: parseTime(time),
    capturedLength: Number(captured),
    originalLength: Number(original),
    stream: stream === "" ? undefined : Number(stream),
    sourcePort: Number(port),
    sequence: Number(sequence),
    payloadLength: Number(length),
  };
}

/** Seconds, with nine digits behind the point. */
function parseTime(text: string): bigint {
  const [seconds = "", fraction = ""] = text.split(".");
  return BigInt(seconds + fraction.padEnd(9, "0").slice(0, 9));
}

/** Two lines name the endpoints; then a line of hexadecimal for each chunk, those of the second endpoint indented. */
function parseFollow(section: string): TsharkStream {
  const nodes = [...section.matchAll(/^Node [01]: (.*)$/gm)].map((match) => match[1] ?? "");
  const stream: TsharkStream = { a: nodes[0] ?? "", b: nodes[1] ?? "", fromA: [], fromB: [] };
  for (const line of section.split("\n")) {
    const chunk = /^(\t?)((?:[0-9a-f]{2})+)$/.exec(line);
    if (chunk === null) continue;
    const bytes = Buffer.from(chunk[2] ?? "", "hex");
    const missing = /^\[(\d+) bytes missing in capture file\]\0?$/.exec(bytes.toString("latin1"))?.[1];
    (chunk[1] === "" ? stream.fromA : stream.fromB).push(
      missing === undefined ? bytes : { missing: Number(missing) },
    );
  }
  return stream;
}
