import { expect } from "chai";
import { plain } from "../../terminal/paint.ts";
import { lineWidth, paintLine, textOf } from "../../terminal/styled-text.ts";
import { renderPage } from "./render.ts";

function rendered(markdown: string, { width = 40, opened = 0 } = {}): string {
  const { lines } = renderPage(markdown, {
    width,
    isOpen: (part) => part < opened,
    closedNote: () => "h",
    file: "lessons/03-dh-chat/4-key-pair.md",
    nameOf: (file) => (file === "lessons/03-dh-chat/9-mallory.md" ? "03-9" : undefined),
  });
  for (const line of lines) expect(lineWidth(line), textOf(line)).to.be.at.most(width);
  return lines.map((line) => paintLine(line, plain).trimEnd()).join("\n");
}

describe("a page in the terminal", () => {
  it("has headings and paragraphs, wrapped to the width", () => {
    expect(
      rendered("# Title\n\n## Part\n\nOne two three four five six seven *eight* **nine** ten."),
    ).to.equal("Title\n\nPart\n────\n\nOne two three four five six seven eight\nnine ten.");
  });

  it("has lists within lists", () => {
    expect(
      rendered("- one\n- two is so long that it takes more lines than one\n  1. a\n  2. b\n\nEnd."),
    ).to.equal(
      [
        "• one",
        "• two is so long that it takes more",
        "  lines than one",
        "  1. a",
        "  2. b",
        "",
        "End.",
      ].join("\n"),
    );
  });

  it("has tables that fit", () => {
    expect(rendered("| a | b |\n|---|---|\n| one | `two` |\n| 3 | |")).to.equal(
      ["a   │ b", "────┼────", "one │ two", "3   │"].join("\n"),
    );
    const wide = rendered(
      "| a | b |\n|---|---|\n| x | one two three four five six seven eight nine |\n| y | z |",
    );
    expect(wide.split("\n")[2]).to.equal("x │ one two three four five six seven");
    expect(wide.split("\n")[3]).to.equal("  │ eight nine");
  });

  it("has code, quotes, and links with where they lead", () => {
    expect(rendered("```ts\nconst a = 1;\n```")).to.equal("  const a = 1;");
    expect(rendered(`\`\`\`console terminal=bob\n$ ${"word ".repeat(9)}\n\`\`\``)).to.equal(
      "  [terminal bob]\n  $ word word word word word word word\n    ↪ word word",
    );
    expect(rendered("> quoted\n> twice")).to.equal("│ quoted twice");
    expect(rendered("See [Mallory](9-mallory.md#hints), [it](../protocol.md), <https://a.b/c>.")).to.equal(
      "See Mallory (lesson 03-9), it\n(lessons/protocol.md), https://a.b/c.",
    );
  });

  it("draws sequence diagrams", () => {
    const drawing = rendered(
      "```mermaid\nsequenceDiagram\n  participant A as Alice\n  participant B as Bob\n  A->>B: hi\n```",
    );
    expect(drawing).to.include("────>│").and.to.not.include("->>");
  });

  it("keeps hints closed, until they are opened one by one, and the answer to the last", () => {
    const page =
      "# T\n\n<!-- exercise\nkind: code\n-->\n\n<details><summary>Hint 1</summary>\n\nfirst\n\n</details>\n\n<details><summary>Hint 2</summary>\n\nsecond\n\n</details>\n\n## What it meant\n\nthe answer\n";
    expect(rendered(page)).to.equal("T\n\n▸ Hint 1  (h)\n\n▸ Hint 2  (h)\n\n▸ What it meant  (h)");
    expect(rendered(page, { opened: 1 })).to.equal(
      "T\n\n▾ Hint 1\n\nfirst\n\n▸ Hint 2  (h)\n\n▸ What it meant  (h)",
    );
    expect(rendered(page, { opened: 3 })).to.match(/▾ What it meant\n\nthe answer$/);
  });

  it("lets no control character through", () => {
    const page =
      "# T\u001b[2J\n\n`a\u0007b` \u202ec [\u009bl](\u001b.md)\n\n```text\n\u001b]0;x\u0007\n```\n\n| \u001b |\n|---|\n| \u0000 |\n";
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
    expect(rendered(page)).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
