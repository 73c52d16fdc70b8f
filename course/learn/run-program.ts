// `npm run learn -- run 01:server`: runs a program of the student's. What they have not written yet is the course's own.

import { spawn } from "node:child_process";
import { basename, join } from "node:path";
import { SERVER_STAGES, STAGE_NUMBERS, type StageNumber } from "../../checks/engine/place.ts";
import { BUNDLES, bundleCommand } from "../../programs/node-command.ts";
import { ATTACKS_FOLDER } from "../exercises/stages.ts";
import type { Programs } from "../workspace/compose.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** A program that can be run, and its arguments. */
interface Start {
  programs: Programs;
  /** The path of its bundle without ending: in the folder of the stage, or in that of the attacks. */
  program: string;
  argv: readonly string[];
}

/** How the command names the programs. */
export const PROGRAM_NAMES = `${SERVER_STAGES.flatMap((stage) => [`${stage}:server`, `${stage}:client`]).join(", ")}, 05:peer, attack NAME`;

/**
 * Reads what stands behind `run`.
 * @returns undefined if it names no program
 */
export function readStart([name = "", ...rest]: readonly string[]): Start | undefined {
  const argv = rest.filter((word, index) => word !== "--" || rest.indexOf("--") !== index);
  // Every attack may be run on several stages, so it gets all of them.
  if (name === "attack")
    return { programs: { stage: "02", withAttacks: true }, program: `${ATTACKS_FOLDER}/attack`, argv };
  const [number, program = ""] = name.split(":");
  const stage = STAGE_NUMBERS.find((one): one is StageNumber => one === number);
  if (stage === undefined || !programsOf(stage).includes(program)) return undefined;
  return { programs: { stage, withAttacks: false }, program, argv };
}

/** Stage 06 has none here: its page runs in a browser, and its packages are in its own folder. */
function programsOf(stage: StageNumber): readonly string[] {
  if (SERVER_STAGES.some((one) => one === stage)) return ["server", "client"];
  return stage === "05" ? ["peer"] : [];
}

/**
 * Runs a program in this terminal until it ends.
 * @returns its exit code
 * @throws ProblemError if the student's files cannot be run: where and why
 */
export async function runProgram(workspace: Workspace, { programs, program, argv }: Start): Promise<number> {
  const { place, remove } = await workspace.composeOwn(programs);
  const { bundles = "", folder } = place;
  const path = program.includes("/") ? program : `${basename(folder)}/${program}`;
  const [command = "", ...words] = [...bundleCommand(join(bundles, `${path}.js`)), ...argv];
  // Keys such as Ctrl-C reach the program directly. We wait until it has ended in its own way.
  const child = spawn(command, words, {
    cwd: workspace.courseFolder,
    stdio: "inherit",
    env: { ...process.env, [BUNDLES]: bundles },
  });
  const stay = (): void => {};
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", stay);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
    });
  } finally {
    process.off("SIGINT", stay);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, pass);
    remove();
  }
}
