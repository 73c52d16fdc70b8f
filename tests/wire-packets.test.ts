// What was seen, as a file of packets: read back by our own reader, by `npm run show`, and by tshark.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { loadCapture } from "../captures/follow/load.ts";
import { runTool, TsharkOracle } from "../captures/testing/tshark.ts";
import { startProgram } from "../programs/stage-programs.ts";
import type { WireLine } from "../web/shared/wire.ts";
import { withTool } from "./support/tools.ts";
import { until } from "./support/until.ts";
import { bytesOf, type PlayedScene, type WirePage, WireServer } from "./support/wire-page.ts";

const TEXT = "pay 100 to carol";
const THERE = { link: "chat", from: "alice", to: "bob" } as const;

describe("what was seen on the wire, as a file of packets", () => {
  const folder = mkdtempSync(join(tmpdir(), "seen-"));
  let server: WireServer;
  let page: WirePage;

  beforeEach(() => {
    server = new WireServer();
    page = server.page();
  });
  afterEach(() => server.close());
  after(() => rmSync(folder, { recursive: true }));

  /** Asks for the file as a page does, past the guard. */
  async function file(
    scene: PlayedScene | number,
  ): Promise<{ status: number; path: string; headers: Headers }> {
    const web = createServer((request, response) => void server.wire.route.answer(request, response));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const { port } = web.address() as AddressInfo;
    const number = typeof scene === "number" ? scene : scene.number;
    const answer = await fetch(`http://127.0.0.1:${port}/wire.pcap?scene=${number}`);
    const path = join(folder, `${number}.pcap`);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    web.close();
    web.closeAllConnections();
    return { status: answer.status, path, headers: answer.headers };
  }

  /** Lets Alice speak, and all leave, so that every connection has its end. */
  async function played(stage: "02" | "04", change: boolean): Promise<PlayedScene> {
    const scene = await page.scene(stage);
    if (change) await page.call("wire/hold", { scene: scene.number, holds: true, ...THERE });
    await scene.type("alice", TEXT);
    const isText = (line: WireLine): boolean =>
      /^(?:message|sealed)$/.test(line.type) && line.from === "alice";
    const line = await scene.passes(isText, "the message");
    if (change) {
      const text = String(bytesOf(line)).replace("100", "900");
      await page.call("wire/change", { scene: scene.number, line: line.number, text });
      await page.call("wire/hold", { scene: scene.number, holds: false, ...THERE });
    }
    await scene.prints("bob", /^alice> /);
    await scene.prints("alice", /^delivered to bob/);
    for (const who of ["alice", "bob"] as const) await scene.type(who, "/quit");
    await until(() => page.fake.events("terminals/ended").length === 2, "the end of both clients");
    return scene;
  }

  it("has each connection once that Mallory left alone, with all its lines, in their order", async () => {
    const scene = await played("04", false);
    const { path, status, headers } = await file(scene);
    expect(status).to.equal(200);
    expect(headers.get("content-disposition")).to.equal('attachment; filename="wire-04.pcap"');
    const { streams } = await loadCapture(path, false);
    const chats = streams.filter((stream) => linesOf(stream).some((line) => isHello(line)));
    expect(chats.length).to.equal(1);
    const wanted = scene.lines
      .filter(({ link }) => link === "chat")
      .map((line) => `${line.from} ${bytesOf(line)}`);
    const found = chats.flatMap((stream) =>
      linesOf(stream).map((line) =>
        line.kind === "missing" ? "missing" : `${line.from === "a" ? "alice" : "bob"} ${line.bytes}\n`,
      ),
    );
    expect(found).to.deep.equal(wanted);
  });

  it("has a connection that Mallory touched as two: what was said, and what arrived", async () => {
    const { path } = await file(await played("02", true));
    const { streams } = await loadCapture(path, false);
    const payments = streams.flatMap((stream) => {
      const text = linesOf(stream).map((line) => (line.kind === "missing" ? "" : String(line.bytes)));
      return text.filter((line) => line.includes("pay "));
    });
    expect(payments).to.deep.equal([
      '{"type":"message","id":1,"text":"pay 100 to carol"}',
      '{"type":"message","id":1,"text":"pay 900 to carol"}',
    ]);
    const show = startProgram("captures/show.ts", [path, "--find", TEXT]);
    await show.line(/pay 100 to carol/);
    expect(await show.exitCode()).to.equal(0);
  });

  it("has the datagrams of stage 05, and its sessions", async () => {
    const scene = await page.scene("05");
    await scene.type("alice", TEXT);
    await scene.prints("alice", /^delivered to bob/);
    const { path } = await file(scene);
    const { conversations, streams, notUnderstood } = await loadCapture(path, false);
    expect([...notUnderstood]).to.deep.equal([]);
    const datagrams = conversations.flatMap((one) =>
      [...one.datagrams()].map(({ payload }) => String(payload)),
    );
    const wanted = scene.lines.filter(({ link }) => link === "datagram").map((line) => String(bytesOf(line)));
    // A beacon may come between the two looks.
    expect(datagrams.filter((one) => wanted.includes(one)).length).to.be.at.least(wanted.length - 2);
    expect(new Set(datagrams.slice(0, 6)).size).to.be.greaterThan(2);
    expect(streams.flatMap((stream) => linesOf(stream)).length).to.be.greaterThan(12);
  });

  it("is not there for a scene that is not", async () => {
    expect((await file(77)).status).to.equal(404);
  });

  withTool("tshark", ["--version"], "beside tshark", () => {
    it("is whole: every checksum is right, and every stream says what was said", async () => {
      const scene = await played("02", true);
      const { path } = await file(scene);
      const { streams } = await loadCapture(path, false);
      const oracle = new TsharkOracle();
      const report = oracle.report(path, streams.length);
      oracle.remove();
      expect(report.complaints).to.equal("");
      expect(report.streams.map(({ fromA }) => Buffer.concat(fromA as Buffer[]).toString())).to.deep.equal(
        streams.map((stream) =>
          linesOf(stream)
            .flatMap((line) => (line.from === "a" && line.kind === "line" ? `${line.bytes}\n` : []))
            .join(""),
        ),
      );
      const checks = [
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "udp.check_checksum:TRUE",
        "-o",
        "ip.check_checksum:TRUE",
      ];
      const bad =
        "tcp.checksum.status == Bad || udp.checksum.status == Bad || ip.checksum.status == Bad || tcp.analysis.flags";
      expect(runTool("tshark", ["-n", ...checks, "-r", path, "-Y", bad]).output).to.equal("");
      // It would tell.
      const good = bad.replaceAll("Bad", "Good").replace(" || tcp.analysis.flags", "");
      expect(runTool("tshark", ["-n", ...checks, "-r", path, "-Y", good]).output).to.not.equal("");
    });

    it("has datagrams with right checksums", async () => {
      const scene = await page.scene("05");
      const { path } = await file(scene);
      const checks = ["-o", "udp.check_checksum:TRUE"];
      const states = ["-T", "fields", "-e", "udp.checksum.status", "-Y", "udp"];
      const { output } = runTool("tshark", ["-n", ...checks, "-r", path, ...states]);
      const found = output.trim().split("\n");
      expect(found.length).to.be.at.least(6);
      for (const state of found) expect(state).to.equal("1");
    });
  });
});

function isHello(line: ReturnType<typeof linesOf>[number]): boolean {
  return line.kind === "line" && line.bytes.includes('"type":"hello"');
}
