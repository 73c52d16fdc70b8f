import { expect } from "chai";
import { openerFor } from "./open-page.ts";

describe("the opener of pages", () => {
  it("is the system's, where there is a desktop", () => {
    expect(openerFor("darwin", {})).to.deep.equal(["open"]);
    expect(openerFor("win32", {})).to.deep.equal(["explorer"]);
    expect(openerFor("linux", { DISPLAY: ":0" })).to.deep.equal(["xdg-open"]);
    expect(openerFor("linux", { WSL_DISTRO_NAME: "Ubuntu" })).to.deep.equal(["wslview"]);
  });

  it("is none over ssh and without a desktop", () => {
    expect(openerFor("darwin", { SSH_CONNECTION: "1" })).to.equal(undefined);
    expect(openerFor("linux", { DISPLAY: ":0", SSH_TTY: "/dev/pts/1" })).to.equal(undefined);
    expect(openerFor("linux", {})).to.equal(undefined);
  });
});
