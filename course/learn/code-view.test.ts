import { expect } from "chai";
import { plain } from "../../terminal/paint.ts";
import { renderBoth, renderDiff } from "./code-view.ts";

const LEFT = { title: "Yours", code: "    a();\n      b();\n" };
const RIGHT = { title: "Ours", code: "    c();\n" };

describe("code for reading", () => {
  it("stands side by side where there is room, and else one after the other", () => {
    const wide = renderBoth(LEFT, RIGHT, 120, plain);
    expect(wide.map((row) => row.replace(/ +/g, " "))).to.deep.equal([
      "Yours Ours",
      "a(); │ c();",
      " b(); │",
    ]);
    expect(renderBoth(LEFT, RIGHT, 20, plain)).to.have.length(3);
    expect(renderBoth(LEFT, RIGHT, 14, plain)).to.deep.equal([
      "Yours",
      "  a();",
      "    b();",
      "",
      "Ours",
      "  c();",
    ]);
  });

  it("is compared line by line, without the indentation that all of it has", () => {
    expect(renderDiff("    a();\n    b();\n", "    a();\n      c();\n", 80, plain)).to.deep.equal([
      "  a();",
      "- b();",
      "+   c();",
    ]);
    expect(renderDiff("", "  a\u001b\n", 80, plain)).to.deep.equal(["+ a\uFFFD"]);
  });
});
