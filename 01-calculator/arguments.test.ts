import { expect } from "chai";
import { ArgumentError, milliseconds, portOption, readArguments, secondsOption, usage } from "./arguments.ts";

const KNOWN = { port: portOption("a port"), wait: secondsOption("a time"), help: { help: "this" } };

describe("readArguments", () => {
  it("P0.6 reads options in both forms, and what follows them", () => {
    const { options, rest } = readArguments(["--port", "80", "--wait=0.5", "--help", "x", "--port"], KNOWN);
    expect([...options]).to.deep.equal([
      ["port", "80"],
      ["wait", "0.5"],
      ["help", ""],
    ]);
    expect(rest).to.deep.equal(["x", "--port"]);
  });

  it("P1.10 takes a minus for no option, and -- for the end of the options", () => {
    expect(readArguments(["-4", "*", "2"], KNOWN).rest).to.deep.equal(["-4", "*", "2"]);
    expect(readArguments(["--port", "1", "--", "--help"], KNOWN).rest).to.deep.equal(["--help"]);
  });

  it("P1.9 takes fractions of seconds", () => {
    expect(milliseconds(readArguments(["--wait", ".25"], KNOWN), "wait", 9)).to.equal(250);
    expect(milliseconds(readArguments([], KNOWN), "wait", 9)).to.equal(9000);
  });

  for (const [argv, problem] of [
    [["--prot", "1"], /unknown option --prot/],
    [["--constructor"], /unknown option --constructor/],
    [["--port"], /--port needs a value/],
    [["--port", "65536"], /--port 65536: a port is a number from 0 to 65535/],
    [["--port", "1e3"], /a port is/],
    [["--port", ""], /a port is/],
    [["--port", "1", "--port", "2"], /given twice/],
    [["--help=yes"], /takes no value/],
    [["--wait", "0"], /a time is/],
    [["--wait", "-1"], /a time is/],
    [["--wait", "Infinity"], /a time is/],
    [["--port", "\u001b[31m"], /--port \uFFFD\[31m/],
  ] as const) {
    it(`says in one line what is wrong with ${JSON.stringify(argv)}`, () => {
      expect(() => readArguments(argv, KNOWN)).to.throw(ArgumentError, problem);
      expect(() => readArguments(argv, KNOWN)).to.throw(ArgumentError, /^[^\n]* \(--help shows the usage\)$/);
    });
  }

  it("lists every option in the usage", () => {
    expect(usage("call", "about", KNOWN)).to.match(
      /--port PORT[^\n]*a port\n[^\n]*--wait SECONDS[^\n]*a time\n[^\n]*--help/,
    );
  });
});
