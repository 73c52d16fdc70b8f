// How a command of a lesson is started: without a shell where it needs none.

import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { commandWords, scriptWords } from "../../course/lesson/command-words.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { CallError } from "../shared/fields.ts";

export interface StartedBy {
  words: string[];
  environment: Record<string, string>;
}

/** npm prints two lines about itself before a program's own. The lessons leave them out. */
const QUIET_NPM = { npm_config_loglevel: "silent" };

/** @param root the course's folder @throws CallError if this machine has no shell, and the command needs one */
export function howToStart(command: string, root: string): StartedBy {
  const simple = commandWords(command);
  const { words = [], environment = {} } = simple ?? {};
  const [first, ...rest] = words;
  if (first === "node") return { words: [process.execPath, ...rest], environment };
  const script = scriptWords(words, npmScripts(root));
  if (script !== undefined) {
    const [file = "", ...given] = script;
    return { words: [...nodeCommand(file, root), ...given], environment };
  }
  const shell = findShell();
  if (shell === undefined)
    throw new CallError("this command is written for a Unix shell, and there is no bash here: WSL has one");
  return { words: [shell, "-c", command], environment: QUIET_NPM };
}

function npmScripts(root: string): Record<string, string> {
  const text = readFileSync(join(root, "package.json"), "utf8");
  return (JSON.parse(text) as { scripts: Record<string, string> }).scripts;
}

function findShell(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const names = process.platform === "win32" ? ["bash.exe"] : ["bash", "sh"];
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
