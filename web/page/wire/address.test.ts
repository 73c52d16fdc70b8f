import { expect } from "chai";
import fc from "fast-check";
import { LINKS, WIRE_STAGES } from "../../shared/wire.ts";
import { readRoute } from "../route.ts";
import { linkToSpot, MOST_ADDRESS_BYTES, readSpot, type Spot } from "./address.ts";

/** Follows a link as the page does. */
const follow = (link: string): Spot => readSpot(readRoute(link).parts);

describe("the addresses on the wire", () => {
  it("lead back to stage, link, line and field, whatever bytes the line has", () => {
    const anyStage = fc.constantFrom(...WIRE_STAGES);
    const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const anyField = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(anyStage, fc.constantFrom(...LINKS), anyBytes, anyField, (stage, link, bytes, field) => {
        const line = { link, bytes: Buffer.from(bytes).toString("base64url") };
        for (const spot of [{ stage }, { stage, line }, { stage, line, field }])
          expect(follow(linkToSpot(spot))).to.deep.equal(spot);
      }),
    );
  });

  it("name the link only where it is not what the stage is about", () => {
    const bytes = Buffer.from("1 + 1\n").toString("base64url");
    expect(linkToSpot({ stage: "01", line: { link: "calculator", bytes }, field: "lf" })).to.equal(
      "#/wire/01/line/MSArIDEK/lf",
    );
    expect(linkToSpot({ stage: "02", line: { link: "registry", bytes } })).to.equal(
      "#/wire/02/registry/MSArIDEK",
    );
  });

  it("lead to the stage, or to the beginning, if they are none", () => {
    expect(follow("#/wire/04/line")).to.deep.equal({ stage: "04" });
    for (const rest of ["", "/07", "/02/line", "/02/line/@@", "/02/words/MSAr", "/02/line/a+b"])
      expect(follow(`#/wire${rest}`), rest).to.deep.equal({ stage: "02" });
  });

  it("hold no line that is too long for one", () => {
    const line = (length: number) => ({
      link: "chat" as const,
      bytes: Buffer.alloc(length).toString("base64url"),
    });
    const longest = line(MOST_ADDRESS_BYTES);
    expect(follow(linkToSpot({ stage: "04", line: longest }))).to.deep.equal({ stage: "04", line: longest });
    expect(linkToSpot({ stage: "04", line: line(MOST_ADDRESS_BYTES + 3) })).to.equal("#/wire/04");
  });
});
