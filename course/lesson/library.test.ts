import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { findPage, nameOfPage, readLibrary } from "./library.ts";

describe("the pages to read", () => {
  const pages = readLibrary(COURSE_FOLDER);

  it("are found by their number, words, exercise or file", () => {
    for (const name of [
      "01-3",
      "01-3-framing",
      "01-framing",
      "lessons/01-calculator/3-framing.md",
      "./lessons/01-calculator/3-framing.md",
    ])
      expect(findPage(pages, name)?.id, name).to.equal("01-3");
    expect(findPage(pages, "protocol")?.file).to.equal("lessons/protocol.md");
    for (const name of ["", "01", "3", "09-9", "framing"])
      expect(findPage(pages, name), name).to.equal(undefined);
  });

  it("begin with setting up, where a new reader begins", () => {
    expect(pages[0]?.id).to.equal("00-1");
  });

  it("have a name each", () => {
    const ids = pages.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(nameOfPage(pages)("lessons/01-calculator/3-framing.md")).to.equal("01-3");
    expect(nameOfPage(pages)("README.md")).to.equal(undefined);
  });
});
