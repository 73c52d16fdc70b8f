// The network of one check of stage 05: a team of its own, its passphrase, the programs that are checked, and the peers
// that the checker plays. Checks that run at the same time do not hear each other, because their teams differ.

import { createPrivateKey } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HOST, type LanContext } from "./lan-context.ts";
import { KEYS, type LanKey, lanKeyOf, teamKeyOf } from "./lan-cryptography.ts";
import { LanPeer, readBeacon } from "./lan-peer.ts";
import type { PeerUnderTest } from "./launcher.ts";
import type { Scene } from "./scene.ts";
import { CouldNotRun, StepFailure } from "./step-failure.ts";

/** Where beacons are sent to, beside peers (P8.7). */
export const GROUP = "239.255.54.45";
export const BROADCAST = "127.255.255.255";
export const SHARED_PORT = 54_545;

/** Hellos that a program must answer within a second, from one address (P9.2). One less, to be on the safe side. */
const HELLOS_A_SECOND = 7;
const SECOND = 1100;

/** How long to wait between two looks at the counters of a program, in milliseconds. */
const LOOK = 40;

/** What goes up by itself. */
const NOISE: readonly string[] = ["own", "token"];

export interface ProgramOptions {
  /** Its peers (--peer). */
  peers?: readonly { port: number }[];
  /** Default: 60 s, so that a check hears only what it has caused. */
  beacon?: number;
  /** Options that are added. */
  argv?: readonly string[];
  /** Its data folder. Default: a new one. */
  data?: string;
  port?: number;
  team?: string;
  /** The contents of its passphrase file; null: it gets none. Default: the passphrase and LF. */
  passphraseFile?: string | Buffer | null;
}

/** The counters of /stats, by their names (P9.12). */
export type Stats = ReadonlyMap<string, number>;

export class Lan implements LanContext {
  readonly scene: Scene;
  readonly team: string;
  readonly passphrase: string;
  readonly teamKey: Buffer;
  readonly #folder: string;
  #files = 0;
  readonly #hellos = new Map<PeerUnderTest, number[]>();

