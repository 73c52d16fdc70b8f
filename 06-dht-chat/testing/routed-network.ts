// A network of its own for programs that need an address that is not the loopback one: a pair of interfaces, the one with
// an address and a default route, the other one a wire's end where nobody is. Nothing leaves the machine.

import { ChildProgram } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { findWay, inOwnNetwork, WITH_PROCESSES } from "../../programs/own-network.ts";

/** 198.18.0.0/15 is set aside for tests of networks (RFC 2544). */
const WITH_ROUTE = [
  "ip link add here type veth peer name there",
  "ip addr add 198.18.6.1/24 dev here",
  "ip link set here up",
  "ip link set there up",
  "ip route add default via 198.18.6.2 dev here",
].join(" && ");

/** The process ids inside are its own, and all of them end with it. */
const FURTHER = [...WITH_PROCESSES, "--mount-proc"];

/** Why no such network can be made here; undefined if it can. */
export function whyNoRoutedNetwork(): string | undefined {
  const { options, reasons } = findWay(FURTHER, WITH_ROUTE);
  return options === undefined
    ? `no network with a route can be made here: ${reasons.join("; ")}`
    : undefined;
}

/**
 * Starts a program of the course in such a network, where the machine has another address too, which leads nowhere: its
 * interface comes first, as that of Docker may.
 */
export function startInRoutedNetwork(file: string, argv: readonly string[]): ChildProgram {
  const options = findWay(FURTHER, WITH_ROUTE).options ?? [];
  const first =
    "ip link add first type veth peer name nobody && ip addr add 198.18.5.1/24 dev first && ip link set first up && ip link set nobody up";
  return new ChildProgram(
    file,
    inOwnNetwork(options, [...nodeCommand(file), ...argv], `${first} && ${WITH_ROUTE}`),
  );
}

/** Runs a program of the course in such a network, until it ends. @returns its last line @throws Error with what it said */
export async function runInRoutedNetwork(file: string): Promise<string> {
  const options = findWay(FURTHER, WITH_ROUTE).options ?? [];
  const program = new ChildProgram(file, inOwnNetwork(options, nodeCommand(file), WITH_ROUTE));
  program.endInput();
  const { code } = await program.ended;
  const last = program.lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`${file} has failed: ${program.errors.trim()}`);
  return last;
}
