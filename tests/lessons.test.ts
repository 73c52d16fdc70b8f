// Tests the pages of the lessons: their form, their links, and their generated parts. (lesson-commands-* run them.)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { lessonProblems, linkProblems, pageProblems } from "../authoring/weave/page-rules.ts";
import { markdownIn, weave, wovenFiles } from "../authoring/weave/weave.ts";
import { consoleBlocks } from "../course/lesson/console-blocks.ts";
import { readPages } from "../course/lesson/page-files.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

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
  "05-lan-chat",
  "06-dht-chat/README.md",
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

  it("speak in a team that no page before has spoken in: its folders keep who has met, and number what was said", () => {
    const pageOf = new Map<string, string>();
    for (const { file, text } of readPages(COURSE_FOLDER)) {
      const entries = consoleBlocks(file, text).run.flatMap((block) => block.entries);
      if (!entries.some((entry) => entry.kind === "typed" && /^\/(?:msg|connect|to) /.test(entry.text)))
        continue;
      const commands = entries.flatMap((entry) => (entry.kind === "command" ? [entry.text] : []));
      const teams = commands.flatMap(
        (command) => /^npm run 05:peer .*--team (\S+)/.exec(command)?.slice(1) ?? [],
      );
      for (const team of new Set(teams)) {
        expect(pageOf.get(team), `${file}: team ${team} is also that of`).to.equal(undefined);
        pageOf.set(team, file);
      }
    }
    expect(pageOf.size).to.be.greaterThan(4);
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
      head: undefined,
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

  describe("about predictions", () => {
    const FOLD = "<details><summary>What happens</summary>\n\nNothing.\n\n</details>\n";
    const SERVER = "```console terminal=server\n$ npm run 01:server\nlistening on 127.0.0.1:10001\n```\n";
    const CLIENT = "```console\n$ npm run 01:client -- 2 + 2\n4\n```\n";
    const problemsOf = (text: string) => page(`# One\n\n${text}\n## Still unprotected\n\nAll.\n`).join("\n");

    it("accept an answer that is folded behind its question", () => {
      for (const text of [
        `## Predict\n\nWhat now?\n\n${FOLD}`,
        `## Predict\n\nSay before you look:\n\n- How many?\n- Which?\n\n${FOLD}`,
        `## Predict\n\nHow many lines?\n\n\`\`\`text\n1 + 1 LF\n\`\`\`\n\n## Run\n\nIn a terminal:\n\n${SERVER}\n${FOLD}`,
        `Bob sleeps. **Predict:** what does\nhe see?\n\n${FOLD}\nAnd then?\n`,
        `**Predict**, before you read on. Which of these?\n\n1. One.\n2. Two.\n\n${FOLD}`,
        `## Predict\n\nWhat?\n\n${FOLD.replace("Nothing.", CLIENT)}`,
      ])
        expect(problemsOf(text), text).to.equal("");
    });

    it("name an answer that can be read before it is asked for", () => {
      const WRONG = [
        ["## Predict\n\nWhat now?\n\nNothing.\n", "1-one.md:3: a prediction ends with its question"],
        [`## Predict\n\nWhat now?\n\n## Run\n\n${CLIENT}\n${FOLD}`, "1-one.md:9: this answers"],
        [`## Predict\n\nWhat now?\n\n## Run\n\nFour comes:\n\n${CLIENT}`, "1-one.md:11: this answers"],
        [`## Predict\n\nWhat now?\n\nOne, as you see.\n\n${FOLD}`, "1-one.md:3: a prediction ends with its"],
        [`## Predict\n\nWhat now?\n\n## Run\n\nIt is one.\n\n${FOLD}`, "1-one.md:9: this answers"],
        ["**Predict:** what now?\n\nNothing.\n", "1-one.md:5: this answers the question of line 3"],
        [`**Predict:** what now? Nothing.\n\n${FOLD}`, "1-one.md:3: a prediction ends with its question"],
        [`**Predict:** what now?\n\n${CLIENT}\n${FOLD}`, "1-one.md:5: this answers"],
        [`${FOLD}`, '1-one.md:3: "What happens" answers no prediction'],
        [`**Predict:** what?\n\n${FOLD}\n${FOLD}`, '1-one.md:11: "What happens" answers no prediction'],
        [`**Predict:** what?\n\n${FOLD.replace("Nothing.\n\n", "")}`, "1-one.md:5: this part is empty"],
        [`**Predict:** what?\n\n${FOLD.replace("</details>", "")}`, "1-one.md:5: this part is never closed"],
        [`**Predict:** what?\n\n${FOLD.replace("\n\n</", "\n</")}`, "1-one.md:5: an empty line stands"],
        [`**Predict:** what?\n\n${FOLD.replace("Nothing", "## No\n")}`, "1-one.md:7: no heading stands"],
      ] as const;
      for (const [text, says] of WRONG) expect(problemsOf(text), text).to.include(says);
    });
  });
});
