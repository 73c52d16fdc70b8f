// captures/wireshark/p2pchat.lua on stage 05: datagrams and frames, made of the known answers; and what is wrong with them.

import { expect } from "chai";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import { datagramOf, KNOWN, lanCapture } from "../../captures/testing/lan-capture.ts";
import { ethernet, ipv4, TestConnection, udp } from "../../captures/testing/packets.ts";
import { type Answers, ERRORS, labelsOf, type Packet, Tshark, valuesOf } from "../support/dissector.ts";
import { dice } from "../support/hostile-lines.ts";
import { withTool } from "../support/tools.ts";

const SECOND = 1_000_000_000n;
/** Within the time of the token below. */
const NOW = 1_764_360_043n * SECOND;

const TOKEN = datagramOf("valid, nothing known of the key");
const HEADER = "<10.0.0.1:5000> @ <rocket>";
const [SMALL = ""] = KNOWN.sessions.flatMap(({ records }) => records.map(({ token }) => token));

withTool("tshark", ["--version"], "the Wireshark dissector on stage 05", () => {
  const records: Buffer[] = [];
  let connections = 0;

  function datagram(payload: string | Buffer, seconds = 0, destinationPort = 54_545): void {
    const ip = ipv4(udp({ destinationPort, payload }), { protocol: 17 });
    records.push(pcapRecord(NOW + BigInt(seconds * 1000) * 1_000_000n, ethernet(ip)));
  }

  /** A connection that says these texts, one segment each. @returns the number of its stream */
  function connection(
    portB: number,
    ...texts: readonly (string | Buffer)[]
  ): { first: number; last: number } {
    const emit = (from: "a" | "b", segment: Buffer): void => {
      const ip = ipv4(segment, from === "a" ? {} : { source: "10.0.0.2", destination: "10.0.0.1" });
      records.push(pcapRecord(NOW, ethernet(ip)));
    };
    const made = new TestConnection(emit, { portA: 42_000 + connections, portB }).handshake();
    for (const text of texts) made.data("a", text);
    connections += 1;
    return { first: connections - 1, last: connections - 1 };
  }

  // What is in the capture is put there when the tests are defined, and tshark is asked once.
  const wrongDatagrams = [
    { payload: TOKEN, problem: undefined },
    { payload: "hello", problem: "no token: the padding is missing (P8.4)" },
    { payload: "", problem: undefined }, // An empty datagram is no data, so nobody is asked.
    { payload: `${TOKEN} `, problem: "no token: not base64url (P8.4)" },
    {
      payload: TOKEN.slice(0, -4),
      problem: "no token: the ciphertext is not whole blocks of 16 bytes (P8.4)",
    },
    { payload: TOKEN.slice(0, 80), problem: "no token: too short (P8.4)" },
    { payload: `h${TOKEN.slice(1)}`, problem: "no token: its version is not 0x80 (P8.4)" },
    { payload: SMALL.replace(/.=$/, "B="), problem: "no token: another spelling of its bytes (P8.4)" },
    { payload: TOKEN, seconds: 0.5, problem: undefined }, // To another destination of the same beat.
    { payload: TOKEN, seconds: 12, problem: "the same as in frame 1, 12 s later: sent again (P8.6)" },
    {
      payload: KNOWN.beacons.cases[1]?.datagram ?? "",
      seconds: 300,
      problem: "made 301 s before it was captured: a clock is wrong, or it is old (P8.6)",
    },
  ];
  for (const { payload, seconds } of wrongDatagrams) datagram(payload, seconds);
  datagram(TOKEN, 0.6, 5005); // Recognised by its form.
  datagram("anything else", 0.6, 5005);

  const frame = `${HEADER}\n${SMALL}\n<end>\n`;
  const sessions = [
    { texts: [frame + frame], problems: [] },
    { texts: [frame.replaceAll("\n", "\r\n")], problems: [] },
    { texts: [...frame], problems: [] }, // A byte each.
    { texts: [frame, "nonsense\n", frame], problems: ["no header of a frame (P9.1)"] },
    { texts: [`${HEADER}\nno token\n<end>\n`], problems: ["no token: not base64url (P8.4)"] },
    {
      texts: [`${HEADER}\n${SMALL}\n<END>\n`, frame],
      problems: ["not the end of the frame: <end> is missing (P9.1)"],
    },
    { texts: [`${HEADER}\n`, frame], problems: ["a header before the end of the last frame (P9.1)"] },
    {
      texts: [frame, frame.replace("rocket", "Rocket")],
      problems: [/^another team than in frame \d+ \(P9\.1\)$/],
    },
    {
      texts: [
        `${HEADER}\n`,
        "A".repeat(65_000),
        "A".repeat(65_000),
        "A".repeat(65_000),
        `${"A".repeat(65_000)}\n`,
      ],
      problems: [/^no token/],
    },
  ].map((one) => ({ ...one, streams: connection(5000, ...one.texts) }));
  const onAnyPort = connection(40_123, frame);
  const strangers = [
    "GET / HTTP/1.1\r\n\r\n",
    "<html>\n",
    "<10.0.0.1:5000> @ rocket\n",
    "1 + 2\n",
    "{}\n",
  ].map((text) => connection(5000, text));
  const roll = dice(5);
  const hostile = Array.from({ length: 40 }, () => {
    const bytes = Buffer.from(Array.from({ length: 1 + roll(300) }, () => roll(256)));
    datagram(bytes, 1);
    const parts = frame.split(/(?<=\n)/);
    return connection(5000, frame, parts[roll(3)] ?? "", Buffer.concat([bytes, Buffer.from("\n")]));
  });

  let tshark: Tshark;
  let told: Answers;
  let toldTwice: Answers;
  let known: Answers;
  before(() => {
    tshark = new Tshark();
    const path = tshark.file("lan.pcap", Buffer.concat([pcapHeader(1), ...records]));
    told = tshark.dissect(path);
    toldTwice = tshark.dissect(path, "-2");
    known = tshark.dissect(tshark.file("known.pcap", lanCapture()));
    expect(ERRORS.exec(tshark.show(path))?.[0]).to.equal(undefined);
  });
  after(() => tshark.remove());

  function inBothPasses(of: (answers: Answers) => Packet[]): Packet[] {
    const packets = of(told);
    expect(of(toldTwice)).to.deep.equal(packets);
    return packets;
  }

  it("tells of beacons what everybody can see: that they are tokens, their time, their length", async () => {
    const datagrams = known.datagrams();
    expect(labelsOf(datagrams)).to.deep.equal([
      ...[1, 2, 3].map(() => "token of 2025-11-28 20:00:42 UTC, 912 bytes"),
      "no token: no token [no token: not base64url (P8.4)]",
    ]);
    expect(new Set(valuesOf(datagrams, "p2pchat.stage"))).to.deep.equal(new Set(["05"]));
    expect(valuesOf(datagrams, "p2pchat.type")).to.deep.equal(["token", "token", "token"]);
    expect(valuesOf(datagrams, "p2pchat.token_time")[0]).to.match(/^Nov 28, 2025 20:00:42\.000000000 UTC$/);
    expect(valuesOf(datagrams, "p2pchat.token")[0]).to.equal(TOKEN);
  });

  it("tells of a session its frames, and nothing that is in them", async () => {
    const packets = known.of({ first: 0, last: 0 });
    const labels = labelsOf(packets);
    const tokens = 4 + (KNOWN.sessions[0]?.records.length ?? 0);
    expect(labels).to.have.length(3 * tokens);
    expect(labels.slice(3, 6)).to.deep.equal([
      "10.0.0.2:5000 → 10.0.0.1:5000 frame, team rocket",
      "10.0.0.2:5000 → 10.0.0.1:5000 token of 1970-01-01 00:00:17 UTC, 688 bytes",
      "10.0.0.2:5000 → 10.0.0.1:5000 end of the frame",
    ]);
    expect(valuesOf(packets, "p2pchat.type").slice(0, 3)).to.deep.equal(["header", "token", "end"]);
    expect(new Set(valuesOf(packets, "p2pchat.team"))).to.deep.equal(new Set(["rocket"]));
    expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
    expect(JSON.stringify(packets)).not.to.include("hello, Bob");
  });

  it("says what is wrong with a datagram, in one pass and in two", () => {
    const packets = inBothPasses((answers) => answers.datagrams());
    const problems = wrongDatagrams.flatMap(({ problem }) => problem ?? []);
    expect(valuesOf(packets, "p2pchat.problem").slice(0, problems.length)).to.deep.equal(problems);
  });

  it("recognises datagrams on other ports by their form, and leaves others alone", () => {
    const frames = valuesOf(told.datagrams(), "frame.number").map(Number);
    const count = wrongDatagrams.length;
    expect(frames).to.include(count + 1);
    expect(frames).not.to.include(count + 2);
  });

  for (const [index, { texts, problems, streams }] of sessions.entries())
    it(`says what is wrong with the frames of session ${index}: ${problems.join() || "nothing"}`, () => {
      const packets = inBothPasses((answers) => answers.of(streams));
      const found = valuesOf(packets, "p2pchat.problem");
      expect(found, JSON.stringify(found)).to.have.length(problems.length);
      for (const [at, problem] of problems.entries())
        if (typeof problem === "string") expect(found[at]).to.equal(problem);
        else expect(found[at]).to.match(problem);
      if (problems.length === 0) {
        const count = texts.join("").split("<end>").length - 1;
        expect(valuesOf(packets, "p2pchat.type")).to.have.length(3 * count);
      }
    });

  it("recognises frames on any port, and takes nothing else on these ports for ours", () => {
    expect(valuesOf(told.of(onAnyPort), "p2pchat.type")).to.deep.equal(["header", "token", "end"]);
    for (const streams of strangers) expect(told.of(streams)).to.deep.equal([]);
  });

  it("never fails on hostile bytes, in one pass or two", () => {
    const packets = inBothPasses((answers) => answers.of(...hostile));
    expect(valuesOf(packets, "p2pchat").length).to.be.greaterThan(150);
  });
});
