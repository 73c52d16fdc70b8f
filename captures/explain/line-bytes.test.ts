import { assert } from "chai";
import fc from "fast-check";
import { dataBytes, lineBytes } from "./line-bytes.ts";

function labels(line: string): string[] {
  return lineBytes(Buffer.from(line)).map(({ bytes, label }) => `${bytes} | ${label}`);
}

describe("the bytes of a line", () => {
  it("are labelled member by member", () => {
    assert.deepEqual(labels('{"type":"ack","id":3}\n'), [
      '{"type":"ack" | type: an acknowledgement',
      ',"id":3 | id: of the message that has arrived',
      "} | the end of the object",
      "\n | LF: the end of the line",
    ]);
  });

  it("are text if they are no object, or one with blanks in it", () => {
    assert.deepEqual(labels("1 + 2\n"), ["1 + 2 | text: 1 + 2", "\n | LF: the end of the line"]);
    assert.match(labels('{"type": "ack"}\n')[0] ?? "", /\| text: \{"type": "ack"\}$/);
    const binary = lineBytes(Buffer.of(0x16, 0x03, 0xff));
    assert.equal(binary[0]?.label, "data that are no text");
  });

  it("get labels that no terminal obeys, and none that is endless, whatever an object holds", () => {
    assert.deepEqual(labels('{"type":{"toString":1}}')[0], '{"type":{"toString":1} | type');
    assert.deepEqual(labels('{"\u009b2J":1}')[0]?.split(" | ")[1], "\uFFFD2J");
    for (const line of [`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, `{"${"x".repeat(9_000)}":1}`]) {
      for (const { label } of lineBytes(Buffer.from(line))) assert.isBelow(label.length, 250);
    }
  });

  it("are all there", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(`${text}\n`)),
        ),
        (bytes) => {
          const ranges = dataBytes(Buffer.from(bytes));
          assert.deepEqual(Buffer.concat(ranges.map((range) => range.bytes)), Buffer.from(bytes));
        },
      ),
    );
  });
});
