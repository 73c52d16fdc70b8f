import { assert } from "chai";
import { CallError } from "../../shared/fields.ts";
import { type FilteredPacket, readFilter } from "./filter.ts";

const PACKETS: readonly FilteredPacket[] = [
  packet(1, { bytes: 0 }),
  packet(2, { isSealed: true, source: { address: "10.0.0.2", port: 10_000 } }),
  packet(3, { kind: "udp", stream: undefined, conversation: 0, destination: { address: "::1", port: 53 } }),
  packet(4, { kind: "other", bytes: 0, stream: undefined, source: { address: "", port: -1 } }),
  packet(5, { stream: 1, source: { address: "::1", port: 7 } }),
];

function packet(number: number, fields: Partial<FilteredPacket>): FilteredPacket {
  return {
    number,
    kind: "tcp",
    bytes: 5,
    isSealed: false,
    stream: 0,
    conversation: undefined,
    source: { address: "10.0.0.1", port: 50_001 },
    destination: { address: "10.0.0.2", port: 10_000 },
    ...fields,
  };
}

function numbers(filter: string): number[] {
  return PACKETS.filter(readFilter(filter)).map(({ number }) => number);
}

describe("a filter", () => {
  it("has words that must all fit", () => {
    assert.deepEqual(numbers(""), [1, 2, 3, 4, 5]);
    assert.deepEqual(numbers("tcp"), [1, 2, 5]);
    assert.deepEqual(numbers("UDP"), [3]);
    assert.deepEqual(numbers("data"), [2, 3, 5]);
    assert.deepEqual(numbers("sealed"), [2]);
    assert.deepEqual(numbers("clear"), [3, 5]);
    assert.deepEqual(numbers(" tcp   data stream 0 "), [2]);
    assert.deepEqual(numbers("not tcp"), [3, 4]);
    assert.deepEqual(numbers("tcp not data"), [1]);
    assert.deepEqual(numbers("port 53"), [3]);
    assert.deepEqual(numbers("not port 10000"), [3]);
    assert.deepEqual(numbers("conversation 0"), [3]);
    assert.deepEqual(numbers("packet 4"), [4, 5]);
    assert.deepEqual(numbers("from 10.0.0.2"), [2]);
    assert.deepEqual(numbers("from 10.0.0.1:50001 data"), [3]);
    assert.deepEqual(numbers("from ::1"), [5]);
    assert.deepEqual(numbers("from [::1]:7"), [5]);
    assert.deepEqual(numbers("from [::1]:8"), []);
  });

  it("says which word is wrong", () => {
    for (const [filter, why] of [
      ["tpc", /^the filter does not know "tpc"; it knows tcp, /],
      ["port", /^port takes a number/],
      ["port x", /^port takes a number/],
      ["stream -1", /^stream takes a number/],
      ["tcp not", /^a word must follow not$/],
      ["not not tcp", /^the filter does not know "not"/],
      ["from", /^from takes an address/],
      ["constructor", /^the filter does not know/],
    ] as const)
      assert.throws(() => readFilter(filter), CallError, why, filter);
  });
});
