import { spawn } from "node:child_process";
import { expect } from "chai";
import { isRunning, until, untilGone } from "../tests/support/until.ts";
import { ChildProgram } from "./child-program.ts";
import { descendants, killTree } from "./process-tree.ts";

describe("the descendants of a process", () => {
  it("are its children and theirs, and no others", () => {
    const all = [
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 1],
      [6, 5],
    ] as const;
    expect(descendants(2, all)).to.have.members([3, 4]);
    expect(descendants(1, all)).to.have.members([2, 3, 4, 5, 6]);
    expect(descendants(6, all)).to.deep.equal([]);
  });

  it("are found where a process is its own parent, as the first one of a system is", () => {
    expect(
      descendants(0, [
        [0, 0],
        [1, 0],
      ]),
    ).to.deep.equal([1]);
  });
});

describe("killing a tree of processes", () => {
  it("also kills what has made a group of its own", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      const own = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
      console.log(own.pid);
      setInterval(() => {}, 1000);`;
    const program = new ChildProgram("a parent", [process.execPath, "-e", script]);
    const grandchild = Number(await program.line(/^\d+$/));
    await until(() => isRunning(grandchild), "the grandchild");
    killTree(program.pid);
    await untilGone(program.pid, grandchild);
  });

  it("also kills a process that leads no group, or none yet", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    killTree(pid);
    await untilGone(pid);
  });
});
