// Many conversations in one capture, and tshark with our dissector, which is asked once what they all are: it takes a
// hundred times longer to start than to look at a conversation.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import { ethernet, ipv4, SYN, TestConnection } from "../../captures/testing/packets.ts";

export const CAPTURES = fileURLToPath(new URL("../../captures/", import.meta.url));
export const DISSECTOR = join(CAPTURES, "wireshark", "p2pchat.lua");

// --------------------------------------------------------------------------------------------------- making captures

export type Side = "a" | "b";

/** Some connections of a capture: their numbers, as Wireshark counts them. They follow each other. */
export interface Streams {
  readonly first: number;
  readonly last: number;
}

/** A TCP connection in a capture that is being made, from the three-way handshake on. */
export class Connection extends TestConnection implements Streams {
  readonly first: number;
  readonly last: number;

  constructor(stream: number, add: (packet: Buffer) => void, ports: { portA: number; portB: number }) {
    const host = { source: "127.0.0.1", destination: "127.0.0.1" };
    super((_, segment) => add(ethernet(ipv4(segment, host))), ports);
    this.first = stream;
    this.last = stream;
    this.handshake();
  }

  /** Sends lines in one segment, each with its LF. */
  lines(side: Side, ...lines: string[]): this {
    return this.data(side, lines.map((line) => `${line}\n`).join(""));
  }
}

/** Where the flags of TCP stand, in Ethernet packets with an IPv4 header without options. */
const FLAGS = 14 + 20 + 13;

export class Capture {
  readonly #records: Buffer[] = [];
  #streams = 0;
  #nextPort = 50_001;
  #nextHost = 2;

