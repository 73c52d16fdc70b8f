import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

describe("Node.js", () => {
  it("is a version that the course serves", () => {
    const { engines } = JSON.parse(readFileSync(join(COURSE_FOLDER, "package.json"), "utf8"));
    expect(engines.node).to.equal(">=20.19");
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    expect(major > 20 || (major === 20 && minor >= 19), process.version).to.equal(true);
  });

  it("is the version that whoever started the tests asked for", () => {
    const expected = process.env.EXPECTED_NODE ?? process.versions.node.split(".")[0];
    expect(process.version).to.match(new RegExp(`^v${expected}\\.`));
  });
});
