// Every clause of the protocol is named by the title of a test, and no title names a clause that does not exist.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../course/programs.ts";

const FOLDERS = ["01-calculator", "02-basic-p2p", "03-dh-chat", "04-aes-chat", "course", "tests"];

/** The clauses that a text of the protocol defines: P1.4 and so on, and P7, which has no numbers of its own. */
function clauses(): string[] {
  const text = readFileSync(join(COURSE_FOLDER, "lessons/protocol.md"), "utf8");
  return [...[...text.matchAll(/^- \*\*(P[0-9]\.[0-9]+)\*\*/gm)].map(([, id = ""]) => id), "P7"];
}

/** The clauses that the titles of tests name, each with the files that do. */
function tested(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(COURSE_FOLDER, folder))) {
      if (!name.endsWith(".test.ts")) continue;
      const text = readFileSync(join(COURSE_FOLDER, folder, name), "utf8");
      for (const [, title = ""] of text.matchAll(/\bit\(\s*[`"']([^`"']*)/g)) {
        for (const [id] of title.matchAll(/\bP[0-9](?:\.[0-9]+)?\b/g)) {
          found.set(id, [...(found.get(id) ?? []), `${folder}/${name}`]);
        }
      }
    }
  }
  return found;
}

describe("the clauses of the protocol", () => {
  it("are each named by a test", () => {
    const named = tested();
    expect(clauses()).to.have.length.greaterThan(40);
    expect(clauses().filter((id) => !named.has(id))).to.deep.equal([]);
  });

  it("are the only ones that tests name", () => {
    const known = new Set(clauses());
    const sections = new Set([...known].map((id) => id.replace(/\..*/, "")));
    expect([...tested().keys()].filter((id) => !known.has(id) && !sections.has(id))).to.deep.equal([]);
  });
});
