// The packets that the page shows of a capture beside those of tshark, on the recordings of the course.

import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { runTool } from "../captures/testing/tshark.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { Captures } from "../web/captures/captures.ts";
import { Visit } from "../web/captures/testing/visit.ts";
import { withTool } from "./support/tools.ts";

const RECORDINGS = join(COURSE_FOLDER, "captures");
const FIELDS = [
  ...[
    "frame.number",
    "frame.time_relative",
    "frame.len",
    "tcp.stream",
    "tcp.seq",
    "tcp.len",
    "udp.length",
    "icmp.type",
  ],
] as const;
const UDP_HEADER = 8;

withTool("tshark", ["--version"], "the packets in a browser beside tshark", () => {
  let place: Captures;

  before(() => {
    const fail = (error: unknown): never => {
      throw error;
    };
    place = new Captures({ own: join(tmpdir(), "there is no such folder"), failed: fail });
  });
  after(() => place.close());

  for (const file of readdirSync(RECORDINGS).filter((name) => name.endsWith(".pcap"))) {
    it(`are those of ${file}`, async () => {
      const fields = FIELDS.flatMap((field) => ["-e", field]);
      const { output } = runTool("tshark", ["-r", join(RECORDINGS, file), "-T", "fields", ...fields]);
      const page = new Visit(place);
      const { opened } = await page.open(file.replace(".pcap", ""));
      const rows = await page.packets(opened);
      const theirs = output.trimEnd().split("\n");
      assert.lengthOf(rows, theirs.length);
      for (const [index, row] of rows.entries()) {
        const [number, time, length, stream = "", sequence = "", tcp = "", udp = "", icmp = ""] = (
          theirs[index] ?? ""
        ).split("\t");
        assert.equal(row.number, Number(number));
        assert.closeTo(row.time, Number(time), 1e-6);
        assert.equal(row.length, Number(length));
        assert.equal(row.stream, stream === "" ? null : Number(stream));
        assert.equal(row.sequence, sequence === "" ? null : Number(sequence));
        // An error of ICMP repeats the header that it is about.
        const hasUdp = udp !== "" && icmp === "";
        const data = tcp !== "" ? Number(tcp) : hasUdp ? Number(udp) - UDP_HEADER : 0;
        assert.equal(row.bytes, data);
      }
      page.leave();
    });
  }
});
