import { expect } from "chai";
import { readOptions, UsageError } from "./options.ts";

describe("the command line of npm run web", () => {
  it("has defaults, and takes each option", () => {
    expect(readOptions([])).to.deep.equal({ port: undefined, at: "", opens: true });
    expect(readOptions(["--no-open", "--port", "0", "--at", "/lessons/01-1"])).to.deep.equal({
      port: 0,
      at: "/lessons/01-1",
      opens: false,
    });
    expect(readOptions(["--help"])).to.equal("help");
  });

  it("refuses what is wrong in one line that says what to do", () => {
    const wrong: [string[], RegExp][] = [
      [["--port"], /port/],
      [["--port", "x"], /0 to 65535.*"x"/],
      [["--port", "65536"], /65535/],
      [["--port", "-1"], /port/],
      [["--port", "80 "], /65535/],
      [["--at", "lessons"], /place/],
      [["--at", "/a&token=b"], /place/],
      [["--at", "/<script>"], /place/],
      [["--at", `/${"a".repeat(5000)}`], /place/],
      [["--host", "0.0.0.0"], /--host/],
      [["here"], /"here"/],
    ];
    for (const [argv, pattern] of wrong) {
      let message = "none";
      try {
        readOptions(argv);
      } catch (error) {
        expect(error).to.be.instanceOf(UsageError);
        message = error instanceof Error ? error.message : "";
      }
      expect(message, argv.join(" ")).to.match(pattern);
      expect(message).not.to.include("\n");
    }
  });
});
