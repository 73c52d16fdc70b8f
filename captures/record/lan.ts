// A network of several hosts on this machine, for stage 05: each host is a network namespace of Linux with a cable to a
// bridge, which is in a namespace of its own. Nothing of it reaches the machine's own network.

import { ChildProgram } from "../../programs/child-program.ts";
import { FOR_ROOT, HOLDER, inOwnNetwork } from "../../programs/own-network.ts";
import { NoNamespace } from "./namespace.ts";

/** The name of the bridge in its namespace, and of each host's interface. */
export const BRIDGE = "br0";
const INTERFACE = "eth0";

export interface Host {
  /** `10.0.0.1` is that of the first host; the network is 10.0.0.0/24. */
  address: string;
  /** The words of a command that runs another one in this host. */
  within: readonly string[];
}

export class Lan {
  readonly hosts: Host[] = [];
  /** The words of a command that runs another one where the bridge is: it sees every packet. */
  readonly withinBridge: readonly string[];
  readonly #holders: ChildProgram[];

  private constructor(bridge: ChildProgram) {
    this.#holders = [bridge];
    this.withinBridge = within(bridge);
  }

  /**
   * Makes a network. End it with close().
   * @throws NoNamespace if this system does not let us
   */
  static async make(hosts: number): Promise<Lan> {
    const lan = new Lan(await hold());
    try {
      await run([...lan.withinBridge, "ip", "link", "add", BRIDGE, "type", "bridge"]);
      await run([...lan.withinBridge, "ip", "link", "set", BRIDGE, "up"]);
      for (let number = 1; number <= hosts; number += 1) await lan.#add(number);
      return lan;
    } catch (error) {
      await lan.close();
      throw error;
    }
  }

  async #add(number: number): Promise<void> {
    const holder = await hold();
    this.#holders.push(holder);
    const [port, address] = [`port${number}`, `10.0.0.${number}`];
    const cable = ["ip", "link", "add", port, "type", "veth", "peer", "name", INTERFACE];
    await run([...this.withinBridge, ...cable, "netns", String(holder.pid)]);
    await run([...this.withinBridge, "ip", "link", "set", port, "master", BRIDGE, "up"]);
    const host = within(holder);
    await run([
      ...host,
      "ip",
      "address",
      "add",
      `${address}/24`,
      "broadcast",
      "10.0.0.255",
      "dev",
      INTERFACE,
    ]);
    // As on a real network, no packet is larger than 1,514 bytes: the system cuts, there is no network card to do it.
    await run([...host, "ip", "link", "set", INTERFACE, "gso_max_segs", "1"]);
    await run([...host, "ip", "link", "set", INTERFACE, "up"]);
    this.hosts.push({ address, within: host });
  }

  /** Sends a datagram from the first host to the last, so that it can be seen when all before it has passed. */
  async mark(port: number): Promise<void> {
    const [first, last] = [this.hosts[0], this.hosts.at(-1)];
    if (first === undefined || last === undefined) return;
    const script = `require("node:dgram").createSocket("udp4").send("", ${port}, "${last.address}", () => process.exit())`;
    await run([...first.within, process.execPath, "-e", script]);
  }

  /** Ends the network: with the last process in it, the system removes a namespace and its cables. */
  async close(): Promise<void> {
    await Promise.all(this.#holders.map((holder) => holder.kill()));
  }
}

/** Makes a namespace. */
async function hold(): Promise<ChildProgram> {
  if (process.platform !== "linux") throw new NoNamespace(["hosts: only Linux has network namespaces"]);
  const holder = new ChildProgram("unshare", inOwnNetwork(FOR_ROOT, HOLDER));
  const isReady = await Promise.race([
    holder.line("ready").then(() => true),
    holder.ended.then(() => false),
  ]).catch(() => false);
  if (isReady) return holder;
  await holder.kill();
  throw problem("unshare", holder);
}

function within({ pid }: ChildProgram): string[] {
  return ["nsenter", `--net=/proc/${pid}/ns/net`, "--"];
}

async function run(words: readonly string[]): Promise<void> {
  const program = new ChildProgram(words[0] ?? "", words);
  const { code } = await program.exit();
  if (code !== 0) throw problem("ip", program);
}

function problem(name: string, program: ChildProgram): NoNamespace {
  const reason = program.errorLines.find((line) => line !== "") ?? "it does not work here";
  return new NoNamespace([`hosts: ${name}: ${reason.replace(/^(?:unshare|nsenter|ip|sh): /, "")}`]);
}
