import { expect } from "chai";
import { plain } from "../../terminal/paint.ts";
import { renderMarkdown } from "./markdown.ts";

const PAGE = "lessons/01-calculator/1-hello.md";

describe("Markdown for a terminal", () => {
  it("is laid out to a width", () => {
    const text = "Write `push` in **this** file,\nand save.\n\n- one two three\n- four\n";
    expect(renderMarkdown(text, PAGE, 20, plain)).to.deep.equal([
      "Write push in this",
      "file, and save.",
      "",
      "• one two three",
      "• four",
    ]);
  });

  it("lets no control character through", () => {
    expect(renderMarkdown("`a`", PAGE, 80, plain)).to.deep.equal(["a"]);
    expect(renderMarkdown("a\u001b[31mb", PAGE, 80, plain)).to.deep.equal(["a\uFFFD[31mb"]);
  });
});
