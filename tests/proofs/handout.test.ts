// Tests the copy for students: it contains no solution, and students can work through the whole course with it.

import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect } from "chai";
import { lexer, walkTokens } from "marked";
import { pagesIn } from "../../authoring/handout/loose-links.ts";
import { Random } from "../../checks/engine/random.ts";
import { type Exercise, hasRegion } from "../../course/exercises/exercises.ts";
import { loadQuestion } from "../../course/exercises/question.ts";
import { replaceRegion } from "../../course/exercises/regions.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { EXERCISES, PROGRAM_EXERCISES } from "../support/course.ts";
import { type HandoutCopy, makeHandout } from "../support/handout-copy.ts";
import { SEED } from "../support/on-the-wire.ts";

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

  /** Runs a program of the copy, as a student would. */
  async function run(...argv: string[]): Promise<{ status: number | string | null; output: string }> {
    return new Promise((resolve) => {
      const options = { cwd: folder, timeout: 120_000 };
      execFile(process.execPath, ["--import", "tsx", ...argv], options, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : (error.code ?? null), output: stdout + stderr }),
      );
    });
  }

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

  it("can be worked through, from the first exercise to the last", async function () {
    this.timeout(900_000);
    for (const exercise of EXERCISES) {
      const opened = await run("course/learn.ts", "next");
      expect(opened.status, opened.output).to.equal(0);
      expect(opened.output).to.contain(`${exercise.id}: `);
      await solve(exercise);
    }
    const { output } = await run("course/learn.ts", "list");
    expect(output).to.contain(`${EXERCISES.length} of ${EXERCISES.length} passed`);
  });

  it(`can be worked through in any order (seed ${SEED})`, async function () {
    this.timeout(900_000);
    rmSync(join(folder, "work"), { recursive: true, force: true, maxRetries: 5 });
    rmSync(join(folder, "progress.txt"), { force: true });
    expect(EXERCISES.length).to.be.greaterThan(30);
    for (const exercise of shuffled(EXERCISES)) {
      if (hasRegion(exercise)) await run("course/learn.ts", "check", exercise.id); // Fails, and opens it.
      await solve(exercise);
    }
    const { output } = await run("course/learn.ts", "list");
    expect(output).to.contain(`${EXERCISES.length} of ${EXERCISES.length} passed`);
    const all = await run("course/learn.ts", "check");
    expect(all.status, all.output).to.equal(0);
  });

  /** Solves an exercise that is open, as a student would. */
  async function solve(exercise: Exercise): Promise<void> {
    const { id } = exercise;
    if (hasRegion(exercise)) {
      const path = join(folder, "work", exercise.file);
      const text = readFileSync(path, "utf8");
      writeFileSync(path, replaceRegion(text, exercise.file, id, exercise.solution ?? ""));
      const checked = await run("course/learn.ts", "check", id);
      expect(checked.status, `${id}\n${checked.output}`).to.equal(0);
    } else {
      const { answers } = await (await loadQuestion(id)).find();
      const answered = await run("course/learn.ts", "answer", id, answers[0] ?? "");
      expect(answered.status, `${id}\n${answered.output}`).to.equal(0);
    }
  }

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

/** The exercises in an order that the seed draws. */
function shuffled(exercises: readonly Exercise[]): Exercise[] {
  const random = new Random(`order ${SEED}`);
  const keys = new Map(exercises.map((exercise) => [exercise, random.integer(0, 2 ** 32)]));
  return [...exercises].sort((one, other) => (keys.get(one) ?? 0) - (keys.get(other) ?? 0));
}

/** The TypeScript and JSON files below a folder, without packages. */
function texts(folder: string, path = ""): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const file = path === "" ? name : `${path}/${name}`;
    if (name === "node_modules") return [];
    if (statSync(join(folder, file)).isDirectory()) return texts(folder, file);
    return /\.(?:ts|json)$/.test(file) ? [file] : [];
  });
}
