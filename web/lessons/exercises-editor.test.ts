import { expect } from "chai";
import { type EditorCommand, editorCommand, type Machine } from "./exercises-editor.ts";

const FILE = "/home/ada/course/work/01-calculator/evaluate.ts";

/** A machine with some programs installed. */
function machine(
  programs: readonly string[],
  environment: NodeJS.ProcessEnv = { DISPLAY: ":0" },
  platform: NodeJS.Platform = "linux",
): Machine {
  const find = (program: string) => (programs.includes(program) ? `/usr/bin/${program}` : undefined);
  return { platform, environment, find };
}

const commandOn = (one: Machine): EditorCommand | undefined => editorCommand(one, FILE, 38);

describe("the editor", () => {
  it("is the one that the user has chosen, if it has a window; we do not wait for its end", () => {
    const environment = { DISPLAY: ":0", VISUAL: "kate --new", EDITOR: "code --wait" };
    expect(commandOn(machine(["code", "kate"], environment))).to.deep.equal({
      name: "Kate",
      program: "/usr/bin/kate",
      args: ["--new", "--line", "38", FILE],
    });
    expect(commandOn(machine(["code"], environment))?.args).to.deep.equal(["--goto", `${FILE}:38`]);
  });

  it("is none that would need our terminal", () => {
    const environment = { DISPLAY: ":0", VISUAL: "vim", EDITOR: "nano -w" };
    expect(commandOn(machine(["vim", "nano"], environment))).to.equal(undefined);
    expect(commandOn(machine(["vim", "nano", "gedit"], environment))?.name).to.equal("gedit");
  });

  it("is one that is installed, told the line in its own way", () => {
    expect(commandOn(machine(["subl"]))?.args).to.deep.equal([`${FILE}:38`]);
    expect(commandOn(machine(["gedit"]))?.args).to.deep.equal(["+38", FILE]);
    expect(commandOn(machine(["mousepad", "code"]))?.name).to.equal("Visual Studio Code");
  });

  it("is none where no window can be opened", () => {
    expect(commandOn(machine(["code"], {}))).to.equal(undefined);
    expect(commandOn(machine(["code"], { VSCODE_IPC_HOOK_CLI: "/run/ipc" }))?.name).to.equal(
      "Visual Studio Code",
    );
    expect(commandOn(machine(["code"], { WSL_DISTRO_NAME: "Debian" }))).not.to.equal(undefined);
  });

  it("is the system's for texts on a Mac, and Notepad on Windows", () => {
    expect(commandOn(machine([], {}, "darwin"))).to.deep.include({ program: "open", args: ["-t", FILE] });
    expect(commandOn(machine(["notepad"], {}, "win32"))).to.deep.include({ name: "Notepad", args: [FILE] });
  });
});
