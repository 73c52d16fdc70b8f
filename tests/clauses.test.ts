// All clauses that the titles of tests name exist, and each clause of stage 06 is named by one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readClauses } from "../authoring/course-rules.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

const FOLDERS = [
  "01-calculator",
  "02-basic-p2p",
  "03-dh-chat",
  "04-aes-chat",
  "05-lan-chat",
  "06-dht-chat",
  "attacks",
  "authoring",
  "captures",
  "checks",
  "course",
  "tests",
];

/** The clauses in the titles of tests, each with the files of these tests. */
function namedByTitles(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(COURSE_FOLDER, folder), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".test.ts") || name.includes("node_modules")) continue;
      const text = readFileSync(join(COURSE_FOLDER, folder, name), "utf8");
      for (const [, title = ""] of text.matchAll(/\bit\(\s*[`"']([^`"']*)/g)) {
        for (const [id] of title.matchAll(/\bP[0-9]{1,2}(?:\.[0-9]+)?\b/g)) {
          found.set(id, [...(found.get(id) ?? []), `${folder}/${name}`]);
        }
      }
    }
  }
  return found;
}

describe("the clauses of the protocol", () => {
  it("are many, and the titles of tests name no others", () => {
    const known = new Set(readClauses(COURSE_FOLDER));
    const sections = new Set([...known].map((id) => id.replace(/\..*/, "")));
    expect(known.size).to.be.greaterThan(40);
    const unknown = [...namedByTitles()].filter(([id]) => !known.has(id) && !sections.has(id));
    expect(unknown).to.deep.equal([]);
  });

  it("of stage 06 stand each in the title of a test", () => {
    const named = namedByTitles();
    const clauses = readClauses(COURSE_FOLDER).filter((id) => id.startsWith("P10."));
    expect(clauses).to.have.length.greaterThan(10);
    expect(clauses.filter((id) => !named.has(id))).to.deep.equal([]);
  });
});
