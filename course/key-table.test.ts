import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { actionOf, type KeyRow, shownKeys } from "./key-table.ts";
import { LEARN_KEYS } from "./learn/keys.ts";
import { LESSON_KEYS } from "./lesson/keys.ts";

const TABLE: readonly KeyRow<"down" | "end" | "first">[] = [
  { where: "page", keys: ["down", "j"], action: "down", does: "" },
  { where: "page", keys: ["g", "home"], action: "first", does: "" },
  { where: "page", keys: ["G", "end"], action: "end", does: "" },
];

describe("a table of keys", () => {
  it("tells what a key does, and where", () => {
    expect(actionOf(TABLE, "page", { name: "down", text: "" })).to.equal("down");
    expect(actionOf(TABLE, "page", { name: "g", text: "g" })).to.equal("first");
    expect(actionOf(TABLE, "page", { name: "g", text: "G" })).to.equal("end");
    expect(actionOf(TABLE, "page", { name: "x", text: "x" })).to.equal(undefined);
    expect(actionOf(TABLE, "list", { name: "down", text: "" })).to.equal(undefined);
  });

  it("names keys as they stand on a keyboard, each once", () => {
    expect(shownKeys(["return", "enter", "n", "right"])).to.equal("`Enter`, `n`, `→`");
  });

  for (const [program, table] of [
    ["learn", LEARN_KEYS],
    ["lesson", LESSON_KEYS],
  ] as const)
    it(`of ${program} gives each key one meaning in a place`, () => {
      const keys = table.flatMap((row) => row.keys.map((key) => `${key} in ${row.where}`));
      expect(keys.filter((key, i) => keys.indexOf(key) !== i)).to.deep.equal([]);
    });
});

describe("page 00-3", () => {
  const page = readFileSync(join(COURSE_FOLDER, "lessons/00-setting-up/3-the-map.md"), "utf8");

  for (const [program, table] of [
    ["learn", LEARN_KEYS],
    ["lesson", LESSON_KEYS],
  ] as const)
    it(`names every key of ${program}`, () => {
      const [, shown = ""] =
        new RegExp(`<!-- generate: keys ${program} -->\\n([\\s\\S]*?)<!-- end -->`).exec(page) ?? [];
      const rows = shown.split("\n").filter((row) => row.includes("`"));
      expect(rows).to.have.length(table.length);
      let place = "";
      for (const [i, { where, keys, does }] of table.entries()) {
        expect(rows[i]).to.match(/^\|(?: [a-z, `/]+)? \| /);
        place = /^\| ([a-z, `/]+) \| [^|]+ \| [^|]+ \|$/.exec(rows[i] ?? "")?.[1] ?? place;
        expect(place).to.equal(where);
        expect(rows[i]).to.include(` | ${shownKeys(keys)} | ${does} |`);
      }
    });
});
