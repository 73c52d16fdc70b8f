import { assert } from "chai";
import { lineBytes } from "../../../captures/explain/line-bytes.ts";
import { MOST_FIELDS } from "../../shared/captures.ts";
import { labelledBlock } from "./labelled-block.ts";

describe("a block of labelled bytes", () => {
  it("has a field for every byte, with what it belongs to", () => {
    const line = Buffer.from('{"type":"sealed","seq":0,"ciphertext":"00"}\n');
    const header = { bytes: Buffer.from("12"), label: "TCP: from port 12594" };
    const bytes = Buffer.concat([header.bytes, line]);
    const ranges = [header, ...lineBytes(line)];
    const { fields, length } = labelledBlock(bytes, ranges, { start: 2, end: bytes.length }, bytes.length);
    assert.equal(length, bytes.length);
    assert.deepEqual(
      fields.map((field) => [field.offset, field.length, field.layer, field.look]),
      [
        [0, 2, "TCP", "known"],
        [2, 16, "data", "known"],
        [18, 8, "data", "known"],
        [26, 18, "data", "sealed"],
        [44, 1, "data", "known"],
        [45, 1, "data", "known"],
      ],
    );
    assert.equal(fields[3]?.clause, "P6.2");
  });

  it("takes no name in the data for that of a header", () => {
    const line = Buffer.from('{"TCP: from port 1":1}\n');
    const { fields } = labelledBlock(line, lineBytes(line), { start: 0, end: line.length }, line.length);
    assert.include(fields[0]?.label, "TCP: from port 1");
    assert.deepEqual([...new Set(fields.map(({ layer }) => layer))], ["data"]);
  });

  it("is bounded, and says so in its last field", () => {
    const many = Buffer.alloc(50_000, "\n");
    const ranges = Array.from({ length: many.length }, (_, i) => ({
      bytes: many.subarray(i, i + 1),
      label: "LF",
    }));
    const { fields, bytes } = labelledBlock(many, ranges, undefined, 1000);
    assert.lengthOf(fields, MOST_FIELDS);
    const last = fields.at(-1);
    assert.equal((last?.offset ?? 0) + (last?.length ?? 0), many.length);
    assert.equal(Buffer.from(bytes, "base64").length, 1000);
  });
});
