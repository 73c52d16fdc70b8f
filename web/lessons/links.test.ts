// Tests of where links lead.

import { expect } from "chai";
import { recordingIn, targetOf } from "./links.ts";

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

describe("code of a lesson that names a recording", () => {
  it("leads to the recording, and to the part of it that the command shows", () => {
    const place = (code: string): string | undefined => recordingIn(code)?.href;
    expect(place("captures/01-nagle.pcap")).to.equal("#/captures/01-nagle");
    const show = "npm run show -- captures/01-nagle.pcap";
    expect(place(show)).to.equal("#/captures/01-nagle");
    expect(place(`${show} --stream 2 --keys captures/x.keys`)).to.equal("#/captures/01-nagle/stream/2");
    expect(place(`${show} --packets --stream 2`)).to.equal("#/captures/01-nagle/stream/2");
    expect(place(`${show} --packets`)).to.equal("#/captures/01-nagle/packets");
    expect(place(`${show} --packet 4`)).to.equal("#/captures/01-nagle/packet/4");
    expect(place(`${show} --find "100 - 58"`)).to.equal("#/captures/01-nagle");
  });

  it("and no other code does", () => {
    for (const code of [
      "captures/",
      "captures/01-nagle.keys",
      "captures/../secret.pcap",
      "work/last-run.pcap",
      "captures/01-nagle.pcap; rm x",
      "npm run show -- captures/a.pcapng",
      "wireshark captures/01-nagle.pcap",
    ])
      expect(recordingIn(code), code).to.equal(undefined);
  });
});
