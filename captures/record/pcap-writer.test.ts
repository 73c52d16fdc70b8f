import { assert } from "chai";
import { pcapHeader, pcapRecord } from "./pcap-writer.ts";

const TIME = 0x01020304n * 1_000_000_000n + 123_456_789n;

describe("writing pcap", () => {
  it("writes the header of draft-ietf-opsawg-pcap", () => {
    assert.equal(pcapHeader(113).toString("hex"), "d4c3b2a10200040000000000000000000000040071000000");
    const form = { bigEndian: true, nanoseconds: true };
    assert.equal(pcapHeader(276, form).toString("hex"), "a1b23c4d0002000400000000000000000004000000000114");
  });

  it("writes records, with what the packet was on the wire", () => {
    const data = Buffer.from("abc");
    assert.equal(pcapRecord(TIME, data).toString("hex"), "0403020140e201000300000003000000616263");
    const form = { bigEndian: true, nanoseconds: true };
    assert.equal(
      pcapRecord(TIME, data, 1500, form).toString("hex"),
      "01020304075bcd1500000003000005dc616263",
    );
  });
});
