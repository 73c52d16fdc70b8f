// What a later stage carries over is a byte-identical copy: the difference between two stages is what the later one teaches.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

const FOLDERS = ["01-calculator", "02-basic-p2p", "03-dh-chat", "04-aes-chat", "05-lan-chat"];

/** The files that differ from those of the same name in the stage before, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "02-basic-p2p/server.ts": "the calculator makes room for the registry",
  "02-basic-p2p/client.ts": "the calculator's client makes room for the chat program",
  "03-dh-chat/stage.ts": "what makes it stage 03",
  "03-dh-chat/channel.ts": "keys, and a toy cipher",
  "04-aes-chat/stage.ts": "what makes it stage 04",
  "04-aes-chat/channel.ts": "keys, and sealed lines",
  "05-lan-chat/peer.ts": "the program itself, where stage 04 has one chat with one peer",
};

/** A stage: its folder's name, and the text of each of its files. */
interface StageFiles {
  folder: string;
  files: ReadonlyMap<string, string>;
}

function read(folder: string): StageFiles {
  const names = readdirSync(join(COURSE_FOLDER, folder)).filter((name) => name.endsWith(".ts"));
  const texts = names.map(
    (name) => [name, readFileSync(join(COURSE_FOLDER, folder, name), "latin1")] as const,
  );
  return { folder, files: new Map(texts) };
}

/** The rule: a file with the same name as one in the stage before is the same, but for the exceptions, which differ. */
function problemsOf(stages: readonly StageFiles[], exceptions: readonly string[]): string[] {
  const problems: string[] = [];
  const unneeded = new Set(exceptions);
  for (const [index, { folder, files }] of stages.entries()) {
    const before = stages[index - 1];
    for (const [name, text] of files) {
      const original = before?.files.get(name);
      if (original === undefined || original === text) continue;
      if (!unneeded.delete(`${folder}/${name}`))
        problems.push(`${folder}/${name} is not the same as ${before?.folder}/${name}: copy it again`);
    }
  }
  return [...problems, ...[...unneeded].map((name) => `${name} needs no exception`)];
}

describe("the stages' files", () => {
  const stages = FOLDERS.map(read);

  it("are the same as in the stage before, but for the exceptions", () => {
    expect(problemsOf(stages, Object.keys(EXCEPTIONS))).to.deep.equal([]);
  });

  it("have few exceptions, each with its reason", () => {
    expect(Object.keys(EXCEPTIONS)).to.have.length.of.at.most(7);
    for (const reason of Object.values(EXCEPTIONS)) expect(reason).to.match(/\w/);
  });

  for (const [index, { folder, files }] of stages.entries()) {
    const before = stages[index - 1];
    const carried = [...files.keys()].filter(
      (name) => before?.files.has(name) && EXCEPTIONS[`${folder}/${name}`] === undefined,
    );
    if (before === undefined) continue;

    it(`a difference planted in any of the ${carried.length} files that ${folder} carries over is found`, () => {
      for (const name of carried) {
        const planted = new Map(files).set(name, `${files.get(name)}\n`);
        const changed = stages.with(index, { folder, files: planted });
        const found = `${folder}/${name} is not the same as ${before.folder}/${name}: copy it again`;
        expect(problemsOf(changed, Object.keys(EXCEPTIONS))).to.include(found);
      }
    });
  }

  it("an exception that nothing needs is found: the files are the same, or there are none", () => {
    for (const name of ["03-dh-chat/peer.ts", "04-aes-chat/toy-cipher.ts", "01-calculator/lines.ts"])
      expect(problemsOf(stages, [...Object.keys(EXCEPTIONS), name])).to.deep.equal([
        `${name} needs no exception`,
      ]);
  });
});

describe("stage 06", () => {
  it("carries over how a program starts and reads its arguments, and has everything else of its own", () => {
    const before = read("05-lan-chat").files;
    const { files } = read("06-dht-chat");
    for (const name of ["arguments.ts", "listening.ts", "printable.ts", "program.ts"])
      expect(files.get(name), name).to.equal(before.get(name));
  });
});

describe("the order of reading in stage 02", () => {
  it("names files with their numbers of lines, and their sum", () => {
    const readme = readFileSync(join(COURSE_FOLDER, "02-basic-p2p/README.md"), "utf8");
    const { files } = read("02-basic-p2p");
    let sum = 0;
    for (const [, name = "", lines] of readme.matchAll(/^\| `([a-z-]+\.ts)` +\| +(\d+) \|/gm)) {
      expect(files.get(name)?.match(/\n/g), name).to.have.lengthOf(Number(lines));
      sum += Number(lines);
    }
    expect(readme).to.include(`from key press to screen: ${sum.toLocaleString("en")} lines.`);
  });
});

for (const [stage, folder, earlier] of [
  ["05", "05-lan-chat", "04-aes-chat"],
  ["06", "06-dht-chat", "05-lan-chat"],
] as const)
  describe(`the README of stage ${stage}`, () => {
    const readme = readFileSync(join(COURSE_FOLDER, folder, "README.md"), "utf8");

    it("names every file, and none that is not there", () => {
      const named = [...readme.matchAll(/`([a-z0-9-]+\.ts)`/g)].map(([, name = ""]) => name);
      const files = [...read(folder).files.keys()].filter((name) => !name.endsWith(".test.ts"));
      expect([...new Set(named)]).to.have.members(files);
    });

    it("names as carried over what is the same in the stage before, and nothing else", () => {
      const [, list = ""] =
        /^Carried over from the stages? before, byte for byte: ([\s\S]*?)\.\n\n/m.exec(readme) ?? [];
      const before = read(earlier).files;
      const same = [...read(folder).files].filter(([name, text]) => before.get(name) === text);
      expect([...list.matchAll(/`([a-z0-9-]+\.ts)`/g)].map(([, name]) => name)).to.have.members(
        same.map(([name]) => name),
      );
    });
  });
