import { assert } from "chai";
import { canvasFor, plain } from "../../terminal/paint.ts";
import { Conversations } from "../follow/conversations.ts";
import { Follower } from "../follow/follow.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Cast, Segment } from "../read/packet.ts";
import { datagramOf, TEAM } from "../testing/lan-capture.ts";
import { showSummary } from "./show-summary.ts";

const A = { address: "127.0.0.1", port: 51_000 };
const B = { address: "127.0.0.1", port: 10_001 };
const NO_FLAGS = { syn: false, ack: false, fin: false, rst: false };

const EMPTY: LoadedCapture = {
  path: "some.pcap",
  packets: 12,
  segments: 0,
  datagrams: 0,
  conversations: [],
  notUnderstood: new Map(),
  duration: 0n,
  streams: [],
  damage: undefined,
};

/** What the summary says that a stream with these segments is. */
function called(...segments: readonly Partial<Segment>[]): string {
  const follower = new Follower();
  for (const [index, segment] of segments.entries()) {
    const payload = segment.payload ?? Buffer.alloc(0);
    const common = {
      packet: index + 1,
      time: 0n,
      source: A,
      destination: B,
      sequence: 1,
      acknowledgement: 1,
    };
    follower.add({ ...common, ...NO_FLAGS, payload, payloadLength: payload.length, ...segment });
  }
  const rows = showSummary(
    { ...EMPTY, packets: 1, segments: 1, streams: follower.finish() },
    { width: 120, paint: plain },
  );
  const found = / {2}(?:127\S+ +){2}(.*?) {2,}/.exec(rows.at(-1) ?? "");
  return found?.[1] ?? "";
}

const SYN = { syn: true, sequence: 0 };
const BACK = { source: B, destination: A };
const REFUSAL = { ...BACK, rst: true, ack: true, sequence: 0 };
const AGREEMENT = { ...BACK, syn: true, ack: true, sequence: 0 };

describe("the summary in a window", () => {
  it("of 80 columns has one row for each stream", () => {
    const name = "a".repeat(20);
    const said = `{"type":"hello","stage":"04","from":"${name}","to":"${name}"}\n`;
    const follower = new Follower();
    const payload = Buffer.from(said);
    const segment = { packet: 1, time: 0n, source: A, destination: B, sequence: 1, acknowledgement: 1 };
    follower.add({ ...segment, ...NO_FLAGS, payload, payloadLength: payload.length });
    const loaded = { ...EMPTY, packets: 1, segments: 1, streams: follower.finish() };
    const rows = showSummary(loaded, { width: 80, paint: plain });
    for (const row of rows) assert.isAtMost(row.length, 80);
    assert.match(rows.at(-1) ?? "", / 04, a+\.\.\. +[0-9]+ +0 +0\.000$/);
    assert.include(showSummary(loaded, { width: 120, paint: plain }).at(-1), `04, ${name} calls ${name}`);
  });
});

describe("the summary of datagrams", () => {
  it("has one row for each conversation in a window of 80 columns, and names groups and broadcasts", () => {
    const conversations = new Conversations();
    const token = Buffer.from(datagramOf("valid, nothing known of the key"));
    const send = (to: string, cast: Cast, payload = token): number =>
      conversations.add({
        packet: 1,
        time: 0n,
        source: { address: "10.0.0.1", port: 5000 },
        destination: { address: to, port: 54_545 },
        cast,
        payload,
        payloadLength: payload.length,
      });
    send("239.255.54.45", "multicast");
    send("239.255.54.45", "multicast", Buffer.from("no token"));
    send("10.0.0.255", "broadcast", Buffer.from("no token"));
    send("10.0.0.2", "one");
    const capture = { ...EMPTY, datagrams: 4, conversations: conversations.finish() };
    const rows = (teamKey?: Buffer) => showSummary(capture, { width: 80, paint: plain }, teamKey);
    assert.deepEqual(rows().slice(1), [
      "12 packets, 0 of them TCP and 4 UDP, in 0.000 s; 0 streams, 3 conversations in",
      "UDP",
      "",
      "UDP a             b                   what it is           from a from b seconds",
      "  0 10.0.0.1:5000 239.255.54.45:54545 05, tokens, multi...      2      0   0.000",
      "  1 10.0.0.1:5000 10.0.0.255:54545    not ours, broadcast       1      0   0.000",
      "  2 10.0.0.1:5000 10.0.0.2:54545      05, tokens                1      0   0.000",
    ]);
    assert.include(rows(Buffer.from(TEAM.key, "hex"))[5], " 05, alice, multicast ");
  });
});

describe("the summary names a stream in which nothing was said", () => {
  it("refused if the SYN was answered by RST", () => {
    assert.equal(called(SYN, REFUSAL), "refused");
    assert.equal(called(SYN, REFUSAL, SYN, REFUSAL), "refused");
  });

  it("without an answer if there was none", () => {
    assert.equal(called(SYN, SYN), "no answer");
    assert.equal(called(SYN, { rst: true }), "no answer");
  });

  it("as one in which nothing was said if there was a connection", () => {
    assert.equal(called(SYN, AGREEMENT, { ack: true }), "nothing was said");
    assert.equal(called(SYN, AGREEMENT, { ack: true }, REFUSAL), "nothing was said");
    assert.equal(called(SYN, REFUSAL, SYN, AGREEMENT), "nothing was said");
    assert.equal(called({ ack: true }, REFUSAL), "nothing was said");
  });

  it("and not ours only if something was said", () => {
    assert.equal(called(SYN, AGREEMENT, { ack: true, payload: Buffer.from("GET /\n") }), "not ours");
    assert.equal(called(SYN, AGREEMENT, { ack: true, payload: Buffer.from("?") }), "not ours");
  });
});

function summary(notUnderstood: LoadedCapture["notUnderstood"]): string[] {
  return showSummary({ ...EMPTY, notUnderstood }, canvasFor(process.stdout, { NO_COLOR: "1" }));
}

describe("the summary of a capture", () => {
  it("says how many packets were not understood, and what they are", () => {
    const counts = new Map([
      ["link type 105 (Wi-Fi, IEEE 802.11)", 7],
      ["link type 1 (Ethernet): EtherType 0x9999", 2],
    ]);
    assert.deepEqual(summary(counts), [
      "some.pcap",
      "12 packets, 0 of them TCP, in 0.000 s; 0 streams",
      "9 packets were not understood, and may hold TCP or UDP as well:",
      "  7 of link type 105 (Wi-Fi, IEEE 802.11)",
      "  2 of link type 1 (Ethernet): EtherType 0x9999",
    ]);
  });

  it("says nothing of them if there are none", () => {
    assert.lengthOf(summary(new Map()), 2);
  });
});
