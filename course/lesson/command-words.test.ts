// Tests of commands as words.

import { expect } from "chai";
import { commandWords, scriptWords } from "./command-words.ts";

describe("a command", () => {
  const words = (command: string): string[] | undefined => commandWords(command)?.words;

  it("has words, some of them quoted, in several lines", () => {
    expect(words("npm run 01:client -- 2 + 3 '*' 4")).to.deep.equal([
      "npm",
      "run",
      "01:client",
      "--",
      "2",
      "+",
      "3",
      "*",
      "4",
    ]);
    expect(words(`node -e "require('node:net') \\"x\\" \\n"`)).to.deep.equal([
      "node",
      "-e",
      `require('node:net') "x" \\n`,
    ]);
    expect(words("node -p 'a\nb' \\\n  c''d")).to.deep.equal(["node", "-p", "a\nb", "cd"]);
  });

  it("may set variables", () => {
    expect(commandWords("A=1 B='x y' node a=b")).to.deep.equal({
      environment: { A: "1", B: "x y" },
      words: ["node", "a=b"],
    });
  });

  it("that needs a shell has none", () => {
    for (const command of [
      "a | b",
      "a > b",
      "a; b",
      "a && b",
      "a $B",
      'a "$B"',
      "a *",
      "a `b`",
      "~/a",
      "a 'b",
      "",
      "a !b",
    ])
      expect(words(command), command).to.equal(undefined);
  });
});

describe("a script of npm", () => {
  const scripts = {
    start: "node --import tsx course/tour.ts",
    "01:server": "node --import tsx a.ts --fixed",
    test: "mocha",
  };

  it("runs without npm", () => {
    const run = (command: string): string[] | undefined => scriptWords(command.split(" "), scripts);
    expect(run("npm start")).to.deep.equal(["course/tour.ts"]);
    expect(run("npm run --silent 01:server -- --port 1 --silent")).to.deep.equal([
      "a.ts",
      "--fixed",
      "--port",
      "1",
      "--silent",
    ]);
    expect(run("npm run 01:server 1")).to.deep.equal(["a.ts", "--fixed", "1"]);
    expect(run("npm run 01:server --port 1")).to.equal(undefined);
    expect(run("npm test")).to.equal(undefined);
    expect(run("npm run nothing")).to.equal(undefined);
    expect(run("echo run start")).to.equal(undefined);
  });
});
