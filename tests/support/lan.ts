// A network for tests, inside of this machine and cut off from it: hosts with interfaces of their own, joined by bridges.
// Multicasts and broadcasts stay in it, and every port is free. Linux only.

import { spawnSync } from "node:child_process";
import { ChildProgram, type ProgramOptions } from "../../programs/child-program.ts";
import { FOR_ROOT, findWay, HOLDER, inOwnNetwork, type Way } from "../../programs/own-network.ts";
import { leaveOut } from "./tools.ts";

/** A network of several hosts needs a bridge, and a way into each host. */
const findLanWay = (): Way => findWay([], "ip link add b0 type bridge && command -v nsenter");

/** Leaves the test out, by name, where no such network can be made. @throws Error in CI */
export function needsLan(test: Mocha.Context): void {
  const { options, reasons } = findLanWay();
  if (options === undefined) leaveOut(test, `no network can be made here: ${reasons.join("; ")}`);
}

/** A network of one host: programs in it share its loopback, and whatever else it has. */
export class Host {
  readonly #holder: ChildProgram;
  readonly #programs: ChildProgram[] = [];

  private constructor(holder: ChildProgram) {
    this.#holder = holder;
  }

  /** @param inside the words of a command that runs another, inside of another host */
  static async start(inside: readonly string[] = []): Promise<Host> {
    // A host within another has no right to a user namespace of its own: the other has one already.
    const options = inside.length === 0 ? (findLanWay().options ?? FOR_ROOT) : FOR_ROOT;
    const holder = new ChildProgram("a host", [...inside, ...inOwnNetwork(options, HOLDER)]);
    await holder.line("ready");
    return new Host(holder);
  }

  /** The words that run a command in this host. */
  get inside(): string[] {
    const user = findLanWay().options?.includes("--user") ? ["--user", "--preserve-credentials"] : [];
    return ["nsenter", "--target", String(this.#holder.pid), ...user, "--net", "--"];
  }

  /** The id of the process that holds it, which `ip link … netns` takes. */
  get pid(): number {
    return this.#holder.pid;
  }

  /** Runs a command of a shell, such as `ip link set eth0 down`. @throws Error with what it says if it fails */
  sh(command: string): void {
    const [first = "", ...words] = [...this.inside, "sh", "-ec", command];
    const { status, stderr } = spawnSync(first, words, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  }

  /** Starts a program in this host. end() ends it. */
  program(name: string, words: readonly string[], options: ProgramOptions = {}): ChildProgram {
    const all = { tellsEverything: true, ...options };
    const program = new ChildProgram(name, [...this.inside, ...words], all);
    this.#programs.push(program);
    return program;
  }

  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
    await this.#holder.kill();
  }
}

/** Bridges, and hosts that are joined by them. */
export class Lan {
  readonly #bridges: Host;
  readonly #hosts: Host[] = [];
  #links = 0;

  private constructor(bridges: Host) {
    this.#bridges = bridges;
  }

  /** @param names the names of the bridges: each is a network of its own */
  static async start(names: readonly string[]): Promise<Lan> {
    const lan = new Lan(await Host.start());
    // Without mcast_snooping 0 the bridge would pass a multicast on only where somebody has been seen to join.
    for (const name of names)
      lan.#bridges.sh(`ip link add ${name} type bridge mcast_snooping 0; ip link set ${name} up`);
    return lan;
  }

  /** Adds a host. @param links by name of the bridge its address, e.g. `10.1.0.1/24`; its interface has the same name */
  async host(links: Readonly<Record<string, string>>): Promise<Host> {
    const host = await Host.start(this.#bridges.inside);
    this.#hosts.push(host);
    for (const [bridge, address] of Object.entries(links)) this.link(host, bridge, address);
    return host;
  }

  /** Puts a cable between a host and a bridge. */
  link(host: Host, bridge: string, address: string): void {
    const port = `port${this.#links++}`;
    this.#bridges.sh(
      `ip link add ${port} type veth peer name ${bridge} netns ${host.pid}; ip link set ${port} master ${bridge} up`,
    );
    const broadcast = "broadcast +";
    host.sh(`ip address add ${address} ${broadcast} dev ${bridge}; ip link set ${bridge} up`);
  }

  async end(): Promise<void> {
    for (const host of this.#hosts) await host.end();
    await this.#bridges.end();
  }
}
