import { expect } from "chai";
import { renderMarkdown } from "./markdown.ts";
import { type Paint, plain } from "./paint.ts";

const coloured: Paint = (_, text) => `<${text}>`;

describe("Markdown for a terminal", () => {
  it("is laid out to a width", () => {
    const text = "Write `push` in **this** file,\nand save.\n\n- one two three\n- four\n";
    expect(renderMarkdown(text, 20, plain)).to.deep.equal([
      "Write push in this",
      "file, and save.",
      "",
      "• one two three",
      "• four",
    ]);
  });

  it("has colours where there are any, and lets no control character through", () => {
    expect(renderMarkdown("`a`", 80, coloured).join()).to.match(/^\u001b.*a/);
    expect(renderMarkdown("`a`", 80, plain)).to.deep.equal(["a"]);
    expect(renderMarkdown("a\u001b[31mb", 80, plain)).to.deep.equal(["a\uFFFD[31mb"]);
  });
});