  /** A new connection. Its ports are told apart by nothing but being ours, unless one is given. */
  connect(portB = 40_000): Connection {
    this.#nextPort += 1;
    return new Connection(this.#streams, (packet) => this.#add(packet), { portA: this.#nextPort, portB });
  }

  /** The packets of a recorded capture, which get an address of their own: two captures may use the same ports. */
  recorded(name: string): Streams {
    const first = this.#streams;
    const file = readFileSync(join(CAPTURES, `${name}.pcap`));
    for (let at = 24, end = 0; at < file.length; at = end) {
      end = at + 16 + file.readUInt32LE(at + 8);
      const packet = Buffer.from(file.subarray(at + 16, end));
      packet.set([127, 0, 0, this.#nextHost], 14 + 12);
      packet.set([127, 0, 0, this.#nextHost], 14 + 16);
      this.#add(packet);
    }
    this.#nextHost += 1;
    return { first, last: this.#streams - 1 };
  }

  save(path: string): void {
    writeFileSync(path, Buffer.concat([pcapHeader(1), ...this.#records]));
  }

  #add(packet: Buffer): void {
    if (packet[FLAGS] === SYN) this.#streams += 1;
    this.#records.push(pcapRecord(BigInt(this.#records.length) * 1_000_000n, packet));
  }
}

// ------------------------------------------------------------------------------------------------------ asking tshark

/** A packet with lines of ours: the values of each field, in order. */
export type Packet = Readonly<Record<string, readonly string[]>>;

interface TsharkPacket {
  _source: { layers: Packet };
}

const FIELDS = [
  "p2pchat",
  "p2pchat.type",
  "p2pchat.stage",
  "p2pchat.from",
  "p2pchat.to",
  "p2pchat.id",
  "p2pchat.text",
  "p2pchat.code",
  "p2pchat.seq",
  "p2pchat.length",
  "p2pchat.ciphertext",
  "p2pchat.inner",
  "p2pchat.tag_right",
  "p2pchat.answers",
  "p2pchat.problem",
  "p2pchat.weakness",
  "p2pchat.transcript",
  "p2pchat.safety_number",
  "p2pchat.request",
  "p2pchat.reply",
  "p2pchat.value",
  "p2pchat.username",
  "p2pchat.line",
  "frame.number",
  "frame.coloring_rule.name",
  "tcp.stream",
  "_ws.expert.message",
];

/** The experts that have a filter of their own, for what is wrong or weak. */
export const FINDINGS = [
  "bad_seq",
  "bad_id",
  "bad_ack",
  "bad_turn",
  "bad_hello",
  "bad_group",
  "bad_member",
  "bad_public_key",
  "not_json",
  "clear_after_keys",
  "toy_group",
  "equal_ivs",
  "equal_ciphertexts",
  "equal_public_keys",
  "error_line",
].map((name) => `p2pchat.${name}`);

/** The fields that tshark is asked for. */
export const ASKED: readonly string[] = [...FIELDS, ...FINDINGS];

/** tshark ends with 0 after an error in Lua too, and shows it in the packet. */
export const ERRORS = /Lua Error|Dissector bug|Malformed Packet|Exception occurred/;
const PACKETS_WITH_ERRORS = "_ws.lua || _ws.malformed || _ws.short";

/** What tshark has said of the packets of a capture that hold lines of ours. */
export class Answers {
  readonly #packets: readonly Packet[];

  constructor(packets: readonly Packet[]) {
    this.#packets = packets;
  }

  /** The packets of these connections, in the order of the capture. None of them has an error in it. */
  of(...some: readonly Streams[]): Packet[] {
    const packets = this.#packets.filter((packet) => {
      const number = Number(packet["tcp.stream"]?.[0]);
      return some.some(({ first, last }) => first <= number && number <= last);
    });
    expect(JSON.stringify(packets)).not.to.match(ERRORS);
    return packets;
  }
}

/** Captures, key logs, and the empty configuration that tshark is given; it runs with our dissector. */
export class Tshark {
  readonly folder = mkdtempSync(join(tmpdir(), "wireshark-"));

  file(name: string, content = ""): string {
    const path = join(this.folder, name);
    if (content !== "") writeFileSync(path, content);
    return path;
  }

  /** What the dissector finds in a capture. */
  dissect(capture: string, ...options: readonly string[]): Answers {
    const filter = ["p2pchat", PACKETS_WITH_ERRORS, ...FINDINGS].join(" || ");
    const fields = ASKED.flatMap((field) => ["-e", field]);
    const output = this.#run(["-r", capture, "-Y", filter, "-T", "json", ...fields, ...options]);
    return new Answers((JSON.parse(output) as TsharkPacket[]).map((packet) => packet._source.layers));
  }

  /** All that is shown of a capture, as text, and of our protocol in full. Errors are shown in it. */
  show(capture: string, ...options: readonly string[]): string {
    return this.#run(["-r", capture, "-V", "-O", "p2pchat", ...options]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** With nobody's preferences. What it prints; fails on whatever looks like an error. */
  #run(args: readonly string[]): string {
    const preferences = ["-o", "tcp.reassemble_out_of_order:TRUE", "-o", "tcp.desegment_tcp_streams:TRUE"];
    const result = spawnSync("tshark", ["-n", "-X", `lua_script:${DISSECTOR}`, ...preferences, ...args], {
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...process.env,
        HOME: this.folder,
        XDG_CONFIG_HOME: this.folder,
        WIRESHARK_CONFIG_DIR: this.folder,
        LC_ALL: "C.UTF-8",
      },
    });
    const complaints = result.stderr
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("Running as user"));
    expect(complaints, "what tshark complains about").to.deep.equal([]);
    expect(result.status, "the exit code of tshark").to.equal(0);
    return result.stdout;
  }
}

/** All values of a field, in the order of the capture. */
export function valuesOf(packets: readonly Packet[], field: string): string[] {
  return packets.flatMap((packet) => packet[field] ?? []);
}

/** What the dissector calls each line: "alice → bob message 1: hello". */
export function labelsOf(packets: readonly Packet[]): string[] {
  return valuesOf(packets, "p2pchat").map((label) => label.replace(/^P2P chat course: /, ""));
}
