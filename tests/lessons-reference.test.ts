// What pages refer to exists: pages for the words of the glossary, filters that Wireshark understands, and for each
// claim of the course its pages and its proof.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect } from "chai";
import { CHECKS } from "../checks/index.ts";
import { fencesOf } from "../course/lesson/fences.ts";
import { readPages } from "../course/lesson/page-files.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { withTool } from "./support/tools.ts";

function read(file: string): string {
  return readFileSync(join(COURSE_FOLDER, file), "utf8");
}

/** The cells of all tables on a page, row by row, without headings. */
function tableRows(file: string): string[][] {
  return read(file)
    .split("\n")
    .filter((line) => /^\| (?!term|claim|---)/.test(line) && !line.startsWith("|---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The files that a cell links to, relative to the course's folder. */
function linkedFiles(cell: string): string[] {
  return [...cell.matchAll(/\]\(([^)#]+)/g)].map(([, href = ""]) =>
    posix.normalize(posix.join("lessons", href)),
  );
}

describe("the glossary", () => {
  it("names pages in which the word is met", () => {
    const missing: string[] = [];
    for (const [term = "", meaning = "", where = ""] of tableRows("lessons/glossary.md")) {
      expect(meaning, term).to.match(/[.?]"?$/);
      const words = term
        .toLowerCase()
        .replace(/[()]/g, ",")
        .split(",")
        .map((word) => word.trim());
      for (const file of linkedFiles(where)) {
        if (!existsSync(join(COURSE_FOLDER, file))) continue; // The test of links reports this.
        const text = read(file).toLowerCase().replace(/\s+/g, " ");
        if (!words.some((word) => word !== "" && text.includes(word)))
          missing.push(`${term}: not in ${file}`);
      }
    }
    expect(missing).to.deep.equal([]);
  });

  it("is in alphabetical order, section by section", () => {
    for (const section of read("lessons/glossary.md").split(/^## /m).slice(1)) {
      const terms = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, term = ""]) => term.toLowerCase());
      const words = terms.filter((term) => term !== "term");
      expect(words).to.deep.equal([...words].sort((a, b) => a.localeCompare(b, "en")));
    }
  });
});

withTool("tshark", ["--version"], "the filters in the lessons", () => {
  it("are understood by Wireshark with our dissector", function () {
    this.timeout(180_000);
    const filters = readPages(COURSE_FOLDER).flatMap(({ file, text }) =>
      fencesOf(text)
        .filter(({ language, info }) => language === "text" && /^not-run:.*Wireshark/.test(info))
        .flatMap(({ content, line }) =>
          content
            .filter((filter) => filter.trim() !== "")
            .map((filter) => ({ filter, place: `${file}:${line}` })),
        ),
    );
    const problemOf = (filter: string): string | undefined => {
      const lua = ["-X", "lua_script:captures/wireshark/p2pchat.lua"];
      const argv = [...lua, "-r", "captures/01-calculator.pcap", "-c", "1", "-Y", filter];
      const { status, stderr } = spawnSync("tshark", argv, { cwd: COURSE_FOLDER, encoding: "utf8" });
      return status === 0 ? undefined : stderr.trim();
    };
    expect(filters.length).to.be.greaterThan(5);
    // All filters are tried in one. Only if that fails, they are tried one by one.
    const together = problemOf(filters.map(({ filter }) => `(${filter})`).join(" || "));
    if (together === undefined) return;
    const problems = filters.flatMap(({ filter, place }) => {
      const problem = problemOf(filter);
      return problem === undefined ? [] : [`${place}: ${filter}: ${problem}`];
    });
    expect(problems).to.deep.equal([]);
    throw new Error(together);
  });
});

describe("the claims of the course", () => {
  const CLAIMS = "lessons/claims.md";

  it("have each a page that teaches it, and a proof that runs", () => {
    const rows = tableRows(CLAIMS);
    expect(rows.length).to.be.at.least(12);
    for (const [claim = "", taught = "", proved = ""] of rows) {
      expect(linkedFiles(taught), claim).to.satisfy((files: string[]) =>
        files.some((file) => /\/\d+-/.test(file)),
      );
      expect(linkedFiles(proved).length + checksIn(proved).length, claim).to.be.greaterThan(0);
      for (const file of [...linkedFiles(taught), ...linkedFiles(proved)])
        expect(existsSync(join(COURSE_FOLDER, file)), `${claim}: ${file}`).to.equal(true);
    }
  });

  it("name checks that exist, and tests that the test run takes in", () => {
    const checks = CHECKS.map(({ id }) => id);
    for (const [claim = "", , proved = ""] of tableRows(CLAIMS)) {
      for (const id of checksIn(proved)) expect(checks, claim).to.include(id);
      for (const file of linkedFiles(proved)) expect(file, claim).to.match(/\.test\.ts$/);
    }
  });

  /** The ids of checks in a cell, such as `P1.4-left-to-right`. */
  function checksIn(cell: string): string[] {
    return [...cell.matchAll(/`(P[0-9]{1,2}(?:\.[0-9]+)?-[a-z0-9-]+)`/g)].map(([, id = ""]) => id);
  }
});
