// Tests how the command of a checked program is made from its template.

import { expect } from "chai";
import { CommandError, fillTemplate, splitWords } from "./command.ts";

/** The command that a template becomes, as one text. */
function filled(
  template: string,
  values: Record<string, string | undefined>,
  options: string[] = [],
): string {
  return fillTemplate(splitWords(template), values, options).join(" ");
}

describe("the command of a checked program", () => {
  it("has its words parted by blanks, and quotes keep blanks", () => {
    expect(splitWords(`python3  "my server.py" '{port}' ""`)).to.deep.equal([
      "python3",
      "my server.py",
      "{port}",
      "",
    ]);
    for (const wrong of ["", "  ", 'python3 "my server.py']) {
      expect(() => splitWords(wrong)).to.throw(CommandError);
    }
  });

  it("has each value in its place, or as an option at the end", () => {
    for (const [template, command] of [
      ["x {port}", "x 4711 --help"],
      ["x --port {port}", "x --port 4711 --help"],
      ["x --port={port} -v", "x --port=4711 -v --help"],
      ["x", "x --port 4711 --help"],
    ] as const) {
      expect(filled(template, { port: "4711" }, ["--help"])).to.equal(command);
    }
    expect(filled("x {registry} {name}", { name: "alice", registry: "127.0.0.1:1" })).to.equal(
      "x 127.0.0.1:1 alice",
    );
  });

  it("has no word for a value that is not given, and no option that would lack its value", () => {
    for (const [template, command] of [
      ["x {port}", "x --help"],
      ["x --port {port}", "x --help"],
      ["x -p {port} --quick", "x --quick --help"],
      ["x --port={port}", "x --help"],
      ["x --stage 03 {port}", "x --stage 03 --help"],
      ["x", "x --help"],
    ] as const) {
      expect(filled(template, { port: undefined }, ["--help"])).to.equal(command);
    }
    const nameless = { name: undefined, registry: "127.0.0.1:1" };
    expect(filled("x --name {name} --registry {registry}", nameless)).to.equal("x --registry 127.0.0.1:1");
  });
});
