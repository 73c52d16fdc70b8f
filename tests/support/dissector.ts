// tshark with our dissector: what it says of a capture, and of some of the connections in it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CAPTURES, type Streams } from "./test-capture.ts";

export const DISSECTOR = join(CAPTURES, "wireshark", "p2pchat.lua");

/** A packet with lines of ours: the values of each field, in order. */
export type Packet = Readonly<Record<string, readonly string[]>>;

interface TsharkPacket {
  _source: { layers: Packet };
}

const ours = (names: string) => names.split(" ").map((name) => `p2pchat.${name}`);

const FIELDS = [
  "p2pchat",
  ...ours("type stage from to id text code seq length ciphertext inner tag_right answers problem weakness"),
  ...ours("transcript safety_number request reply value username line team address token token_time"),
  ...["frame.number", "frame.coloring_rule.name", "tcp.stream", "_ws.expert.message"],
];

/** The filters for what is wrong or weak, or an error line. */
export const FINDINGS = [
  ...ours("bad_seq bad_id bad_ack bad_turn bad_hello bad_group bad_member bad_public_key not_json"),
  ...ours("clear_after_keys toy_group equal_ivs equal_ciphertexts equal_public_keys error_line"),
];

/** The fields that tshark is asked for. */
export const ASKED: readonly string[] = [...FIELDS, ...FINDINGS];

/** tshark ends with 0 after an error in Lua too, and shows it in the packet. */
export const ERRORS = /Lua Error|Dissector bug|Malformed Packet|Exception occurred/;
const PACKETS_WITH_ERRORS = "_ws.lua.error || _ws.malformed || _ws.short";

/** What tshark has said of the packets of a capture that hold lines of ours. */
export class Answers {
  readonly #packets: readonly Packet[];

  constructor(packets: readonly Packet[]) {
    this.#packets = packets;
  }

  /** The datagrams, in the order of the capture. None of them has an error in it. */
  datagrams(): Packet[] {
    const packets = this.#packets.filter((packet) => packet["tcp.stream"] === undefined);
    expect(JSON.stringify(packets)).not.to.match(ERRORS);
    return packets;
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

  file(name: string, content: string | Buffer = ""): string {
    const path = join(this.folder, name);
    if (content.length > 0) writeFileSync(path, content);
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
