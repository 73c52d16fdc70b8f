// A network of our own is cut off from the machine's, and its loopback interface is up, also for who is not root.

import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { findWay, inOwnNetwork, WITH_PROCESSES } from "../programs/own-network.ts";
import { leaveOut } from "./support/tools.ts";

/** Runs a command to its end. @returns what it has printed */
function outputOf([command = "", ...words]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: "utf8" });
  expect(status, stderr).to.equal(0);
  return stdout;
}

/** Prints the interfaces that have an address, as Node.js sees them. */
const INTERFACES = [
  process.execPath,
  "-e",
  'process.stdout.write(Object.keys(require("node:os").networkInterfaces()).join(" "))',
];

describe("a network of our own", () => {
  for (const further of [[], WITH_PROCESSES])
    it(`has a loopback interface that is up, and no other (${further.join(" ") || "no further options"})`, function () {
      const { options, reasons } = findWay(further);
      if (options === undefined) leaveOut(this, reasons.join("; "));
      expect(outputOf(inOwnNetwork(options, INTERFACES))).to.equal("lo");
    });

  it("can be made by who is not root", function () {
    const { options, reasons } = findWay();
    if (options === undefined) leaveOut(this, reasons.join("; "));
    if (!options.includes("--user")) leaveOut(this, reasons.join("; "));
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const somebody = process.getuid?.() === 0 ? nobody : [];
    const seen = outputOf([...somebody, ...inOwnNetwork(options, ["cat", "/proc/net/dev"])]);
    expect(seen.match(/^ *\w+(?=:)/gm)?.map((name) => name.trim())).to.deep.equal(["lo"]);
  });

  it("runs what has to come first, which may take words away", function () {
    const { options, reasons } = findWay();
    if (options === undefined) leaveOut(this, reasons.join("; "));
    const words = inOwnNetwork(options, ["first", "echo", "the rest"], 'printf "%s, " "$1" && shift');
    expect(outputOf(words)).to.equal("first, the rest\n");
  });

  it("is not made where what is needed does not work, and it says why for each way", function () {
    if (process.platform !== "linux") leaveOut(this, "only Linux has network namespaces");
    const { options, reasons } = findWay([], "echo no such thing >&2; exit 3");
    expect(options).to.equal(undefined);
    expect(reasons.map((reason) => reason.split(": ")[0])).to.deep.equal([
      "unshare --user --map-root-user --net",
      "unshare --net",
    ]);
    if (findWay().reasons.length === 0) expect(reasons[0]).to.contain(": no such thing");
  });
});
