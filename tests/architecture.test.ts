// ARCHITECTURE.md is true: what its walks name exists, and its drawing is the plan that imports are held against.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { IMPORT_RULES } from "../authoring/import-rules.ts";
import { STAGE_FOLDERS } from "../checks/engine/place.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

const PAGE = readFileSync(join(COURSE_FOLDER, "ARCHITECTURE.md"), "utf8");

const read = (file: string): string => readFileSync(join(COURSE_FOLDER, file), "utf8");

/** The steps of the walks: a file, and the functions and classes of it that the step names. */
function stepsOf(page: string): { step: string; file: string; names: string[] }[] {
  return [...page.matchAll(/^\d+\. (`([^`]+\.ts)`: (.*))$/gm)].map(([, step = "", file = "", rest = ""]) => {
    const names = [...rest.matchAll(/`(#?[A-Za-z][A-Za-z0-9]+)`/g)].map(([, name = ""]) => name);
    return { step, file, names };
  });
}

/** Whether code defines a function, method or class of this name, or takes it from another file. */
function hasName(code: string, name: string): boolean {
  return new RegExp(
    `(?:(?:function\\*?|class|const) ${name}\\b|^ +(?:static |async |get |\\*)*${name}[(<]|import \\{[^}]*\\b${name}\\b|new ${name}\\()`,
    "m",
  ).test(code);
}

describe("ARCHITECTURE.md", () => {
  it("names files and functions that exist", () => {
    const steps = stepsOf(PAGE);
    expect(steps.length).to.be.greaterThan(30);
    for (const { step, file, names } of steps) {
      expect(existsSync(join(COURSE_FOLDER, file)), step).to.equal(true);
      expect(names.length, step).to.be.greaterThan(0);
      for (const name of names)
        expect(hasName(read(file), name), `${step}\n${file} has no ${name}`).to.equal(true);
    }
  });

  it("would be told of a name that is gone", () => {
    expect(hasName("export function readCapture(path: string) {}", "readCapture")).to.equal(true);
    expect(hasName("class A {\n  async #send(text: string) {}\n}", "#send")).to.equal(true);
    expect(hasName("class A {\n  async #send(text: string) {}\n}", "send")).to.equal(false);
    expect(hasName("// readCapture opens the file\nreadCaptures();", "readCapture")).to.equal(false);
  });

  it("lists every folder", () => {
    const folders = readdirSync(COURSE_FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^\.|^(?:node_modules|work)$/.test(entry.name))
      .map(({ name }) => name);
    const named = new Set([...PAGE.matchAll(/`([a-z0-9-]+)\//g)].map(([, name]) => name));
    // The stages are a range: from the first to the last.
    const missing = folders.filter((name) => !named.has(name) && !/^0[2-5]-/.test(name));
    expect(missing).to.deep.equal([]);
  });

  it("draws the plan of imports: nothing more, nothing less", () => {
    const [, drawing = ""] = /```mermaid\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const arrows = [...drawing.matchAll(/^ +(\S+) (-->|-\.->) (\S+)$/gm)];
    const drawn = new Map<string, string[]>();
    for (const [, from = "", kind, to = ""] of arrows)
      if (kind === "-->") drawn.set(from, [...(drawn.get(from) ?? []), to]);
    const reached = (from: string): string[] => (drawn.get(from) ?? []).flatMap((to) => [to, ...reached(to)]);
    for (const [folder, { folders = [], files }] of Object.entries(IMPORT_RULES)) {
      expect([...new Set(reached(folder))].sort(), folder).to.deep.equal([...folders].sort());
      const isDotted = arrows.some(([, from, kind]) => from === folder && kind === "-.->");
      expect(isDotted, `${folder} and the stages`).to.equal(files !== undefined);
    }
  });
});

describe("the first two stages", () => {
  // Students read all of them. Who adds a line takes another one out.
  for (const [stage, most] of [
    ["01", 720],
    ["02", 2500],
  ] as const)
    it(`stage ${stage} has at most ${most} lines, without tests`, () => {
      const folder = STAGE_FOLDERS[stage];
      const files = readdirSync(join(COURSE_FOLDER, folder)).filter(
        (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
      );
      const lines = files.reduce((sum, name) => sum + read(`${folder}/${name}`).split("\n").length - 1, 0);
      expect(lines).to.be.greaterThan(100).and.at.most(most);
    });
});
