import { expect } from "chai";
import { findRegions, replaceRegion } from "./regions.ts";

const TEXT = [
  "const a = 1;",
  "  // BEGIN SOLUTION 01-framing",
  "  const b = 2;",
  "",
  "  const c = 3;",
  "  // END SOLUTION 01-framing",
  "// BEGIN SOLUTION 01-numbers",
  "// END SOLUTION 01-numbers",
  "const d = 4;",
  "",
].join("\n");

describe("regions", () => {
  it("are found with their lines, their content and their indentation", () => {
    expect(findRegions(TEXT, "a.ts")).to.deep.equal([
      {
        id: "01-framing",
        content: "  const b = 2;\n\n  const c = 3;\n",
        beginLine: 2,
        endLine: 6,
        indentation: "  ",
      },
      { id: "01-numbers", content: "", beginLine: 7, endLine: 8, indentation: "" },
    ]);
  });

  it("get another content, and nothing around them changes", () => {
    const replaced = replaceRegion(TEXT, "a.ts", "01-framing", "  starter();");
    expect(replaced).to.equal(TEXT.replace("  const b = 2;\n\n  const c = 3;\n", "  starter();\n"));
    expect(replaceRegion(replaced, "a.ts", "01-framing", "  const b = 2;\n\n  const c = 3;\n")).to.equal(
      TEXT,
    );
    expect(replaceRegion(TEXT, "a.ts", "01-framing", "")).to.not.include("const b");
  });

  it("keep the line ends of the file", () => {
    const windows = TEXT.replaceAll("\n", "\r\n");
    expect(findRegions(windows, "a.ts").map(({ id }) => id)).to.deep.equal(["01-framing", "01-numbers"]);
    expect(replaceRegion(windows, "a.ts", "01-framing", "  x();\n  y();\n")).to.include(
      "framing\r\n  x();\r\n  y();\r\n  // END",
    );
  });

  const begin = (id: string) => `// BEGIN SOLUTION ${id}\n`;
  const end = (id: string) => `// END SOLUTION ${id}\n`;
  const WRONG: Record<string, { text: string; says: RegExp }> = {
    nested: {
      text: begin("01-a") + begin("01-b") + end("01-b") + end("01-a"),
      says: /^dir\/a\.ts:2: region 01-b begins inside 01-a, which began in line 1/,
    },
    "left open": {
      text: `x\n${begin("01-a")}y\n`,
      says: /^dir\/a\.ts:2: region 01-a begins here and never ends/,
    },
    "ended without a beginning": {
      text: `x\n\n${end("01-a")}`,
      says: /^dir\/a\.ts:3: region 01-a ends here, but has not begun/,
    },
    "ended by another's end": {
      text: begin("01-a") + end("01-b"),
      says: /^dir\/a\.ts:2: region 01-b ends here, but the one that is open is 01-a/,
    },
    "there twice": {
      text: begin("01-a") + end("01-a") + begin("01-a") + end("01-a"),
      says: /^dir\/a\.ts:3: region 01-a is there twice/,
    },
    "marked without an id": {
      text: "// BEGIN SOLUTION\n",
      says: /^dir\/a\.ts:1: a marker stands on a line of its own/,
    },
    "marked behind code": { text: `x(); ${begin("01-a")}`, says: /^dir\/a\.ts:1: a marker stands/ },
    "marked without blanks": { text: "//BEGIN SOLUTION 01-a\n", says: /^dir\/a\.ts:1: a marker stands/ },
    "marked in lower case": { text: "// begin solution 01-a\n", says: /^dir\/a\.ts:1: a marker stands/ },
  };
  for (const [title, { text, says }] of Object.entries(WRONG)) {
    it(`are an error with file and line when one is ${title}`, () => {
      expect(() => findRegions(text, "dir/a.ts")).to.throw(says);
    });
  }

  it("are an error when the one to replace is not there", () => {
    expect(() => replaceRegion(TEXT, "a.ts", "01-errors", "")).to.throw(
      /^a\.ts:1: region 01-errors is not there/,
    );
  });
});
