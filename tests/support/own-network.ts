// Runs programs in a network of their own, with a loopback interface and nobody else. Stage 05 needs one: the group and
// the port of its beacons are fixed, and all programs on a machine share them.

import { ChildProgram } from "../../programs/child-program.ts";
import { findWay, inOwnNetwork, WITH_PROCESSES } from "../../programs/own-network.ts";
import { defineUnless } from "./tools.ts";

/** Besides its network, such a place has a /proc that shows the processes inside alone. */
const FURTHER = [...WITH_PROCESSES, "--mount-proc"];

/** Defines tests that need such a network. Only Linux has them. @throws Error in CI where none can be made */
export function withOwnNetwork(title: string, define: () => void): void {
  const { options, reasons } = findWay(FURTHER);
  const problem = options === undefined ? `no network can be made here: ${reasons.join("; ")}` : undefined;
  defineUnless(problem, title, define);
}

/**
 * Runs a program in such a network until it ends.
 * @param words the command, followed by its arguments
 * @returns what it has printed on standard output
 * @throws Error with what it has printed on standard error if it has printed nothing else
 */
export async function runInOwnNetwork(words: readonly string[]): Promise<string> {
  const { lines, errors } = await runUntilItEnds(inOwnNetwork(findWay(FURTHER).options ?? [], words));
  if (lines.length === 0) throw new Error(errors.trim() || "it has printed nothing");
  return lines.join("\n");
}

/** Runs a program that gets no input, until it ends. @returns the program, with what it has printed */
export async function runUntilItEnds(words: readonly string[]): Promise<ChildProgram> {
  const program = new ChildProgram(words[0] ?? "", words);
  program.endInput();
  await program.ended;
  return program;
}
