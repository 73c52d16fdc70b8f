// Opens a page in the system's program for such files, or says where the page is.

import { spawn } from "node:child_process";
import { normalize } from "node:path";

/** The command that opens a file here; undefined over ssh and without a desktop. Pure. */
export function openerFor(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): readonly string[] | undefined {
  if (environment.SSH_CONNECTION || environment.SSH_TTY) return undefined;
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["explorer"];
  if (environment.WSL_DISTRO_NAME) return ["wslview"];
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ["xdg-open"] : undefined;
}

/**
 * @param page relative to the course's folder, which is the working folder
 * @returns a sentence for the student
 */
export async function openPage(page: string, courseFolder: string): Promise<string> {
  const where = `The page is ${page}; to read it here: ${lessonCommand(page)}`;
  const [command, ...argv] = openerFor(process.platform, process.env) ?? [];
  if (command === undefined) return where;
  return new Promise((resolve) => {
    const child = spawn(command, [...argv, normalize(page)], {
      cwd: courseFolder,
      stdio: "ignore",
      detached: true,
    });
    child.on("error", () => resolve(where));
    child.on("spawn", () => {
      child.unref();
      resolve(`Opened ${page}`);
    });
  });
}

/** The command that shows a page in the terminal, e.g. npm run lesson -- 01-3. */
function lessonCommand(page: string): string {
  const [, stage, number] = /lessons\/([0-9]+)-[^/]*\/([0-9]+)-/.exec(page) ?? [];
  return `npm run lesson -- ${stage}-${number}`;
}
