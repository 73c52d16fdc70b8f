import { expect } from "chai";
import { inOneLine, isBlank, stubOf } from "./stubs.ts";

const REFUSAL = 'throw new Error("comes in 01-a: until then, start the program with npm run learn -- run");';

describe("a stub", () => {
  it("stands for statements, as deep as they are", () => {
    for (const starter of [
      "    let a = 1;\n    if (a > 0) {\n      a += 1;\n    }\n    return a;\n",
      "    setTimeout(() => {\n      a();\n    });\n",
      "    for (const a of b) {\n      a();\n    }\n",
    ])
      expect(stubOf({ id: "01-a", starter })).to.equal(`    // comes in 01-a\n    ${REFUSAL}\n`);
  });

  it("declares the functions and methods that the starter declares", () => {
    const starter =
      "  /** About it. */\n  #one(a: number): void {\n    if (a) {\n    }\n  }\n\n  two(b = (c: string) => c) {\n    three();\n  }\n";
    expect(stubOf({ id: "01-a", starter })).to.equal(
      `  // comes in 01-a\n  #one(a: number): void {\n    ${REFUSAL}\n  }\n\n  two(b = (c: string) => c) {\n    ${REFUSAL}\n  }\n`,
    );
    expect(stubOf({ id: "01-a", starter: "export function f(): string {\n  return x;\n}\n" })).to.equal(
      `// comes in 01-a\nexport function f(): string {\n  ${REFUSAL}\n}\n`,
    );
  });

  it("keeps a constant of the file", () => {
    expect(stubOf({ id: "01-a", starter: "const A = /a/;\n" })).to.equal(
      "// comes in 01-a\nconst A = /a/;\n",
    );
  });

  it("is deleted if only comments are left", () => {
    for (const code of ["", "\n\n", "  // a\n", " \n// a"]) expect(isBlank(code), code).to.equal(true);
    for (const code of ["a", "  // a\nb();\n", "/* a */"]) expect(isBlank(code), code).to.equal(false);
  });
});

describe("code in one line", () => {
  it("has no comments, and everything else", () => {
    const code =
      '  /** What it does:\n   * this.\n   */\n  a("//b"); // why\n  // another\n  return /c\\/\\/d/;\n\n  b(`http://x`);\n';
    expect(inOneLine(code)).to.equal('a("//b"); return /c\\/\\/d/; b(`http://x`);');
  });
});
