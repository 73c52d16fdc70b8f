// Tests of where the parts of a diagram stand: inside of the picture, in order, and with room for their words.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { fencesOf } from "../../../course/lesson/fences.ts";
import { parseSequence } from "../../../course/lesson/sequence-diagram.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";
import { layOut, wrapped } from "./diagram-layout.ts";

const LESSONS = join(COURSE_FOLDER, "lessons");

/** All diagrams of the lessons. */
const DIAGRAMS = readdirSync(LESSONS, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    fencesOf(readFileSync(join(LESSONS, name), "utf8"))
      .filter(({ language }) => language === "mermaid")
      .map(({ content }) => ({ name, diagram: parseSequence(content) })),
  );

describe("the picture of a sequence diagram", () => {
  it("has every part of every lesson's diagram inside of it, one below the other", () => {
    expect(DIAGRAMS.length).to.be.greaterThan(20);
    for (const { name, diagram } of DIAGRAMS) {
      const { width, height, lifelines, placed, bottom } = layOut(diagram);
      for (const { x, width: box } of lifelines) {
        expect(x - box / 2, name).to.be.at.least(0);
        expect(x + box / 2, name).to.be.at.most(width);
      }
      expect(
        lifelines.map(({ x }) => x),
        name,
      ).to.deep.equal([...lifelines.map(({ x }) => x)].sort((a, b) => a - b));
      let last = 0;
      for (const part of placed) {
        expect(part.y, name).to.be.at.least(last);
        last = part.y;
        if (part.kind === "note") {
          expect(part.x, name).to.be.at.least(0);
          expect(part.x + part.width, name).to.be.at.most(width);
        }
      }
      expect(last, name).to.be.below(bottom);
      expect(bottom, name).to.be.below(height);
    }
  });

  it("draws an arrow from the one to the other, and a frame around what is in it", () => {
    const lines = "sequenceDiagram\nparticipant A\nparticipant B\nloop twice\nB-->>A: hi\nend\nA-xB: lost";
    const { lifelines, placed } = layOut(parseSequence(lines.split("\n")));
    const [a = 0, b = 0] = lifelines.map(({ x }) => x);
    const [frame, hi, lost] = placed;
    expect(hi).to.deep.include({ kind: "message", from: b, to: a, dashed: true, lost: false });
    expect(lost).to.deep.include({ kind: "message", from: a, to: b, dashed: false, lost: true });
    if (frame?.kind !== "frame") throw new Error("no frame");
    expect(frame).to.deep.include({ name: "loop", text: "twice" });
    expect(hi?.y).to.be.within(frame.y, frame.y + frame.height);
    expect(lost?.y).to.be.above(frame.y + frame.height);
  });

  it("breaks words into lines", () => {
    expect(wrapped("one two three", 7)).to.deep.equal(["one two", "three"]);
    expect(wrapped("extraordinarily", 4)).to.deep.equal(["extraordinarily"]);
  });
});
