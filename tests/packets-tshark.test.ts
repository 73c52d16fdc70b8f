// The numbers of TCP in `show --packets` beside those of tshark, on the recordings of the course.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { packetsOf } from "../captures/show/show-packets.ts";
import { runTool } from "../captures/testing/tshark.ts";
import { withTool } from "./support/tools.ts";

const RECORDINGS = join(import.meta.dirname, "../captures");
const FIELDS = ["frame.number", "tcp.seq", "tcp.ack", "tcp.len", "tcp.analysis.acks_frame"] as const;

withTool("tshark", ["--version"], "the list of packets beside tshark", () => {
  for (const file of readdirSync(RECORDINGS).filter((name) => name.endsWith(".pcap"))) {
    it(`has the same numbers for ${file}`, async () => {
      const path = join(RECORDINGS, file);
      const fields = FIELDS.flatMap((field) => ["-e", field]);
      const { output } = runTool("tshark", ["-r", path, "-Y", "tcp", "-T", "fields", ...fields]);
      const theirs = output.trimEnd().split("\n");
      const ours: string[] = [];
      for await (const { listed } of packetsOf(path)) {
        if (listed.tcp === undefined) continue; // Of UDP, see udp-tshark.test.ts.
        const { counted, bytes } = listed.tcp;
        const acks = /^ACK of packet ([0-9]+)$/.exec(listed.what)?.[1];
        ours.push([listed.number, counted.sequence, counted.acknowledgement ?? 0, bytes, acks].join("\t"));
      }
      expect(ours.length).to.be.greaterThan(5);
      for (const [index, row] of ours.entries()) {
        // What a segment with data acknowledges, our list does not say.
        const [, start = "", acks = ""] = /^(.*\t)(.*)$/.exec(row) ?? [];
        expect(theirs[index]?.startsWith(start), `${row} | ${theirs[index]}`).to.equal(true);
        if (acks !== "") expect(theirs[index]).to.equal(row);
      }
    });
  }
});
