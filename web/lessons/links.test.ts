// Tests of where links lead.

import { expect } from "chai";
import { targetOf } from "./links.ts";

describe("a link of a lesson", () => {
  const known = {
    nameOf: (file: string) =>
      ({ "lessons/01-calculator/3-framing.md": "01-3", "lessons/protocol.md": "protocol" })[file],
    isShown: (file: string) => file === "captures/README.md",
  };
  const from = { file: "lessons/01-calculator/1-hello.md", place: ["lessons", "01-1"] };
  const target = (href: string, text = "") => targetOf(href, { ...from, text }, known);

  it("leads to other lessons, their sections, and the clauses of the protocol", () => {
    expect(target("3-framing.md")).to.deep.equal({ kind: "inside", href: "#/lessons/01-3" });
    expect(target("3-framing.md#look")).to.deep.equal({ kind: "inside", href: "#/lessons/01-3/look" });
    expect(target("#run")).to.deep.equal({ kind: "inside", href: "#/lessons/01-1/run" });
    expect(target("../protocol.md", "P0.7")).to.deep.equal({
      kind: "inside",
      href: "#/lessons/protocol/P0.7",
    });
    expect(target("../protocol.md", "the protocol")).to.deep.equal({
      kind: "inside",
      href: "#/lessons/protocol",
    });
  });

  it("leads to recordings and to files that can be shown", () => {
    expect(target("../../captures/02-basic-p2p.pcap")).to.deep.equal({
      kind: "inside",
      href: "#/captures/02-basic-p2p",
    });
    expect(target("../../captures/README.md#a-b")).to.deep.equal({
      kind: "inside",
      href: "#/lessons/file/captures%2FREADME.md/a-b",
    });
  });

  it("leads out only by http, and nowhere else", () => {
    expect(target("https://nodejs.org")).to.deep.equal({ kind: "outside", href: "https://nodejs.org" });
    for (const href of [
      "javascript:alert(1)",
      "JAVASCRIPT:x",
      "data:text/html,x",
      "file:///etc/passwd",
      "//evil.example",
      "../../package.json",
      "../../../../etc/passwd",
      "%E0%A4%A",
    ])
      expect(target(href).kind, href).to.equal("nowhere");
  });
});
