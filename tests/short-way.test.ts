// The short way and the minutes: what the pages say below their titles is what the maps, learn and the plans show.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { headProblems } from "../authoring/weave/page-rules.ts";
import { readPageHead } from "../course/exercises/page-head.ts";
import { type Page, readPages } from "../course/lesson/page-files.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { EXERCISES } from "./support/course.ts";

const PAGES = readPages(COURSE_FOLDER);
const SHORT = PAGES.filter(({ head }) => head?.isShort === true);

/** `npm start`, with its pauses, in minutes. */
const TOUR = 3;

const read = (file: string): string => readFileSync(join(COURSE_FOLDER, file), "utf8");

function sum(pages: readonly Page[], what: "reading" | "exercise"): number {
  return pages.reduce((total, { head }) => total + (head?.[what] ?? 0), 0);
}

describe("the short way", () => {
  it("takes a little more than two hours to read, with the tour", () => {
    expect(TOUR + sum(SHORT, "reading")).to.be.within(120, 140);
  });

  it("leads through every stage, from how to read a capture to real systems", () => {
    const ids = SHORT.map(({ id }) => id);
    expect(ids.slice(0, 7)).to.deep.equal(["00-2", "01-1", "01-3", "02-1", "02-6", "02-10", "02-11"]);
    for (const id of ["03-1", "03-9", "04-1", "04-6", "04-11"]) expect(ids).to.include(id);
  });

  for (const file of ["README.md", "lessons/README.md", "lessons/00-setting-up/3-the-map.md"])
    it(`is the same in ${file}`, () => {
      const [, table = ""] = /<!-- generate: short-way[^\n]*\n([\s\S]*?)<!-- end -->/.exec(read(file)) ?? [];
      const linked = [...table.matchAll(/\[([0-9]{2}-[0-9]+)\]\(([^)]*)\)/g)];
      expect(linked.map(([, id]) => id)).to.deep.equal(SHORT.map(({ id }) => id));
      for (const [index, [, , href = ""]] of linked.entries())
        expect(href.endsWith(SHORT[index]?.file.slice("lessons/".length) ?? "?"), href).to.equal(true);
      expect(table).to.include(`| ${sum(SHORT, "reading")} | ${sum(SHORT, "exercise")} |`);
    });

  it("is marked on the map, and the other pages are in depth", () => {
    const map = read("lessons/README.md");
    for (const { id, head } of PAGES) {
      const [, way, minutes] =
        new RegExp(`^\\| ${id} \\| [^|]* \\| ([^|]*) \\| ([^|]*) \\|`, "m").exec(map) ?? [];
      expect(way, id).to.equal(head?.isShort ? "**short**" : "in depth");
      const { reading, exercise } = head ?? {};
      expect(minutes, id).to.equal(exercise === 0 ? `${reading}` : `${reading} + ${exercise}`);
    }
  });

  it("has the exercises of its pages in learn", () => {
    const short = EXERCISES.filter(({ isShort }) => isShort).map(({ id }) => id);
    expect(short).to.deep.equal(SHORT.flatMap(({ exercise }) => exercise ?? []));
    expect(short.length).to.be.within(1, EXERCISES.length - 1);
  });
});

describe("what a page says below its title", () => {
  it("is its way and its minutes", () => {
    expect(readPageHead("# A\n\n*Short way. 5 minutes to read, 10 for the exercise.*\n")).to.deep.equal({
      isShort: true,
      reading: 5,
      exercise: 10,
    });
    expect(
      readPageHead("<!-- exercise\nkind: code\n-->\n# A\n\n*In depth. 5 minutes to read.*\n"),
    ).to.deep.equal({ isShort: false, reading: 5, exercise: 0 });
    for (const line of [
      "*Short way.*",
      "*Short way. 0 minutes to read.*",
      "Short way. 5 minutes to read.",
      "",
    ])
      expect(readPageHead(`# A\n\n${line}\n`), line).to.equal(undefined);
  });

  it("is refused if it does not fit the page", () => {
    const [page] = PAGES.filter(({ id }) => id === "01-3");
    if (page?.head === undefined) throw new Error("no page");
    const { head } = page;
    expect(headProblems(page)).to.deep.equal([]);
    expect(headProblems({ ...page, head: undefined }).join()).to.include("below the title comes");
    for (const reading of [1, 20])
      expect(headProblems({ ...page, head: { ...head, reading } }).join()).to.match(
        /it says \d+ minutes to read/,
      );
    expect(headProblems({ ...page, head: { ...head, exercise: 0 } }).join()).to.include(
      "with an exercise only",
    );
    expect(headProblems({ ...page, exercise: undefined }).join()).to.include("with an exercise only");
  });
});

describe("the plans of time for instructors", () => {
  const TEXT = read("INSTRUCTORS.md");

  for (const stage of ["01", "02", "03", "04", "05", "06"])
    it(`of stage ${stage} have each page once, its minutes, and three questions`, () => {
      const [, plan = ""] = new RegExp(`^### Stage ${stage}\n([\\s\\S]*?)^#`, "m").exec(TEXT) ?? [];
      const rows = [...plan.matchAll(/^\| [a-z ]+ \| (0[^|]*) \| ([0-9]+) \|/gm)];
      const planned = rows.flatMap(([, ids = "", minutes]) => {
        const pages = PAGES.filter(({ id }) => ids.split(", ").includes(id));
        expect(Number(minutes), ids).to.equal(sum(pages, "reading") + sum(pages, "exercise"));
        return ids.split(", ");
      });
      const own = PAGES.filter(({ folder }) => folder.startsWith(stage)).map(({ id }) => id);
      expect([...planned].sort()).to.deep.equal([...own].sort());
      expect(plan.match(/^[1-9]\. [^(]*\?/gm)).to.have.length(3);
    });
});
