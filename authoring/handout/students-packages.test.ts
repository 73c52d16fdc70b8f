import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { leaveOutTestPackages } from "./students-packages.ts";

describe("the packages of the copy for students", () => {
  const folder = mkdtempSync(join(tmpdir(), "packages-"));
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

  before(() => {
    for (const name of ["package.json", "package-lock.json"])
      cpSync(join(COURSE_FOLDER, name), join(folder, name));
    leaveOutTestPackages(folder);
  });

  after(() => rmSync(folder, { recursive: true }));

  it("are those of the programs, and the types for editors", () => {
    const own = JSON.parse(readFileSync(join(COURSE_FOLDER, "package.json"), "utf8"));
    const { dependencies, devDependencies, optionalDependencies } = read("package.json");
    expect(dependencies).to.deep.equal(own.dependencies);
    expect(optionalDependencies).to.deep.equal(own.optionalDependencies);
    expect(Object.keys(devDependencies)).to.deep.equal(["@types/mocha", "@types/node"]);
  });

  it("are locked: all that is named, and all that those need", () => {
    const { packages } = read("package-lock.json");
    const { "": root, ...rest } = packages;
    expect(root.devDependencies).to.deep.equal(read("package.json").devDependencies);
    const needs = [root, ...Object.values<{ dependencies?: object }>(rest)].flatMap((one) =>
      Object.keys({ ...one.dependencies, ...one.devDependencies }),
    );
    expect(needs.filter((name) => !(`node_modules/${name}` in rest))).to.deep.equal([]);
    // Some are for another system each.
    const here = Object.values<{ optional?: boolean }>(rest).filter(({ optional }) => !optional);
    expect(here.length).to.be.greaterThan(15).and.lessThan(60);
    expect(Object.keys(rest)).not.to.include("node_modules/mocha").and.not.to.include("node_modules/glob");
  });
});
