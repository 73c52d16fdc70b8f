// Opens a file in the user's editor, at a line: the one they have chosen if it has a window, else one that is installed, else
// what the system opens texts with. The file is one of ours; nothing of the command comes from the page.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, delimiter, join } from "node:path";

/** How an editor is told the line: before the file, or behind it with a colon. */
type Place = "goto" | "colon" | "plus" | "line" | "none";

/** Editors with a window of their own, by the name of their program; of those that are installed, the first is taken. */
const EDITORS: ReadonlyMap<string, { name: string; place: Place }> = new Map([
  ["code", { name: "Visual Studio Code", place: "goto" }],
  ["codium", { name: "VSCodium", place: "goto" }],
  ["code-insiders", { name: "Visual Studio Code", place: "goto" }],
  ["code-oss", { name: "Code", place: "goto" }],
  ["cursor", { name: "Cursor", place: "goto" }],
  ["windsurf", { name: "Windsurf", place: "goto" }],
  ["zed", { name: "Zed", place: "colon" }],
  ["zeditor", { name: "Zed", place: "colon" }],
  ["subl", { name: "Sublime Text", place: "colon" }],
  ["kate", { name: "Kate", place: "line" }],
  ["gnome-text-editor", { name: "Text Editor", place: "none" }],
  ["gedit", { name: "gedit", place: "plus" }],
  ["xed", { name: "xed", place: "plus" }],
  ["pluma", { name: "Pluma", place: "plus" }],
  ["mousepad", { name: "Mousepad", place: "none" }],
  ["geany", { name: "Geany", place: "line" }],
  ["kwrite", { name: "KWrite", place: "line" }],
  ["featherpad", { name: "FeatherPad", place: "none" }],
  ["gvim", { name: "gVim", place: "plus" }],
  ["mate", { name: "TextMate", place: "line" }],
  ["bbedit", { name: "BBEdit", place: "plus" }],
  ["webstorm", { name: "WebStorm", place: "line" }],
  ["idea", { name: "IntelliJ IDEA", place: "line" }],
  ["notepad++", { name: "Notepad++", place: "none" }],
  ["notepad", { name: "Notepad", place: "none" }],
]);

/** A command that opens the file, and what its program is called. */
export interface EditorCommand {
  name: string;
  program: string;
  args: readonly string[];
}

/** What is known of the machine. */
export interface Machine {
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
  /** The absolute path of a program that a shell would find; undefined if there is none. */
  find(program: string): string | undefined;
}

/** @returns undefined if there is no editor with a window. Pure, but for `machine.find`. */
export function editorCommand(machine: Machine, file: string, line: number): EditorCommand | undefined {
  if (!hasWindows(machine)) return undefined;
  const { environment } = machine;
  for (const chosen of [environment.VISUAL, environment.EDITOR]) {
    const command = chosenCommand(machine, chosen ?? "", file, line);
    if (command !== undefined) return command;
  }
  for (const [program, { name, place }] of EDITORS) {
    const path = machine.find(program);
    if (path !== undefined) return { name, program: path, args: placed(place, file, line) };
  }
  // Where .ts is a film, a program that opens files by their ending would play it: only these open texts.
  if (machine.platform === "darwin") return { name: "your text editor", program: "open", args: ["-t", file] };
  return undefined;
}

/** Whether a program can open a window here. A terminal of Visual Studio Code shows files in its own. */
function hasWindows({ platform, environment }: Machine): boolean {
  if (platform === "win32" || platform === "darwin") return true;
  const { DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI, WSL_DISTRO_NAME } = environment;
  return [DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI, WSL_DISTRO_NAME].some(
    (one) => one !== undefined && one !== "",
  );
}

/** What VISUAL or EDITOR says, such as `code --wait`, if that editor has a window: vi and nano would need our terminal. */
function chosenCommand(
  machine: Machine,
  chosen: string,
  file: string,
  line: number,
): EditorCommand | undefined {
  const [program = "", ...options] = chosen.trim().split(/\s+/);
  const known = EDITORS.get(basename(program).replace(/\.(?:exe|cmd)$/i, ""));
  const path = program === "" ? undefined : machine.find(program);
  if (known === undefined || path === undefined) return undefined;
  // We do not wait for its end.
  const kept = options.filter((option) => option !== "--wait" && option !== "-w");
  return { name: known.name, program: path, args: [...kept, ...placed(known.place, file, line)] };
}

function placed(place: Place, file: string, line: number): string[] {
  switch (place) {
    case "goto":
      return ["--goto", `${file}:${line}`];
    case "colon":
      return [`${file}:${line}`];
    case "plus":
      return [`+${line}`, file];
    case "line":
      return ["--line", String(line), file];
    case "none":
      return [file];
  }
}

/** How long an editor has to say that it cannot start, in milliseconds. */
const SOON = 400;

/**
 * Opens the file.
 * @returns what the editor is called; undefined if there is none, or if it could not start
 */
export async function openInEditor(
  file: string,
  line: number,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { platform } = process;
  const find = (program: string): string | undefined => findProgram(program, environment, platform);
  const command = editorCommand({ platform, environment, find }, file, line);
  if (command === undefined) return undefined;
  return (await starts(command, environment)) ? command.name : undefined;
}

/** Starts a program that outlives us. @returns false if it cannot start, or ends soon with an error */
async function starts({ program, args }: EditorCommand, environment: NodeJS.ProcessEnv): Promise<boolean> {
  // Windows runs a .cmd only in a shell; quotes keep its arguments together.
  const isScript = /\.(?:cmd|bat)$/i.test(program);
  const quoted = (word: string): string => (isScript ? `"${word}"` : word);
  const child = spawn(quoted(program), args.map(quoted), {
    env: environment,
    stdio: "ignore",
    detached: true,
    shell: isScript,
    windowsHide: isScript,
  });
  child.unref();
  return await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), SOON);
    const say = (isStarted: boolean): void => {
      clearTimeout(timer);
      resolve(isStarted);
    };
    child.on("error", () => say(false));
    child.on("exit", (code) => say(code === 0));
  });
}

/** Finds a program as a shell does. */
function findProgram(
  program: string,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string | undefined {
  const endings = platform === "win32" ? [".exe", ".cmd"] : [""];
  const names = endings.some((ending) => ending !== "" && program.toLowerCase().endsWith(ending))
    ? [program]
    : endings.map((ending) => program + ending);
  if (/[\\/]/.test(program)) return names.find((name) => existsSync(name));
  const folders = (environment.PATH ?? environment.Path ?? "").split(delimiter).filter((one) => one !== "");
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
