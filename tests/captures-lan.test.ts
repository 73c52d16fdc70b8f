// Tests that the committed capture of stage 05 holds what its README says, and that it can be recorded again.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { letterIn, openLetter, readerOf } from "../captures/explain/letters.ts";
import { jsonOf } from "../captures/explain/protocols.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import {
  beaconIn,
  openHellos,
  openToken,
  type TeamKey,
  teamKeyFrom,
} from "../captures/explain/team-tokens.ts";
import { tokenOf } from "../captures/explain/tokens.ts";
import { type LoadedCapture, loadCapture } from "../captures/follow/load.ts";
import type { Datagram, Stream } from "../captures/read/packet.ts";
import { Lan } from "../captures/record/lan.ts";
import {
  CHAT,
  FILE_NAME,
  fileContent,
  LETTER,
  PASSPHRASE,
  TEAM,
  TO_ALL,
} from "../captures/record/lan-conversation.ts";
import { NoNamespace } from "../captures/record/namespace.ts";
import { keysBeside, recordLan } from "../captures/record/record-lan.ts";
import { readAll } from "../captures/testing/reading.ts";
import { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { portIn } from "../programs/stage-programs.ts";
import { leaveOut, withTool } from "./support/tools.ts";

const COMMITTED = join(COURSE_FOLDER, "captures", "05-lan-chat.pcap");

/** What is said in the scene, and must not be readable on the wire. */
const SAID = [...CHAT.map(({ text }) => text), TO_ALL, LETTER, FILE_NAME, fileContent().slice(100, 130)];

interface Recorded {
  capture: LoadedCapture;
  teamKey: TeamKey;
}

async function load(path: string): Promise<Recorded> {
  const teamKey = await teamKeyFrom(readFileSync(keysBeside(path).passphrase, "utf8"), TEAM);
  if (teamKey === undefined) throw new Error("no passphrase");
  return { capture: await loadCapture(path, false), teamKey };
}

interface Heard extends Datagram {
  type: unknown;
  name: unknown;
  session: unknown;
  signature: string;
}

/** All beacons, in the order of the capture. */
function beaconsOf({ capture, teamKey }: Recorded): Heard[] {
  const all = capture.conversations.flatMap(({ datagrams }) => [...datagrams()]);
  return all
    .sort((left, right) => left.packet - right.packet)
    .map((datagram) => {
      const opened = openToken(datagram.payload, teamKey);
      const beacon = opened === undefined ? undefined : beaconIn(opened);
      if (beacon === undefined) throw new Error(`packet ${datagram.packet} is no beacon of the team`);
      const { type, name, session } = beacon.object;
      return { ...datagram, type, name, session, signature: beacon.signature };
    });
}

/** Who calls whom in a stream, as the hellos say. */
function calledIn(stream: Stream, teamKey: TeamKey): string {
  const hellos = [...openHellos(linesOf(stream), teamKey).values()];
  return hellos.map((one) => ("line" in one ? String(jsonOf(one.line)?.from) : one.problem)).join(" ");
}

/** Checks a recording, the committed one or another. */
function holdsTheScene(recorded: () => Recorded, path: () => string): void {
  it("holds beacons of three peers, each rightly signed, to the group, to the network, and to single ones", () => {
    const beacons = beaconsOf(recorded());
    expect(new Set(beacons.map(({ name }) => name))).to.deep.equal(new Set(["alice", "bob", "carol"]));
    expect(new Set(beacons.map(({ signature }) => signature))).to.deep.equal(new Set(["right"]));
    expect(new Set(beacons.map(({ cast }) => cast))).to.deep.equal(
      new Set(["multicast", "broadcast", "one"]),
    );
    for (const { cast, destination } of beacons) {
      if (cast === "one") continue;
      const address = cast === "multicast" ? "239.255.54.45" : "10.0.0.255";
      expect(destination).to.deep.equal({ address, port: 54_545 });
    }
    const addresses = new Set(beacons.map(({ name, source }) => `${name} ${source.address}:${source.port}`));
    expect([...addresses].sort()).to.deep.equal([
      "alice 10.0.0.1:5000",
      "bob 10.0.0.2:5000",
      "carol 10.0.0.3:5000",
    ]);
  });

  it("shows who said goodbye, who was killed, and who came back in a new session", () => {
    const beacons = beaconsOf(recorded());
    const sessionsOf = (user: string) => [
      ...new Set(beacons.filter(({ name }) => name === user).map(({ session }) => session)),
    ];
    expect(["alice", "bob", "carol"].map((user) => sessionsOf(user).length)).to.deep.equal([1, 2, 1]);
    for (const user of ["bob", "carol"])
      for (const session of sessionsOf(user)) {
        const own = beacons.filter((one) => one.name === user && one.session === session);
        const goodbyes = own.filter(({ type }) => type === "bye");
        expect(goodbyes.length, user).to.be.greaterThan(0);
        // Nothing is sent after it.
        expect(own.slice(-goodbyes.length), user).to.deep.equal(goodbyes);
      }
    expect(beacons.filter(({ name, type }) => name === "alice" && type === "bye")).to.deep.equal([]);
  });

  it("holds the sessions, and opens their hellos and nothing else", () => {
    const { capture, teamKey } = recorded();
    const sessions = capture.streams.filter(({ unopened }) => unopened === undefined);
    expect(sessions.map((stream) => calledIn(stream, teamKey))).to.deep.equal([
      "alice bob",
      "alice carol",
      "carol bob",
    ]);
    for (const stream of sessions) {
      const tokens = linesOf(stream).filter(
        (line) => line.kind === "line" && tokenOf(line.bytes) !== undefined,
      );
      const opened = tokens.filter(
        (line) => line.kind === "line" && openToken(line.bytes, teamKey) !== undefined,
      );
      expect(opened).to.have.length(2);
      expect(tokens.length).to.be.greaterThan(6);
    }
  });

  it("holds nothing readable of what was said, with the passphrase neither", async () => {
    const { packets } = await readAll(path());
    const all = Buffer.concat(packets.map(({ data }) => data));
    const { teamKey, capture } = recorded();
    const opened = capture.streams.flatMap((stream) =>
      [...openHellos(linesOf(stream), teamKey).values()].map((one) =>
        "line" in one ? one.line : Buffer.alloc(0),
      ),
    );
    for (const text of SAID) {
      expect(all.includes(text), text).to.equal(false);
      expect(Buffer.concat(opened).includes(text), text).to.equal(false);
    }
  });

  it("has a letter beside it that bob's identity opens, and nobody else's", () => {
    const { letter: file, identities } = keysBeside(path());
    const letter = letterIn(readFileSync(file));
    if (letter === undefined) throw new Error("no letter");
    const openedBy = (user: keyof typeof identities) => {
      const reader = readerOf(readFileSync(identities[user], "utf8"));
      if (reader === undefined) throw new Error(`no identity of ${user}`);
      return openLetter(letter, reader);
    };
    const opened = openedBy("bob");
    if ("problem" in opened) throw new Error(opened.problem);
    expect(jsonOf(opened.plaintext)).to.include({ type: "message", text: LETTER });
    expect([openedBy("alice"), openedBy("carol")].filter((one) => "plaintext" in one)).to.deep.equal([]);
  });
}

describe("the committed capture of stage 05", () => {
  let recorded: Recorded;
  before(async () => {
    recorded = await load(COMMITTED);
  });

  it("is classic pcap with microseconds, of Ethernet packets that a network carries, and small", async () => {
    const header = readFileSync(COMMITTED).subarray(0, 24);
    expect([header.readUInt32LE(0), header.readUInt32LE(20)]).to.deep.equal([0xa1b2c3d4, 1]);
    const { packets } = await readAll(COMMITTED);
    expect(Math.max(...packets.map(({ data }) => data.length))).to.be.at.most(1514);
    expect(statSync(COMMITTED).size).to.be.lessThan(300_000);
    expect(readFileSync(keysBeside(COMMITTED).passphrase, "utf8")).to.equal(`${PASSPHRASE}\n`);
  });

  holdsTheScene(
    () => recorded,
    () => COMMITTED,
  );
});

withTool("dumpcap", ["--version"], "recording stage 05 anew", () => {
  let folder = "";
  let out = "";
  let recorded: Recorded;
  const reported: string[] = [];

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "recording-lan-"));
    out = join(folder, "out.pcap");
    try {
      await (await Lan.make(1)).close();
    } catch (error) {
      if (error instanceof NoNamespace) leaveOut(this, error.message);
      throw error;
    }
    await recordLan({ out, method: "tool", pause: 0, report: (line) => void reported.push(line) });
    recorded = await load(out);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("says what it has written", () => {
    expect(reported[0]).to.match(
      /^recorded 05 with \w+: .*out\.pcap \(\d+ packets, \d+ connections, \d+ datagrams\)$/,
    );
    expect(reported[1]).to.match(
      /^beside it: .*out\.passphrase, .*out\.letter, .*out-alice\.pem, .*out-carol\.pem$/,
    );
  });

  holdsTheScene(
    () => recorded,
    () => out,
  );

  it("--live keeps what peers on this machine say, and nothing else", async () => {
    const lan = await Lan.make(1);
    const programs: ChildProgram[] = [];
    const start = (name: string, file: string, argv: readonly string[]): ChildProgram => {
      const within = lan.hosts[0]?.within ?? [];
      const program = new ChildProgram(name, [...within, ...nodeCommand(file), ...argv]);
      programs.push(program);
      return program;
    };
    try {
      const live = join(folder, "live.pcap");
      const capture = start("capture", "captures/capture.ts", ["05", live, "--live"]);
      await capture.line(/^Ctrl-C here ends the recording/);
      expect(capture.lines.filter((line) => line.startsWith("  "))).to.deep.equal([
        "  npm run 05:peer -- --name alice --team rocket",
        "  npm run 05:peer -- --name bob --team rocket",
      ]);
      await sayElsewhere(start);
      const peer = (name: string) =>
        start(name, "05-lan-chat/peer.ts", [
          ...["--name", name, "--team", TEAM, "--passphrase-file", keysBeside(COMMITTED).passphrase],
          ...["--data", join(folder, `live-${name}`)],
        ]);
      const alice = peer("alice");
      await alice.line("listening on 127.0.0.1:5000");
      const bob = peer("bob");
      await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
      alice.enter("/msg bob spoken live");
      await bob.line("alice> spoken live");
      for (const program of [alice, bob]) {
        program.enter("/quit");
        await program.exit();
      }
      capture.signal("SIGINT");
      expect((await capture.exit()).code).to.equal(0);
      const { streams, conversations, datagrams, packets, segments } = await loadCapture(live, false);
      expect(datagrams + segments).to.equal(packets);
      expect(streams.map(({ b }) => b.port)).to.deep.equal([5001]);
      expect(conversations.length).to.be.greaterThan(2);
      for (const { datagrams: all } of conversations)
        for (const { payload } of all()) expect(tokenOf(payload)).not.to.equal(undefined);
    } finally {
      await Promise.all(programs.map((program) => program.kill()));
      await lan.close();
    }
  });
});

/** Another program makes a connection on the same interface. */
async function sayElsewhere(
  start: (name: string, file: string, argv: string[]) => ChildProgram,
): Promise<void> {
  const server = start("calculator", "01-calculator/server.ts", ["--port", "0"]);
  const port = portIn(await server.line(/^listening on /));
  const client = start("client", "01-calculator/client.ts", ["--port", String(port), "1 + 1"]);
  await client.line("2");
}
