import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { pcapHeader, pcapRecord } from "../../../captures/record/pcap-writer.ts";
import { ethernet, ipv4, tcp, udp } from "../../../captures/testing/packets.ts";
import { CallError } from "../../shared/fields.ts";
import { openCapture } from "./opened-capture.ts";

describe("a capture that is opened", () => {
  const folder = mkdtempSync(join(tmpdir(), "opened-capture-"));
  after(() => rmSync(folder, { recursive: true }));

  function file(...packets: readonly Buffer[]): string {
    const path = join(folder, "capture.pcap");
    const records = packets.map((packet) => pcapRecord(0n, ethernet(packet)));
    writeFileSync(path, Buffer.concat([pcapHeader(1), ...records]));
    return path;
  }

  /** The sentence with which it is refused; undefined if it is not. */
  async function refusal(path: string, packets: number, connections: number): Promise<string | undefined> {
    try {
      await openCapture(path, join(folder, "spill"), () => {}, { packets, connections });
      return undefined;
    } catch (error) {
      assert.instanceOf(error, CallError);
      return error instanceof Error ? error.message : undefined;
    }
  }

  it("has a bounded number of packets, connections and conversations", async () => {
    const ports = [1, 2, 3];
    for (const path of [
      file(...ports.map((sourcePort) => ipv4(tcp({ sourcePort })))),
      file(...ports.map((sourcePort) => ipv4(udp({ sourcePort }), { protocol: 17 }))),
    ]) {
      assert.isUndefined(await refusal(path, 3, 3));
      assert.match((await refusal(path, 2, 3)) ?? "", /^this capture has more than 2 packets: /);
      assert.match((await refusal(path, 3, 2)) ?? "", /^this capture has more than 2 connections: /);
    }
  });
});