  private constructor(scene: Scene, team: string, passphrase: string, teamKey: Buffer) {
    this.scene = scene;
    this.team = team;
    this.passphrase = passphrase;
    this.teamKey = teamKey;
    this.#folder = mkdtempSync(join(tmpdir(), "lan-check-"));
    scene.afterwards(() => rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 }));
  }

  /** A network whose team and passphrase are drawn by chance, unless they are given. */
  static async open(scene: Scene, given: { team?: string; passphrase?: string } = {}): Promise<Lan> {
    // A seed gives the same values again, and two runs with one seed may run side by side: so these are no seeded ones.
    const draw = (): string => Math.random().toString(36).slice(2, 10).padEnd(8, "x");
    const { team = `Team-${draw()}`, passphrase = `words ${draw()} of ${draw()}` } = given;
    return new Lan(scene, team, passphrase, await teamKeyOf(passphrase, team));
  }

  /** A new file or folder name in the check's folder. */
  path(name: string): string {
    this.#files += 1;
    return join(this.#folder, `${this.#files}-${name}`);
  }

  file(name: string, contents: string | Buffer): string {
    const path = this.path(name);
    writeFileSync(path, contents);
    return path;
  }

  folder(name: string): string {
    const path = this.path(name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  /** Starts a program, and waits for nothing. */
  run(name: string, options: ProgramOptions = {}): PeerUnderTest {
    const { peers = [], beacon = 60, argv = [], port = 0, team = this.team } = options;
    const { data = this.path(`data-${name}`), passphraseFile = `${this.passphrase}\n` } = options;
    const program = this.scene.runPeer(
      {
        name,
        team,
        port: String(port),
        data,
        "passphrase-file": passphraseFile === null ? undefined : this.file("passphrase", passphraseFile),
      },
      ["--beacon", String(beacon), ...peers.flatMap((peer) => ["--peer", `${HOST}:${peer.port}`]), ...argv],
    );
    this.scene.afterwards(() => program.kill()); // Before its folder is removed.
    return program;
  }

  /** Starts a program, and waits until it listens. */
  async program(name: string, options: ProgramOptions = {}): Promise<PeerUnderTest> {
    return this.scene.preparing(async () => {
      const program = this.run(name, options);
      await this.listens(program);
      return program;
    });
  }

  /** Expects that a program says as its first line where it listens. */
  async listens(program: PeerUnderTest): Promise<void> {
    const line = await program.showsNext(/^listening on 127\.0\.0\.1:[1-9][0-9]*$/);
    program.port = Number(line.slice(line.lastIndexOf(":") + 1));
  }

  /** Ends a program as a power cut would, and starts it again with the same data folder. */
  async killsAndRestarts(program: PeerUnderTest, options: ProgramOptions = {}): Promise<PeerUnderTest> {
    await this.kills(program);
    return this.program(program.name, { ...options, data: program.data });
  }

  async kills(program: PeerUnderTest): Promise<void> {
    program.mayEnd();
    await this.scene.step(`${program.name} is killed`, () => program.kill());
  }

  /** The program ends as its user wants it to. */
  async quits(program: PeerUnderTest): Promise<void> {
    await program.enters("/quit");
    await program.endsWith(0);
  }

  /** A peer that the checker plays, with a key of its own. */
  async peer(name: string, key?: LanKey): Promise<LanPeer> {
    return LanPeer.start(this, name, key ?? (await KEYS.next()));
  }

  /** The key of a program, from its data folder (P8.2). */
  async keyOf(program: PeerUnderTest): Promise<LanKey> {
    return this.scene.step(`the key of ${program.name} is in ${program.name}'s identity.pem`, () => {
      try {
        return lanKeyOf(createPrivateKey(readFileSync(join(program.data, "identity.pem"))));
      } catch (error) {
        return this.scene.fails({
          expected: "DIR/identity.pem with a private key in PEM (PKCS#8)",
          received: (error as Error).message,
        });
      }
    });
  }

  /**
   * Listens on the shared port for beacons of this team.
   * @param address only for what is sent to this address, if this system can do that; default: to any
   * @returns the datagrams, as they come
   * @throws CouldNotRun if this system cannot do that
   */
  async overhears(address?: string): Promise<readonly string[]> {
    const heard: string[] = [];
    // Bound to the address itself, a socket gets nothing else. Not every system allows that.
    const socket = (address === undefined ? undefined : await bound(address)) ?? (await bound("0.0.0.0"));
    if (socket === undefined) throw new CouldNotRun(`port ${SHARED_PORT} cannot be shared`);
    this.scene.afterwards(() => socket.close());
    socket.on("message", (bytes) => {
      if (typeof readBeacon(bytes, 0, this.teamKey) !== "string") heard.push(bytes.toString("latin1"));
    });
    if (address !== BROADCAST) socket.addMembership(GROUP, HOST);
    return heard;
  }

  /** Waits until one more hello to this program is within the limits of P9.2. */
  async mayGreet(program: PeerUnderTest): Promise<void> {
    const times = this.#hellos.get(program) ?? [];
    this.#hellos.set(program, times);
    while (times.length >= HELLOS_A_SECOND) {
      const left = (times[0] ?? 0) + SECOND - performance.now();
      if (left > 0) await sleep(left);
      times.shift();
    }
    times.push(performance.now());
  }

  /** What /stats says. */
  async stats(program: PeerUnderTest): Promise<Stats> {
    const known = program.lines.filter((line) => line.startsWith("stats:")).length;
    program.write("/stats\n");
    const line = await this.eventually(
      () => program.lines.filter((one) => one.startsWith("stats:"))[known],
      program,
    );
    if (line === undefined)
      return this.scene.fails({
        sent: "/stats (entered)",
        expected: "a line `stats: size 0, token 0, …`",
        received: program.hasEnded ? program.lastWords : "none",
        came: program.hasEnded ? "ended" : "nothing",
      });
    const counters = [...line.matchAll(/([a-z][a-z-]*):? ([0-9]+)(?=,|$)/g)];
    return new Map(counters.map(([, name = "", count]) => [name, Number(count)]));
  }

  /**
   * Waits until a value is there, but no longer than a step may wait.
   * @returns undefined if it did not come in time, or the program has ended
   */
  async eventually<Value>(
    look: () => Value | undefined | Promise<Value | undefined>,
    program?: PeerUnderTest,
    longest = this.scene.timeout,
  ): Promise<Value | undefined> {
    for (const until = performance.now() + longest; ; ) {
      const hasEnded = program?.hasEnded ?? false;
      const value = await look();
      if (value !== undefined || hasEnded || performance.now() > until) return value;
      await sleep(LOOK);
    }
  }

  /** Expects that a datagram is dropped and counted under this reason, and under no other (P8.6). */
  async isDropped(
    program: PeerUnderTest,
    from: LanPeer,
    datagram: string | Buffer,
    reason: string,
    what: string,
  ): Promise<void> {
    await this.scene.step(`${program.name} drops ${what} as ${reason}`, async () => {
      const counted = await this.#counted(program, from, [datagram], what, reason);
      if (counted.size !== 1 || !counted.has(reason))
        this.scene.fails({
          sent: what,
          expected: `one more ${reason} in /stats`,
          received: counted.size === 0 ? "nothing is counted" : shown(counted),
          ...(counted.size === 0 && program.hasEnded ? { came: "ended", lastWords: program.lastWords } : {}),
        });
      this.scene.observe();
    });
  }

  /** Expects that a beacon is accepted: the same once more is then counted as repeated. */
  async isAccepted(program: PeerUnderTest, from: LanPeer, datagram: string, what: string): Promise<void> {
    await this.scene.step(`${program.name} accepts ${what}`, async () => {
      const counted = await this.#counted(program, from, [datagram, datagram], what, "repeated");
      if (counted.size !== 1 || !counted.has("repeated"))
        this.scene.fails({
          sent: `${what}, twice`,
          expected: "the first is accepted, so that the second counts as repeated",
          received: counted.size === 0 ? "nothing is counted" : shown(counted),
          ...(counted.size === 0 && program.hasEnded ? { came: "ended", lastWords: program.lastWords } : {}),
        });
      this.scene.observe();
    });
  }

  /**
   * Sends datagrams, and waits until something is counted. A program counts its own beacons under `own`, and those of
   * other teams on this machine under `token`, so these two count here only if nothing else came, or one is expected.
   */
  async #counted(
    program: PeerUnderTest,
    from: LanPeer,
    datagrams: readonly (string | Buffer)[],
    what: string,
    expected: string,
  ): Promise<Stats> {
    const before = await this.stats(program);
    this.scene.transcript.lastSent = { text: what, by: from.name };
    for (const datagram of datagrams) await from.emits(program, datagram);
    const isNoise = (name: string): boolean => NOISE.includes(name) && name !== expected;
    const more = async (): Promise<Stats> => difference(before, await this.stats(program));
    const seen = await this.eventually(async () => {
      const counted = await more();
      return [...counted.keys()].some((name) => !isNoise(name)) ? counted : undefined;
    }, program);
    const counted = new Map(seen ?? (await more()));
    if (seen !== undefined) for (const name of counted.keys()) if (isNoise(name)) counted.delete(name);
    return counted;
  }

  fails(details: StepFailure["details"]): never {
    throw new StepFailure(details);
  }
}

/** A socket on the shared port; undefined if it cannot be bound to this address. */
async function bound(address: string): Promise<Socket | undefined> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    socket.bind(SHARED_PORT, address);
    await once(socket, "listening");
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}

function difference(before: Stats, after: Stats): Stats {
  return new Map(
    [...after].flatMap(([name, count]) => {
      const more = count - (before.get(name) ?? 0);
      return more > 0 ? [[name, more] as const] : [];
    }),
  );
}

function shown(counted: Stats): string {
  return [...counted].map(([name, count]) => `${count} more ${name}`).join(", ");
}
