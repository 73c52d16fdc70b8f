// Tests of what is looked for in a terminal before the next line of a lesson is typed.

import { expect } from "chai";
import { showsAll } from "./shown-output.ts";

describe("the output that a page expects", () => {
  it("is found in what a program with a prompt has written", () => {
    const printed =
      "\u001b[1G\u001b[0Jyou> \u001b[6G\u001b[1G\u001b[0Jfound: bob\r\n\u001b[1G\u001b[0Jyou> \u001b[6G";
    expect(showsAll(["found: bob"], printed)).to.equal(true);
    expect(showsAll(["found: alice"], printed)).to.equal(false);
    // An echo of what was typed is no line of the program's.
    expect(showsAll(["bob"], printed)).to.equal(false);
  });

  it("is complete only when each line is there, in whatever order", () => {
    const expected = ["listening on 127.0.0.1:…", ELSE, "found: bob", ""];
    expect(showsAll(expected, "listening on 127.0.0.1:5001\r\n")).to.equal(false);
    expect(showsAll(expected, "found: bob\r\nlistening on 127.0.0.1:5001\r\n")).to.equal(true);
    expect(showsAll([], "")).to.equal(true);
  });

  it("may have another number than the page", () => {
    expect(showsAll(["delivered to bob: 1"], "delivered to bob: 12\n")).to.equal(true);
    expect(showsAll(["delivered to bob: 1"], "delivered to bob:\n")).to.equal(false);
    expect(showsAll(["32 MiB"], "\u001b[33m32\u001b[39m MiB\n")).to.equal(true);
  });
});

/** Any lines. */
const ELSE = "…";
