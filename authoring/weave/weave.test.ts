import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { weave } from "./weave.ts";

describe("weaving a page", () => {
  let root = "";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "weave-"));
    mkdirSync(join(root, "02-b"));
    mkdirSync(join(root, "01-a"));
    writeFileSync(
      join(root, "01-a/x.ts"),
      "export const one = 1;\n\nexport const two = 2;\nconst three = 3;\n",
    );
    writeFileSync(
      join(root, "02-b/x.ts"),
      "export const one = 1;\n\nexport const two = 22;\nconst three = 3;\n",
    );
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it("fills in a fence, or writes one, and leaves all else alone", async () => {
    const page = [
      "# Page",
      "<!-- generate: code 01-a/x.ts two three -->",
      "```ts",
      "old",
      "```",
      "Text.",
      "<!-- generate: code 01-a/x.ts one three -->",
      "More.",
      "```text",
      "<!-- generate: code no/thing -->",
      "```",
      "",
    ].join("\n");
    const woven = await weave(root, "page.md", page);
    expect(woven.split("\n")).to.deep.equal([
      "# Page",
      "<!-- generate: code 01-a/x.ts two three -->",
      "```ts",
      "export const two = 2;",
      "",
      "const three = 3;",
      "```",
      "Text.",
      "<!-- generate: code 01-a/x.ts one three -->",
      "```ts",
      "export const one = 1;",
      "",
      "// …",
      "",
      "const three = 3;",
      "```",
      "More.",
      "```text",
      "<!-- generate: code no/thing -->",
      "```",
      "",
    ]);
    expect(await weave(root, "page.md", woven)).to.equal(woven);
  });

  it("shows how a file differs from a stage to the next", async () => {
    const woven = await weave(root, "page.md", "<!-- generate: diff 01-a 02-b x.ts context 0 -->");
    expect(woven).to.equal(
      [
        "<!-- generate: diff 01-a 02-b x.ts context 0 -->",
        "```diff",
        "--- 01-a/x.ts",
        "+++ 02-b/x.ts",
        "@@ -3,1 +3,1 @@",
        "-export const two = 2;",
        "+export const two = 22;",
        "```",
      ].join("\n"),
    );
  });

  it("says in which line something cannot be generated, and why", async () => {
    const problems = [
      ["code 01-a/y.ts", "there is no file 01-a/y.ts"],
      ["code 01-a/x.ts four", "there is no declaration of four outside of solutions"],
      ["code ../x.ts", "../x.ts is not in the course"],
      ["diff 01-a 01-a x.ts", "x.ts is the same in 01-a and 01-a"],
      ["packets no.pcap", "cannot read"],
      ["poem", '"poem" cannot be generated'],
    ] as const;
    for (const [marker, problem] of problems) {
      const message = await weave(root, "page.md", `# Page\n<!-- generate: ${marker} -->`).catch(String);
      expect(message, marker).to.include(`page.md:2: `).and.to.include(problem);
    }
  });

  it("labels every byte of a packet, and of a handshake", async () => {
    const generated = (marker: string): Promise<string> =>
      weave(COURSE_FOLDER, "page.md", `<!-- generate: ${marker} -->`);
    const packet = await generated("hex captures/01-calculator.pcap packet 4");
    expect(packet).to.include("66  32 20 2b 20 33 20 2a 20  2 + 3 *   text: 2 + 3 * 4");
    expect(packet).to.match(/ 75 {2}0a .* LF: the end of the line\n```$/);
    const handshake = await generated("handshake captures/04-aes-chat.pcap");
    expect(handshake.match(/LF: the end of the line/g)).to.have.length(4);
    for (const line of handshake.split("\n")) expect(line.length, line).to.be.at.most(78);
  });
});
