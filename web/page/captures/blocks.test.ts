// Tests how bytes with their meaning are read, and which field holds a byte.

import { expect } from "chai";
import type { LabelledField } from "../../shared/captures.ts";
import { fieldAt, readBlock } from "./blocks.ts";

const FIELD = { look: "known", clause: null } as const;

const FIELDS: readonly LabelledField[] = [
  { ...FIELD, offset: 0, length: 2, layer: "TCP", label: "TCP: from port 1" },
  { ...FIELD, offset: 2, length: 1, layer: "TCP", label: "TCP: to port 2" },
  { ...FIELD, offset: 3, length: 2, layer: "data", label: "text: TCP: hi" },
  { ...FIELD, offset: 5, length: 0, layer: "data", label: "(no LF)" },
];

describe("bytes with the meaning of each", () => {
  const block = readBlock("Inside:", { bytes: "AAECA/8=", length: 5, fields: [...FIELDS] });

  it("are read, layer by layer; a layer's name is not said again", () => {
    expect([...block.bytes]).to.deep.equal([0, 1, 2, 3, 255]);
    expect(block.title).to.equal("Inside");
    expect(block.layers.map(({ title, start, end }) => [title, start, end])).to.deep.equal([
      ["TCP", 0, 3],
      ["Data", 3, 5],
    ]);
    expect(block.layers.flatMap(({ fields }) => fields.map(({ label }) => label))).to.deep.equal([
      "from port 1",
      "to port 2",
      "text: TCP: hi",
      "(no LF)",
    ]);
  });

  it("have one field for each byte, and none behind the last", () => {
    const labels = [0, 1, 2, 3, 4, 5, 9].map((offset) => fieldAt(block, offset)?.label);
    expect(labels).to.deep.equal([
      "from port 1",
      "from port 1",
      "to port 2",
      "text: TCP: hi",
      "text: TCP: hi",
      undefined,
      undefined,
    ]);
  });
});
