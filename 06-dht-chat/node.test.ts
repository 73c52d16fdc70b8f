// The node's program as its user starts it: its lines, its page, its end.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { defineUnless, withStage06 } from "../tests/support/tools.ts";
import { startInRoutedNetwork, whyNoRoutedNetwork } from "./testing/routed-network.ts";

const FIRST = /^listening on (http:\/\/127\.0\.0\.1:[0-9]+)$/;
const SECOND = /^\/ip4\/127\.0\.0\.1\/tcp\/[0-9]+\/ws\/p2p\/12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;

withStage06("the node's program", () => {
  const programs: ChildProgram[] = [];
  const servers: Server[] = [];
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "node-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.kill()));
    for (const server of servers.splice(0)) server.close();
  });

  const start = async (
    ...argv: string[]
  ): Promise<{ program: ChildProgram; url: string; address: string }> => {
    const program = startProgram("06-dht-chat/node.ts", argv);
    programs.push(program);
    const [, url = ""] = FIRST.exec(await program.line(/^listening on /)) ?? [];
    const address = await program.line(/^/);
    return { program, url, address };
  };

  /** What a start that fails says: one line, and its exit code. */
  const failing = async (...argv: string[]): Promise<{ line: string; code: number | null }> => {
    const program = startProgram("06-dht-chat/node.ts", argv);
    programs.push(program);
    const code = await program.exitCode();
    expect(program.lines).to.deep.equal([]);
    expect(
      program.errorLines.filter((line) => line !== ""),
      argv.join(" "),
    ).to.have.length(1);
    return { line: program.errorLines[0] ?? "", code };
  };

  it("P10.5 its first line is the page's address, its second the one to join it by; another one joins, and the page is told of both", async () => {
    const first = await start("--port", "0");
    expect(first.url).to.match(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
    expect(first.address).to.match(SECOND);
    const second = await start("--port", "0", "--join", first.address);
    const { until } = await import("./testing/local-nodes.ts");
    await until(
      async () => {
        const info = (await (await fetch(`${second.url}/node.json`)).json()) as Record<string, unknown>;
        expect(info.addresses).to.deep.equal([second.address]);
        return JSON.stringify(info.others) === JSON.stringify([first.address]);
      },
      "the second node knows the first",
      60_000,
    );
  });

  it("P10.13 the page's script comes compressed, without the reader of QR codes, which is served beside it", async () => {
    const { url } = await start("--port", "0");
    const main = await fetch(`${url}/main.js`);
    expect(main.headers.get("content-encoding")).to.equal("gzip");
    const script = await main.text();
    expect(script.length).to.be.greaterThan(100_000);
    const parts = [...new Set(script.match(/part-[A-Z0-9]+\.js/g))];
    const texts = await Promise.all(
      parts.map(async (part) => {
        const answer = await fetch(`${url}/${part}`);
        expect(answer.status, part).to.equal(200);
        expect(answer.headers.get("content-type")).to.equal("text/javascript; charset=utf-8");
        return answer.text();
      }),
    );
    expect(texts.some((text) => text.length > 100_000)).to.equal(true);
    expect((await fetch(`${url}/part-NONE.js`)).status).to.equal(404);
  });

  it("P10.5 Ctrl-C and SIGTERM end it with exit code 0, also with a page that is connected", async function ends() {
    if (process.platform === "win32") this.skip();
    const { startLocalPage, until } = await import("./testing/local-nodes.ts");
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { program, address } = await start("--port", "0");
      const page = await startLocalPage([address]);
      await until(() => page.network.addresses.length === 1, "the page has a circuit");
      process.kill(program.pid, signal);
      expect(await program.exitCode()).to.equal(0);
      await page.network.stop();
    }
  });

  it("P10.5 takes the next port if its own is in use, and says so", async () => {
    const taken = createServer();
    servers.push(taken);
    taken.listen({ host: "127.0.0.1", port: 0 });
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { program, url } = await start("--port", `${port}`);
    expect(Number(new URL(url).port)).to.be.within(port + 1, port + 9);
    await program.line(new RegExp(`^port ${port} is in use, took `), "stderr");
  });

  it("P10.5 with --data it keeps its address", async () => {
    const data = join(folder, "data");
    const first = await start("--port", "0", "--data", data);
    await first.program.kill();
    const again = await start("--port", "0", "--data", data);
    expect(again.address.split("/p2p/")[1]).to.equal(first.address.split("/p2p/")[1]);
    const other = await start("--port", "0");
    expect(other.address.split("/p2p/")[1]).not.to.equal(first.address.split("/p2p/")[1]);
  });

  defineUnless(whyNoRoutedNetwork(), "on a machine with several addresses", () => {
    it("P10.5 --host 0.0.0.0 prints the address that leads out, and names the others", async () => {
      const program = startInRoutedNetwork("06-dht-chat/node.ts", ["--host", "0.0.0.0"]);
      programs.push(program);
      expect(await program.line(/^listening/)).to.equal("listening on http://127.0.0.1:8060");
      expect(await program.line(/^/)).to.match(/^\/ip4\/198\.18\.6\.1\/tcp\/8060\/ws\/p2p\/12D3KooW/);
      await program.line(/^this machine has other addresses too: 198\.18\.5\.1;/, "stderr");
    });
  });

  it("P10.5 says once that an address cannot be reached, goes on, and says when it can", async () => {
    const { startLocalNode } = await import("./testing/local-nodes.ts");
    const seed = new Uint8Array(32).fill(7);
    const gone = await startLocalNode([], { seed });
    await gone.stop();
    const { program } = await start("--port", "0", "--join", gone.address);
    await program.line(`cannot reach ${gone.address} (--join); trying on`, "stderr");
    const back = await startLocalNode([], { seed, port: Number(/tcp\/(\d+)/.exec(gone.address)?.[1]) });
    await program.line(`joined the network at ${gone.address}`, "stderr");
    expect(program.errorLines.filter((line) => line.startsWith("cannot reach"))).to.have.length(1);
    await back.stop();
  });

  it("P10.5 calls the node that it has joined by again when it was away, and says if another one answers there", async () => {
    const { startLocalNode, until } = await import("./testing/local-nodes.ts");
    const seed = new Uint8Array(32).fill(8);
    const first = await startLocalNode([], { seed });
    const port = Number(/tcp\/(\d+)/.exec(first.address)?.[1]);
    const { program, url } = await start("--port", "0", "--join", first.address);
    const others = async (): Promise<string> =>
      JSON.stringify(await (await fetch(`${url}/node.json`)).json());
    await until(async () => (await others()).includes(first.address), "they are joined", 60_000);
    await first.stop();
    const stranger = await startLocalNode([], { port });
    await program.line(
      `another node answers at ${first.address} (--join): perhaps it was started again without --data; ask for its new address`,
      "stderr",
    );
    await stranger.stop();
    const back = await startLocalNode([], { seed, port });
    await program.line(`joined the network at ${first.address}`, "stderr");
    await back.stop();
  });

  it("P10.5 wrong arguments, a folder that is none, a host that is another's: one clear line each", async () => {
    expect(await failing("--join", "nobody")).to.deep.include({ code: 2 });
    expect(await failing("--port", "x")).to.deep.include({ code: 2 });
    const { line, code } = await failing("--port", "0", "--data", join(COURSE_FOLDER, "package.json"));
    expect(line).to.match(/^error: cannot use .*package\.json as the data folder/);
    expect(code).to.equal(1);
    expect((await failing("--host", "192.0.2.1", "--port", "0")).line).to.match(
      /^error: cannot listen on 192\.0\.2\.1:0 .*choose another with --host HOST and --port PORT$/,
    );
  });

  it("P10.5 without its packages it says in one line what to do", () => {
    const bare = join(folder, "bare");
    cpSync(join(COURSE_FOLDER, "06-dht-chat"), join(bare, "06-dht-chat"), {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    });
    symlinkSync(join(COURSE_FOLDER, "node_modules"), join(bare, "node_modules"), "dir");
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), "06-dht-chat/node.ts", "--port", "0"],
      { cwd: bare, encoding: "utf8" },
    );
    expect(stderr).to.equal("error: stage 06 needs its own packages, once: npm run 06:setup\n");
    expect({ stdout, status }).to.deep.equal({ stdout: "", status: 1 });
  });
});
