// A scene ends with its page and with the program, and leaves nothing behind: no process, no port, no folder.

import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { portIn } from "../programs/stage-programs.ts";
import { until, untilGone } from "./support/until.ts";
import { type PlayedScene, type WirePage, WireServer } from "./support/wire-page.ts";

/** The group of stage 05. */
const GROUP = "239.255.54.45";
const GROUP_PORT = 54_545;

const ON_LINUX = process.platform === "linux";

/** The ids of all programs that this process has started and that still run. */
function children(): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "ppid=,pid=,comm="], { encoding: "utf8" }).trim().split("\n");
  return rows.flatMap((row) => {
    const [parent, pid, command] = row.trim().split(/\s+/);
    return Number(parent) === process.pid && command !== "ps" ? Number(pid) : [];
  });
}

/** A folder for the folders of our scenes: tests of other files run at the same time. */
const TEMPORARY = mkdtempSync(join(tmpdir(), "ends-"));
const VARIABLE = process.platform === "win32" ? "TEMP" : "TMPDIR";

/** tsx keeps something there, too. */
function folders(): string[] {
  return readdirSync(TEMPORARY).filter((name) => name.startsWith("wire-"));
}

/** Whether nobody listens there. */
async function isClosed(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  const opened = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "error").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return !opened;
}

describe("a scene ends", () => {
  let server: WireServer;
  let page: WirePage;
  let childrenBefore: number[];
  const temporary = process.env[VARIABLE];

  before(() => {
    process.env[VARIABLE] = TEMPORARY;
  });
  after(() => {
    if (temporary === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = temporary;
    rmSync(TEMPORARY, { recursive: true, force: true, maxRetries: 5 });
  });
  beforeEach(() => {
    childrenBefore = children();
    server = new WireServer();
    page = server.page();
  });
  afterEach(() => server.close());

  const started = (): number[] => children().filter((pid) => !childrenBefore.includes(pid));

  /** Waits until nothing is left of what was started. */
  async function nothingIsLeft(pids: readonly number[], ports: readonly number[]): Promise<void> {
    await untilGone(...pids);
    await until(() => folders().length === 0, "the folder's end");
    for (const port of ports) expect(await isClosed(port), `port ${port}`).to.equal(true);
  }

  /** The ports of the relays that a scene's programs know of. */
  function relayPorts(scene: PlayedScene): number[] {
    return scene.lines.flatMap(({ changed = "" }) =>
      [
        ...Buffer.from(changed, "base64")
          .toString()
          .matchAll(/"port":([0-9]+)/g),
      ].map(([, port]) => Number(port)),
    );
  }

  for (const stage of ["01", "02", "05"] as const)
    it(`when its page goes (stage ${stage})`, async function () {
      if (process.platform === "win32") return this.skip();
      const scene = await page.scene(stage);
      const pids = started();
      expect(pids.length).to.be.at.least(scene.shown.terminals.length);
      expect(folders().length).to.equal(stage === "05" ? 1 : 0);
      const ports = relayPorts(scene);
      if (stage === "02") expect(ports.length).to.be.greaterThan(0);
      page.fake.leave();
      await nothingIsLeft(pids, ports);
      await until(() => scene.state === "ended", "the scene's end");
    });

  it("when it is ended, also in the middle of its set-up", async function () {
    if (process.platform === "win32") return this.skip();
    const { scene } = await page.call("wire/open", { stage: "05", columns: 80, rows: 24 });
    const pids = started();
    expect(pids.length).to.be.at.least(3);
    await page.call("wire/end", { scene });
    await nothingIsLeft(pids, []);
    const states = page.fake.events("wire/scene").map(({ state }) => state);
    expect(states).to.deep.equal(["setting-up", "ended"]);
  });

  it("when the page goes while it is opened", async function () {
    if (process.platform === "win32") return this.skip();
    const opening = page.call("wire/open", { stage: "05", columns: 80, rows: 24 });
    page.fake.leave();
    await opening.catch(() => {});
    await until(() => started().length === 0, "the end of all programs");
    await nothingIsLeft([], []);
  });

  it("when a program of its set-up fails, and says why", async () => {
    const { scene, terminals } = await page.call("wire/open", { stage: "02", columns: 80, rows: 24 });
    const bob = terminals.find(({ party }) => party === "bob")?.terminal ?? 0;
    await page.call("terminals/end", { terminal: bob });
    const last = () => page.fake.events("wire/scene").findLast((one) => one.scene === scene);
    await until(() => last()?.state === "failed", "the failure");
    expect(last()?.says).to.match(/^Bob has ended/);
    // There is room for another one.
    for (let i = 0; i < 4; i += 1) await page.call("wire/open", { stage: "01", columns: 80, rows: 24 });
  });

  it("and until then its peers send nothing to others: no datagram goes to the group", async function () {
    if (!ON_LINUX) return this.skip();
    const ear = createSocket({ type: "udp4", reuseAddr: true });
    /** The ports that something has come from: a peer sends from the port that it listens on. */
    const heard = new Set<number>();
    ear.on("message", (_, { port }) => heard.add(port));
    ear.bind(GROUP_PORT, "0.0.0.0");
    await once(ear, "listening");
    ear.addMembership(GROUP, "127.0.0.1");
    const mouth = createSocket("udp4");
    try {
      const scene = await page.scene("05");
      const peers = ["alice", "bob", "carol"] as const;
      const ports = await Promise.all(
        peers.map(async (peer) => portIn(await scene.prints(peer, /^listening on /))),
      );
      // The ear hears: what we send ourselves comes, behind all that was sent before.
      mouth.bind(0, "127.0.0.1");
      await once(mouth, "listening");
      mouth.setMulticastInterface("127.0.0.1");
      mouth.send("heard", GROUP_PORT, GROUP);
      await until(() => heard.has(mouth.address().port), "our own datagram");
      expect(ports.filter((port) => heard.has(port))).to.deep.equal([]);
    } finally {
      mouth.close();
      ear.close();
    }
  });
});

describe("a scene where no pseudo-terminals are", () => {
  const before = process.env.COURSE_PTY;
  let server: WireServer;

  beforeEach(() => {
    process.env.COURSE_PTY = "no";
    server = new WireServer();
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.COURSE_PTY;
    else process.env.COURSE_PTY = before;
    await server.close();
  });

  for (const stage of ["01", "04", "05"] as const)
    it(`plays on pipes (stage ${stage}), and keeps what was said`, async () => {
      const page = server.page();
      const scene = await page.scene(stage);
      await scene.type("alice", stage === "01" ? "2 + 3" : "hello, Bob");
      const text = stage === "01" ? "= 5" : "alice> hello, Bob";
      const reader = stage === "01" ? "alice" : "bob";
      await until(() => scene.printed(reader).includes(text), text);
      await until(() => scene.said.length > 0, "what was said");
      expect(scene.said[0]).to.equal(
        stage === "01" ? "alice to calculator: 2 + 3" : "alice to bob: hello, Bob",
      );
    });

  it("passes a flood of lines in their order, and tells the page of each", async () => {
    const page = server.page();
    const scene = await page.scene("01");
    const questions = Array.from({ length: 500 }, (_, i) => `${i} + 1`);
    for (const question of questions) await scene.type("alice", question);
    await until(() => scene.lines.length === 1000, "all questions and answers");
    const texts = (from: string): string[] =>
      scene.lines.flatMap((line) => (line.from === from ? line.words : []));
    expect(texts("alice")).to.deep.equal(questions);
    expect(texts("calculator")).to.deep.equal(questions.map((_, i) => `= ${i + 1}`));
  });
});
