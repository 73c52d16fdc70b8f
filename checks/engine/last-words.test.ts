import { expect } from "chai";
import { hasTrace, tellingLines } from "./last-words.ts";

const PYTHON = [
  "Traceback (most recent call last):",
  '  File "/home/me/server.py", line 3, in <module>',
  "    import nosuchmodule",
  "ModuleNotFoundError: No module named 'nosuchmodule'",
];
const NODE_SYNTAX = [
  "/home/me/server.js:1",
  "const x = ;",
  "          ^",
  "",
  "SyntaxError: Unexpected token ';'",
  "    at wrapSafe (node:internal/modules/cjs/loader:1464:18)",
  "",
  "Node.js v20.20.2",
];
const NODE_MODULE = [
  "node:internal/modules/cjs/loader:1210",
  "  throw err;",
  "  ^",
  "",
  "Error: Cannot find module './nosuch'",
  "Require stack:",
  "- /home/me/server.js",
  "    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15) {",
  "  code: 'MODULE_NOT_FOUND',",
  "  requireStack: [ '/home/me/server.js' ]",
  "}",
];

describe("the lines that tell why a program has ended", () => {
  for (const [what, lines, telling, other] of [
    ["Python", PYTHON, "ModuleNotFoundError: No module named 'nosuchmodule'", "line 3"],
    ["Node.js, a syntax error", NODE_SYNTAX, "SyntaxError: Unexpected token ';'", "/home/me/server.js:1"],
    [
      "Node.js, a missing module",
      NODE_MODULE,
      "Error: Cannot find module './nosuch'",
      "- /home/me/server.js",
    ],
    [
      "a usage text",
      ["usage: server [--port N]", "error: unrecognized arguments: 26432"],
      "error: unrecognized arguments: 26432",
      "usage",
    ],
    ["anything else", ["starting", "cannot go on"], "cannot go on", "starting"],
  ] as const)
    it(`of ${what}`, () => {
      const [first, ...others] = tellingLines(lines);
      expect(first).to.equal(telling);
      expect(others.join("\n")).to.contain(other).and.not.to.contain("node:internal");
    });

  it("are none if nothing was printed", () => {
    expect(tellingLines(["", "  "])).to.deep.equal([]);
  });

  it("tell an error that nobody has caught from one that was reported", () => {
    expect(hasTrace(PYTHON)).to.equal(true);
    expect(hasTrace(NODE_SYNTAX)).to.equal(true);
    expect(hasTrace(["error: port 4711 is in use; choose another with --port"])).to.equal(false);
  });
});
