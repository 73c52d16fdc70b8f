// Tests the pages of the lessons: their form, their links, and their generated parts. (lesson-commands-* run them.)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { lessonProblems, linkProblems, pageProblems } from "../authoring/weave/page-rules.ts";
import { markdownIn, weave, wovenFiles } from "../authoring/weave/weave.ts";
import { readPages } from "../course/lesson/page-files.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { consoleBlocks } from "./support/console-blocks.ts";

/** All Markdown files for people. */
const WRITTEN = [
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "INSTRUCTORS.md",
  "lessons",
  "attacks",
  "authoring",
  "bench",
  "captures",
  "checks",
  "course",
  "interop",
  "01-calculator",
  "02-basic-p2p",
  "03-dh-chat",
  "04-aes-chat",
].flatMap((path) => markdownIn(COURSE_FOLDER, path));

describe("the pages of the lessons", () => {
  it("have the form that pages have", () => {
    expect(lessonProblems(COURSE_FOLDER)).to.deep.equal([]);
  });

  it("and all other texts lead only to what there is", () => {
    expect(WRITTEN.length).to.be.greaterThan(10);
    expect(linkProblems(COURSE_FOLDER, WRITTEN)).to.deep.equal([]);
  });

  it("hold what npm run generate would write", async () => {
    const different: string[] = [];
    for (const file of wovenFiles(COURSE_FOLDER)) {
      const text = readFileSync(join(COURSE_FOLDER, file), "utf8");
      const woven = await weave(COURSE_FOLDER, file, text).catch((error: Error) => error.message);
      const [lines, wanted] = [text.split("\n"), woven.split("\n")];
      const index = wanted.findIndex((line, i) => line !== lines[i]);
      if (woven !== text) different.push(`${file}:${index + 1}: ${wanted[index]}`);
    }
    expect(different, "run npm run generate").to.deep.equal([]);
  });

  it("say why when a block is not run, and the rest is", () => {
    const notRun: string[] = [];
    let run = 0;
    for (const { file, text } of readPages(COURSE_FOLDER)) {
      const blocks = consoleBlocks(file, text);
      run += blocks.run.length;
      for (const { line, reason } of blocks.notRun) notRun.push(`${file}:${line}: ${reason}`);
    }
    console.log(`\n  lessons: ${run} blocks with commands are run, ${notRun.length} are not:`);
    for (const line of notRun) console.log(`    ${line}`);
    expect(run).to.be.greaterThan(notRun.length);
  });
});

describe("the rules of pages", () => {
  const page = (text: string, folder = "01-calculator") =>
    pageProblems({
      folder,
      number: 1,
      slug: "one",
      id: "01-1",
      file: "lessons/01-calculator/1-one.md",
      title: "One",
      kind: "read",
      exercise: undefined,
      text,
    });
  const END = "\n## Still unprotected\n\nAll.\n";

  it("accept a page that keeps them", () => {
    expect(
      page(`<!-- exercise\nkind: code\n-->\n# One\n\nText with \`<b>\`.\n${END}\n## Task\n`),
    ).to.deep.equal([]);
    expect(page("# One\n\nText.\n", "00-setting-up")).to.deep.equal([]);
  });

  it("name the line of what breaks them", () => {
    expect(page(`# One\n\n# Two\n${END}`).join()).to.match(/1-one\.md:3: a page has one title/);
    expect(page(`Text\n# One\n${END}`).join()).to.match(/1-one\.md:1: a page begins with its title/);
    expect(page("# One\n").join()).to.match(/"## Still unprotected" is missing/);
    expect(page(`# One\n${END}\n## More\n`).join()).to.match(/1-one\.md:7: .*comes behind it/);
    expect(page(`# One\n\n\`\`\`sh\nls\n\`\`\`\n${END}`).join()).to.match(
      /1-one\.md:3: "sh" is no kind of fence/,
    );
    expect(page(`# One\n${END}\n\`\`\`text\nls\n`).join()).to.match(
      /1-one\.md:7: this fence is never closed/,
    );
    expect(page(`# One\n\n<b>x</b>\n${END}`).join()).to.match(/1-one\.md:3: no HTML/);
    expect(page(`# One\n\n\`\`\`mermaid\nsequenceDiagram\n  A->>B: hi\n\`\`\`\n${END}`).join()).to.match(
      /1-one\.md:5: no line "participant A" before/,
    );
  });
});
