import { expect } from "chai";
import { renderMarkdown } from "./markdown.ts";
import { type Paint, plain } from "./paint.ts";
import { widthOf } from "./text.ts";

const marked: Paint = (kind, text) =>
  kind === "heading" ? `*${text}*` : kind === "code" ? `<${text}>` : text;

describe("Markdown for a terminal", () => {
  it("has paragraphs, wrapped, with code and strong words", () => {
    expect(renderMarkdown("Write `push` in **this** file,\nand _save_.", 20, plain)).to.deep.equal([
      "Write `push` in this",
      "file, and save.",
    ]);
    expect(renderMarkdown("`a b` and **c**, d", 80, marked)).to.deep.equal(["<a> <b> and *c*, d"]);
  });

  it("has lists, code, headings and quotes", () => {
    const text =
      '## Title\n\n- one two three\n- four\n\n```ts\n  if (a) {\n    b("x");\n```\n\n1. first\n2. second\n\n> quoted\n';
    expect(renderMarkdown(text, 13, plain)).to.deep.equal([
      "Title",
      "",
      "- one two",
      "  three",
      "- four",
      "",
      "    if (a) {",
      '      b("x");',
      "",
      "1. first",
      "2. second",
      "",
      "│ quoted",
    ]);
  });

  it("has tables that fit", () => {
    const table = "| a | long heading |\n|---|---|\n| `x` | one two three four five |\n";
    expect(renderMarkdown(table, 40, plain)).to.deep.equal([
      "a    long heading",
      "─".repeat(28),
      "`x`  one two three four five",
    ]);
    for (const line of renderMarkdown(table, 16, plain)) expect(widthOf(line)).to.be.at.most(16);
  });

  it("shows links that lead away, unescapes entities and lets no control character through", () => {
    expect(renderMarkdown("[RFC](https://x.org/1) [page](../a.md) a &lt; b", 80, plain)).to.deep.equal([
      "RFC (https://x.org/1) page a < b",
    ]);
    expect(renderMarkdown("a\u001b[31mb", 80, plain)).to.deep.equal(["a\uFFFD[31mb"]);
  });
});
