import { expect } from "chai";
import { isToken, linkTo, readArrival, readRoute } from "./route.ts";

const TOKEN = "a".repeat(43);

describe("an address within the course", () => {
  it("names a place and what follows", () => {
    expect(readRoute("#/lessons/01-1")).to.deep.equal({ place: "lessons", parts: ["01-1"] });
    expect(readRoute(linkTo("captures", "a/b", "ä %"))).to.deep.equal({
      place: "captures",
      parts: ["a/b", "ä %"],
    });
  });

  it("leads to the beginning if it names none, and never fails", () => {
    for (const fragment of ["", "#", "#/", "#/elsewhere", "#/constructor", "#/__proto__/x", "#//", "x"])
      expect(readRoute(fragment), fragment).to.deep.equal({ place: "wire", parts: [] });
    expect(readRoute("#/lessons/%")).to.deep.equal({ place: "lessons", parts: [] });
  });

  it("may hold the token, and where to begin", () => {
    expect(readArrival(`#token=${TOKEN}`)).to.deep.equal({ token: TOKEN, at: "" });
    expect(readArrival(`#token=${TOKEN}&at=/wire/04`)).to.deep.equal({ token: TOKEN, at: "/wire/04" });
    for (const fragment of ["", "#/lessons", "#token=", "#token=short", "#token=<b>aaaaaaaaaaaaaaaaaaaaaa"])
      expect(readArrival(fragment), fragment).to.equal(undefined);
  });
});

describe("a token", () => {
  it("is text of the right letters and length", () => {
    expect(isToken(TOKEN)).to.equal(true);
    for (const value of [undefined, null, 5, {}, "", "short", `${TOKEN} x`, "a".repeat(101)])
      expect(isToken(value)).to.equal(false);
  });
});
