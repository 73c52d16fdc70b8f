// Tests the copy for students: it contains no solution, no loose link, and its programs run. The two walks through it are
// tests of their own, handout-in-order and handout-any-order.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { expect } from "chai";
import { lexer, walkTokens } from "marked";
import { pagesIn } from "../../authoring/handout/loose-links.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { PROGRAM_EXERCISES } from "../support/course.ts";
import { type HandoutCopy, makeHandout } from "../support/handout-copy.ts";
import { type Ran, runIn } from "../support/handout-walk.ts";

/** Shorter lines, such as `}`, are not typical of a solution. */
const TELLING = 30;

describe("the handout", () => {
  let handout: HandoutCopy;
  let folder: string;

  before(async () => {
    handout = await makeHandout();
    folder = handout.folder;
  });
  after(() => handout.remove());

  const run = (...argv: string[]): Promise<Ran> => runIn(folder, argv);

  it("holds no solutions, wrong answers or tests", () => {
    const files = texts(folder);
    expect(files.filter((file) => file.endsWith(".test.ts") || file.includes("wrong-answers"))).to.deep.equal(
      [],
    );
    const contents = files.map((file) => readFileSync(join(folder, file), "utf8"));
    for (const { id, solution = "", starter } of PROGRAM_EXERCISES) {
      const telling = solution
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line.length >= TELLING && !line.startsWith("//") && !starter.includes(line));
      for (const line of telling) {
        const where = files.filter((_, index) => contents[index]?.includes(line));
        expect(where.filter(mayGiveAway), `${id}: ${line}`).to.deep.equal([]);
      }
    }
  });

  /**
   * Whether a line in this file could come only from a solution. That is not so in templates, where it is outside of
   * the region, and in files that are the same as in the course.
   */
  function mayGiveAway(file: string): boolean {
    if (file.startsWith("course/templates/")) return false;
    return readFileSync(join(folder, file), "utf8") !== readFileSync(join(COURSE_FOLDER, file), "utf8");
  }

  /** Links of a page in the copy to files that do not exist. */
  function looseLinks(page: string): string[] {
    const loose: string[] = [];
    void walkTokens(lexer(readFileSync(join(folder, page), "utf8")), (token) => {
      if (token.type !== "link" && token.type !== "image") return;
      const [path = ""] = String(token.href).split("#");
      if (path === "" || /^[a-z]+:/.test(path)) return;
      if (!existsSync(join(folder, posix.join(posix.dirname(page), path)))) loose.push(path);
    });
    return loose;
  }

  it("has pages whose links lead somewhere", () => {
    const pages = pagesIn(folder);
    expect(pages.length).to.be.greaterThan(50);
    for (const page of pages) expect(looseLinks(page), page).to.deep.equal([]);
    const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const page of pages) {
      const text = readFileSync(join(folder, page), "utf8");
      expect(text, page).not.to.contain("course only");
      // The npm scripts that a page names exist.
      for (const [, script = "start"] of text.matchAll(
        /\bnpm (?:run (?:-s |--silent )?)?([a-z][a-z0-9:-]*)/g,
      )) {
        if (["ci", "install", "run"].includes(script)) continue;
        expect(Object.keys(description.scripts), `${page}: npm … ${script}`).to.include(script);
      }
    }
    const claims = readFileSync(join(folder, "lessons/claims.md"), "utf8");
    expect(claims).to.contain("wireshark-dissector.test.ts").and.not.to.contain("](../tests/");
  });

  it("holds stage 06 with what installs its packages, and without these: its checks pass", async () => {
    const names = readdirSync(join(folder, "06-dht-chat"));
    expect(names).to.include.members([
      "node.ts",
      "page",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
    ]);
    expect(names).not.to.include("node_modules");
    const { status, output } = await run("checks/check.ts", "06");
    expect(status, output).to.equal(0);
    expect(output).to.match(/^[1-9][0-9]* passed, 0 failed, 0 could not run\.$/m);
  });

  it("runs the tour, the attacks and the readers of captures", async () => {
    expect((await run("course/tour.ts")).status).to.equal(0);
    expect((await run("attacks/attack.ts", "crib")).status).to.equal(0);
    const shown = await run(
      "captures/show.ts",
      "captures/04-aes-chat.pcap",
      "--stream",
      "all",
      "--keys",
      "captures/04-aes-chat.keys",
    );
    expect(shown.status, shown.output).to.equal(0);
  });
});

/** The TypeScript and JSON files below a folder, without packages. */
function texts(folder: string, path = ""): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const file = path === "" ? name : `${path}/${name}`;
    if (name === "node_modules") return [];
    if (statSync(join(folder, file)).isDirectory()) return texts(folder, file);
    return /\.(?:ts|json)$/.test(file) ? [file] : [];
  });
}
