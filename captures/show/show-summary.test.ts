import { assert } from "chai";
import { canvasFor } from "../../terminal/paint.ts";
import type { LoadedCapture } from "../follow/load.ts";
import { showSummary } from "./show-summary.ts";

const EMPTY: LoadedCapture = {
  path: "some.pcap",
  packets: 12,
  segments: 0,
  notUnderstood: new Map(),
  duration: 0n,
  streams: [],
  damage: undefined,
};

function summary(notUnderstood: LoadedCapture["notUnderstood"]): string[] {
  return showSummary({ ...EMPTY, notUnderstood }, canvasFor(process.stdout, { NO_COLOR: "1" }));
}

describe("the summary of a capture", () => {
  it("says how many packets were not understood, and what they are", () => {
    const counts = new Map([
      ["link type 105 (Wi-Fi, IEEE 802.11)", 7],
      ["link type 1 (Ethernet): EtherType 0x9999", 2],
    ]);
    assert.deepEqual(summary(counts), [
      "some.pcap",
      "12 packets, 0 of them TCP, in 0.000 s; 0 streams",
      "9 packets were not understood, and may hold TCP as well:",
      "  7 of link type 105 (Wi-Fi, IEEE 802.11)",
      "  2 of link type 1 (Ethernet): EtherType 0x9999",
    ]);
  });

  it("says nothing of them if there are none", () => {
    assert.lengthOf(summary(new Map()), 2);
  });
});
