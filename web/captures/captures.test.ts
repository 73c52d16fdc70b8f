// The place "captures" with real processes that read real files.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { assert } from "chai";
import { endpoint } from "../../captures/explain/endpoint.ts";
import { readable } from "../../captures/explain/readable.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import { readCapture } from "../../captures/read/read-capture.ts";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import { packetsOf } from "../../captures/show/show-packets.ts";
import { showStream } from "../../captures/show/show-stream.ts";
import { ACK, ethernet, ipv4, RST, SYN, tcp, udp } from "../../captures/testing/packets.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { plain } from "../../terminal/paint.ts";
import {
  MOST_FIELDS,
  MOST_HITS,
  MOST_LINE_BYTES,
  MOST_LINES,
  MOST_OPEN,
  MOST_ROWS,
  MOST_TEXT,
} from "../shared/captures.ts";
import { Captures } from "./captures.ts";
import { capture } from "./testing/made-captures.ts";
import { Visit } from "./testing/visit.ts";

const RECORDINGS = join(COURSE_FOLDER, "captures");
/** Captures that other programs have written. */
const FIELD = join(RECORDINGS, "testing", "field");
const SECRET = "the code for the door is 2718";

const NAMES = readdirSync(RECORDINGS).flatMap((name) => /^(.*)\.pcap$/.exec(name)?.[1] ?? []);

/** What npm run show prints. */
function show(...argv: readonly string[]): { lines: string[]; errors: string } {
  const [node = "", ...words] = nodeCommand("captures/show.ts");
  const environment = { ...process.env, NO_COLOR: "1" };
  const { stdout, stderr } = spawnSync(node, [...words, ...argv], {
    cwd: COURSE_FOLDER,
    env: environment,
    encoding: "utf8",
  });
  return { lines: stdout.split("\n"), errors: stderr };
}

/** Waits until no process of ours runs. Node.js lets go of one a little after it has ended. */
async function none(): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (processes() > 0 && Date.now() < deadline) await nextTurn();
  assert.equal(processes(), 0);
}

/** All texts of rows and fields, wherever they stand; not the bytes. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => (name === "bytes" ? [] : textsIn(one)));
}

/** How many processes of ours run. */
function processes(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
}

describe("the captures of the web program", () => {
  const own = mkdtempSync(join(tmpdir(), "web-captures-"));
  const failures: unknown[] = [];
  let place: Captures;
  let page: Visit;

  before(() => {
    place = new Captures({ own, failed: (error) => failures.push(error) });
    page = new Visit(place);
  });

  afterEach(async () => {
    assert.deepEqual(failures, []);
    // What a test has opened and not closed ends with its page.
    page.leave();
    await place.ended();
    await none();
    page = new Visit(place);
  });

  after(async () => {
    await place.close();
    rmSync(own, { recursive: true });
    await none();
  });

  /** Writes a file of one's own. @returns its id */
  function file(name: string, bytes: Buffer): string {
    writeFileSync(join(own, name), bytes);
    return `own-${name}`;
  }

  describe("are a list", () => {
    it("of the course's recordings, each with what is in it, and of one's own, the newest first", async () => {
      file("older.pcap", capture(["a", "x\n"]));
      utimesSync(join(own, "older.pcap"), 1000, 1000);
      file("last-run.pcap", capture(["a", "x\n"]));
      file("no-capture.txt", Buffer.from("x"));
      const items = await page.ask("captures/list", {});
      assert.sameMembers(
        items.filter(({ kind }) => kind === "course").map(({ id }) => id),
        NAMES,
      );
      for (const { id, kind, title, stage, keys } of items) {
        assert.match(id, /^[\w.-]+$/);
        if (kind !== "course") continue;
        assert.isAbove(title.length, 20, id);
        assert.equal(stage, id.slice(0, 2));
        assert.equal(keys, id === "04-aes-chat" ? "log" : id === "05-lan-chat" ? "passphrase" : null);
      }
      const ownItems = items.filter(({ kind }) => kind === "own");
      assert.deepEqual(
        ownItems.map(({ id }) => id),
        ["own-last-run.pcap", "own-older.pcap"],
      );
      assert.include(ownItems[0]?.title, "check");
    });

    it("also beside a link that leads to itself; and a folder is no key", async function () {
      if (process.platform === "win32") this.skip(); // Links need a right there.
      symlinkSync("loop.pcap", join(own, "loop.pcap"));
      file("beside.pcap", capture(["a", "x\n"]));
      mkdirSync(join(own, "beside.keys"));
      const items = await page.ask("captures/list", {});
      assert.notInclude(
        items.map(({ name }) => name),
        "loop.pcap",
      );
      assert.isNull(items.find(({ name }) => name === "beside.pcap")?.keys);
    });

    it("with a sentence for a file that may not be read", async function () {
      if (process.platform === "win32") this.skip(); // Files have no such mode there.
      const id = file("unreadable.pcap", capture(["a", "x\n"]));
      chmodSync(join(own, "unreadable.pcap"), 0);
      // Root may read all.
      if (process.getuid?.() === 0) assert.equal((await page.open(id)).summary.packets, 1);
      else assert.match(await page.problem("captures/open", { capture: id }), /you may not read/);
    });

    it("and nothing that does not stand in it is opened", async () => {
      for (const id of [
        "",
        "../package.json",
        "own-../package.json",
        join(own, "no-capture.txt"),
        "own-no-capture.txt",
      ])
        assert.match(await page.problem("captures/open", { capture: id }), /no such capture/, id);
      assert.match(await page.problem("captures/remove", { capture: "02-basic-p2p" }), /dropped/);
      for (const opened of [0, 12345])
        assert.match(await page.problem("captures/ready", { opened }), /is closed/);
    });
  });

  describe("say the same as npm run show", () => {
    /** Checks that the rows are those of npm run show --packets. */
    async function samePackets(opened: number, path: string): Promise<void> {
      const rows = await page.packets(opened);
      let at = 0;
      for await (const { packet, listed, first } of packetsOf(path, { onDamage: () => {} })) {
        const row = rows[at];
        const { tcp, udp, number, what, isSealed } = listed;
        const sent = tcp ?? udp;
        at += 1;
        assert.closeTo(row?.time ?? -1, Number(packet.time - first) / 1e9, 1e-9);
        assert.deepInclude(row, {
          number,
          what: what.length > 300 ? `${what.slice(0, 297)}...` : what,
          source: sent === undefined ? "" : endpoint(sent.source),
          destination: sent === undefined ? "" : endpoint(sent.destination),
          length: packet.originalLength,
          bytes: sent?.bytes ?? 0,
          sealed: isSealed,
          flags: tcp?.flags ?? "",
          sequence: tcp?.counted.sequence ?? null,
          acknowledgement: tcp?.counted.acknowledgement ?? null,
        });
      }
      assert.lengthOf(rows, at);
    }

    for (const name of NAMES) {
      it(`of ${name}`, async () => {
        const path = join(RECORDINGS, `${name}.pcap`);
        const { opened, summary } = await page.open(name);
        const { lines } = show(`captures/${name}.pcap`);
        assert.equal(summary.words, lines[1]);
        assert.isNull(summary.damage);

        await samePackets(opened, path);

        const connections = await page.all((from, count) =>
          page.ask("captures/connections", { opened, from, count }),
        );
        for (const { a, b, what, fromA, fromB, stream } of connections)
          assert.include(
            lines.map((line) => line.split(/ {2,}| (?=[0-9])/).join(" ")).join("\n"),
            `${stream} ${a} ${b} ${what} ${fromA} ${fromB}`,
          );

        const { streams } = await loadCapture(path, false);
        for (const stream of streams) {
          const view = { hex: false, stats: false };
          const [, ...shown] = showStream(stream, view, { width: 3000, paint: plain });
          const { rows: said } = await page.ask("captures/lines", {
            opened,
            stream: stream.index,
            from: 0,
            count: 100,
          });
          for (const [number, row] of said.entries()) {
            assert.include(shown[number], row.wire.replace(/\.\.\.$/, ""));
            if (row.says !== null) assert.include(shown[number], row.says.replace(/\.\.\.$/, ""));
            else assert.match(shown[number] ?? "", /\? \(encrypted|\(no LF|missing/);
          }
        }
      });
    }

    it("of packets that are sent again, come late, are cut short, or come in fragments", async () => {
      const side = (sequence: number, payload: string): Buffer => ethernet(ipv4(tcp({ sequence, payload })));
      const whole = udp({ payload: "0123456789abcdef".repeat(4) });
      const fragment = (offset: number, end: number): Buffer => {
        const fields = { protocol: 17, identification: 5, offset, more: end < whole.length };
        return ethernet(ipv4(whole.subarray(offset, end), fields));
      };
      const long = side(400, "a long line that the capture cuts\n");
      const packets: [Buffer, number?][] = [
        [side(100, "one\n")],
        [side(100, "one\n")],
        [side(108, "three\n")],
        [side(104, "two\n")],
        [ethernet(ipv4(tcp({ sequence: 120, flags: RST | ACK, payload: "said with RST" })))],
        [fragment(0, 40)],
        [fragment(40, whole.length)],
        [ethernet(ipv4(udp({ payload: "" }), { protocol: 17 }))],
        [long.subarray(0, 60), long.length],
        [long.subarray(0, 54), long.length],
        [Buffer.alloc(20, 1)],
      ];
      const records = packets.map(([data, length], i) => pcapRecord(BigInt(i) * 1000n, data, length));
      const id = file("odd.pcap", Buffer.concat([pcapHeader(1), ...records]));
      const { opened } = await page.open(id);
      await samePackets(opened, join(own, "odd.pcap"));
      const whats = (await page.packets(opened)).map(({ what }) => what);
      assert.deepEqual(whats.slice(0, 5), [
        "one\\n",
        "again: one\\n",
        "three\\n",
        "late: two\\n",
        "breaks it off",
      ]);
      assert.match(whats[6] ?? "", /^0123456789/);
    });

    for (const name of readdirSync(FIELD).filter((one) => one.endsWith(".pcap"))) {
      it(`of ${name}, which programs in the field have written`, async () => {
        const { opened } = await page.open(file(name, readFileSync(join(FIELD, name))));
        await samePackets(opened, join(FIELD, name));
      });
    }

    it("of two that are compared", async () => {
      const [left, right] = [await page.open("02-basic-p2p"), await page.open("04-aes-chat")];
      const both = { left: left.opened, right: right.opened };
      const before = await page.ask("captures/compare", { ...both, from: 0, count: 1 });
      assert.deepInclude(before.right, { readable: 0, decrypted: 0, lines: 46 });
      await page.ask("captures/own-keys", { opened: right.opened });
      const compared = await page.ask("captures/compare", { ...both, from: 0, count: 100 });
      const { lines } = show(
        "--compare",
        "captures/02-basic-p2p.pcap",
        "captures/04-aes-chat.pcap",
        "--keys",
        "captures/04-aes-chat.keys",
        "--stats",
      );
      assert.include(lines, `captures/02-basic-p2p.pcap: ${compared.left.words}`);
      assert.include(lines, `captures/04-aes-chat.pcap: ${compared.right.words}`);
      const { ciphertexts } = compared.right;
      assert.include(lines.join("\n"), `${ciphertexts?.entropy.toFixed(2)} bits per byte (random`);
      assert.lengthOf(compared.rows, compared.total);
      for (const { left, right } of compared.rows) {
        assert.equal(left?.wire, right?.wire); // The two chats say the same.
        assert.deepEqual([left?.sealed, right?.sealed, right?.opened], [false, true, true]);
      }
      const two = await page.ask("captures/compare", { ...both, from: 40, count: 2 });
      assert.deepEqual(two.rows, compared.rows.slice(40, 42));
      const calculator = await page.open("01-calculator");
      const without = { left: calculator.opened, right: right.opened, from: 0, count: 1 };
      assert.match(await page.problem("captures/compare", without), /no chat in one of the captures/);
    });

    it("of a damaged file, and of what is no capture", async () => {
      const whole = readFileSync(join(RECORDINGS, "02-basic-p2p.pcap"));
      const id = file("cut.pcap", whole.subarray(0, 5001));
      const { opened, summary } = await page.open(id);
      const { lines } = show("--partial", join(own, "cut.pcap"));
      assert.include(lines, summary.damage);
      assert.lengthOf(await page.packets(opened), summary.packets);
      assert.isAbove(summary.packets, 10);

      for (const bytes of [Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.alloc(0), Buffer.alloc(100, 7)]) {
        const none = file("none.pcap", bytes);
        const { opened } = await page.ask("captures/open", { capture: none });
        const problem = await page.problem("captures/ready", { opened });
        assert.include(show(join(own, "none.pcap")).errors, problem);
        assert.notInclude(problem, "\n");
      }
    });

    it("of a gzipped file", async () => {
      const id = file("packed.pcap.gz", gzipSync(readFileSync(join(RECORDINGS, "05-lan-chat.pcap"))));
      const [packed, unpacked] = [await page.open(id), await page.open("05-lan-chat")];
      assert.deepEqual(await page.packets(packed.opened), await page.packets(unpacked.opened));
      for (const packet of [1, 77, unpacked.summary.packets]) {
        const [one, other] = [packed, unpacked].map(({ opened }) =>
          page.ask("captures/packet", { opened, packet }),
        );
        assert.deepEqual(await one, await other);
      }
    });
  });

  describe("come in windows", () => {
    it("that begin anywhere and end with the list", async () => {
      const { opened, summary } = await page.open("02-basic-p2p");
      const all = await page.packets(opened);
      const window = (from: number, count: number) =>
        page.ask("captures/packets", { opened, from, count, filter: "" });
      assert.deepEqual((await window(50, 7)).rows, all.slice(50, 57));
      assert.deepEqual((await window(summary.packets - 2, 50)).rows, all.slice(-2));
      assert.deepEqual(await window(1e9, 5), { total: summary.packets, from: 1e9, rows: [] });
      const tooMany = { opened, from: 0, count: MOST_ROWS + 1, filter: "" };
      assert.match(await page.problem("captures/packets", tooMany), /^count is no whole number/);
    });

    it("of what a filter leaves, with the place of each packet in it", async () => {
      const { opened } = await page.open("02-basic-p2p");
      const all = await page.packets(opened);
      const filter = "stream 2 data";
      const some = await page.packets(opened, filter);
      assert.deepEqual(
        some,
        all.filter(({ stream, bytes }) => stream === 2 && bytes > 0),
      );
      for (const [row, { number }] of some.entries())
        assert.deepEqual(await page.ask("captures/row-of", { opened, filter, packet: number }), { row });
      assert.match(
        await page.problem("captures/packets", { opened, from: 0, count: 1, filter: "stream two" }),
        /takes a number/,
      );
    });

    it("with every byte of a packet and a line explained, and the two linked", async () => {
      const { opened } = await page.open("04-aes-chat");
      const packets: Buffer[] = [];
      for await (const { data } of readCapture(join(RECORDINGS, "04-aes-chat.pcap"))) packets.push(data);
      for (const [index, data] of packets.entries()) {
        const { block, lines, row } = await page.ask("captures/packet", { opened, packet: index + 1 });
        assert.deepEqual(Buffer.from(block.bytes, "base64"), data);
        let end = 0;
        for (const { offset, length } of block.fields) {
          assert.equal(offset, end);
          end += length;
        }
        assert.equal(end, data.length);
        assert.equal(lines.length > 0, row.bytes > 0);
        const [number] = lines;
        if (number === undefined || row.stream === null) continue;
        const line = await page.ask("captures/line", { opened, stream: row.stream, line: number });
        assert.isAtMost(line.firstPacket, index + 1);
        assert.isAtLeast(line.row.packet, index + 1);
      }
      assert.match(
        await page.problem("captures/packet", { opened, packet: 9999 }),
        /there is no packet 9999/,
      );
    });

    it("with the clause of a line, and what stands in it for whom", async () => {
      const { opened } = await page.open("04-aes-chat");
      await page.ask("captures/own-keys", { opened });
      const { clause, block, inside, entropy, printable, row } = await page.ask("captures/line", {
        opened,
        stream: 2,
        line: 4,
      });
      assert.equal(clause, "P6.2");
      assert.isTrue(row.opened);
      assert.deepEqual(
        block.fields.filter(({ look }) => look === "sealed").map(({ label }) => label.split(":")[0]),
        ["iv", "ciphertext", "tag"],
      );
      assert.include(Buffer.from(inside?.bytes ?? "", "base64").toString(), "hello, Bob");
      // Of the ciphertext, not of its hexadecimal digits.
      assert.isBelow(printable, 0.6);
      assert.isAbove(entropy, 4);
      assert.match(await page.problem("captures/line", { opened, stream: 2, line: 4000 }), /no line 4000/);
      assert.match(
        await page.problem("captures/lines", { opened, stream: 3, from: 0, count: 1 }),
        /no connection 3/,
      );
    });

    it("of datagrams, which the passphrase tells in words", async () => {
      const { opened, summary } = await page.open("05-lan-chat");
      const window = { opened, from: 0, count: 10 };
      const { total, rows } = await page.ask("captures/conversations", window);
      assert.equal(total, summary.conversations);
      assert.include(
        rows.map(({ cast }) => cast),
        "multicast",
      );
      const before = await page.ask("captures/datagrams", { ...window, conversation: 0 });
      assert.match(before.rows[0]?.what ?? "", /^token of /);
      await page.ask("captures/own-keys", { opened });
      const after = await page.ask("captures/datagrams", { ...window, conversation: 0 });
      assert.match(after.rows[0]?.what ?? "", /^beacon 1 of bob, signed/);
      const { inside } = await page.ask("captures/packet", { opened, packet: after.rows[0]?.packet ?? 0 });
      assert.lengthOf(inside, 2);
      assert.match(
        await page.problem("captures/datagrams", { ...window, conversation: 99 }),
        /no conversation 99/,
      );
    });
  });

  describe("are searched", () => {
    it("for text and bytes, in packets and lines", async () => {
      const { opened } = await page.open("02-basic-p2p");
      const [line, ...others] = await page.search({ opened, sought: SECRET, in: "lines" });
      assert.isEmpty(others);
      assert.equal(line?.text, SECRET);
      assert.isFalse(line?.decrypted);
      const sought = Buffer.from(SECRET)
        .toString("hex")
        .replace(/..(?=.)/g, "$& ");
      const [packet] = await page.search({ opened, sought, as: "hex", in: "packets" });
      assert.equal(packet?.packet, line?.packet);
      const { block } = await page.ask("captures/packet", { opened, packet: packet?.packet ?? 0 });
      const found = Buffer.from(block.bytes, "base64").subarray(
        packet?.offset,
        (packet?.offset ?? 0) + (packet?.length ?? 0),
      );
      assert.equal(found.toString(), SECRET);
      assert.isEmpty(await page.search({ opened, sought: "nobody says this", in: "packets" }));
      for (const sought of ["7", "7x", "7b2"])
        assert.match(
          await page.problem("captures/search", { opened, sought, as: "hex", in: "lines" }),
          /hexadecimal/,
        );
      assert.match(
        await page.problem("captures/search", { opened, sought: "", as: "text", in: "lines" }),
        /nothing to search/,
      );
    });

    it("in what a key has opened, too, and nowhere before", async () => {
      const { opened } = await page.open("04-aes-chat");
      assert.isEmpty(await page.search({ opened, sought: SECRET, in: "lines" }));
      await page.ask("captures/own-keys", { opened });
      const hits = await page.search({ opened, sought: SECRET, in: "lines" });
      assert.deepEqual(
        hits.map(({ decrypted, stream }) => [decrypted, stream]),
        [[true, 2]],
      );
    });

    it("up to a bound, and until somebody stops it", async () => {
      const id = file("many.pcap", capture(["a", "x\n".repeat(MOST_HITS + 10)]));
      const { opened } = await page.open(id);
      assert.lengthOf(await page.search({ opened, sought: "x", in: "lines" }), MOST_HITS);
      assert.isTrue(page.events("captures/searched").at(-1)?.isCut);
      const { search } = await page.ask("captures/search", { opened, sought: "y", as: "text", in: "lines" });
      await page.ask("captures/stop-search", { opened, search });
      assert.match(await page.problem("captures/hits", { opened, search, from: 0, count: 1 }), /is over/);
    });
  });

  describe("are opened with keys", () => {
    it("that every page with the capture hears of, and no page sees", async () => {
      const other = new Visit(place);
      const [one, two] = [await page.open("04-aes-chat"), await other.open("04-aes-chat")];
      const state = await page.ask("captures/own-keys", { opened: one.opened });
      assert.include(state, { keyLog: true, sealed: 46, opened: 46 });
      await other.heard(
        "captures/keys",
        ({ opened, keys }) => opened === two.opened && keys.version === state.version,
      );
      const { rows } = await other.ask("captures/lines", {
        opened: two.opened,
        stream: 2,
        from: 4,
        count: 1,
      });
      assert.equal(rows[0]?.says, "hello, Bob");
      const keys = readFileSync(join(RECORDINGS, "04-aes-chat.keys"), "utf8")
        .split(/\s/)
        .filter((word) => word.length > 60);
      const told = JSON.stringify([
        page.told,
        other.told,
        state,
        rows,
        (await page.open("04-aes-chat")).summary,
      ]);
      for (const key of keys) assert.notInclude(told, key);
      const none = await other.ask("captures/forget-keys", { opened: two.opened });
      assert.include(none, { keyLog: false, opened: 0 });
      const again = await page.ask("captures/lines", { opened: one.opened, stream: 2, from: 4, count: 1 });
      assert.isNull(again.rows[0]?.says);
      other.leave();
    });

    it("of others only if they are keys, and say why they open nothing", async () => {
      const { opened } = await page.open("04-aes-chat");
      assert.match(
        await page.problem("captures/key-log", { opened, text: "# fine\nP2PCHAT04 nonsense" }),
        /^the key log, line 2: not a line of a key log \(P6\.5\)$/,
      );
      assert.match(await page.problem("captures/key-log", { opened, text: "" }), /empty/);
      const text = `P2PCHAT04 ${"0".repeat(64)} ${"1".repeat(128)} ${"2".repeat(128)}\n`;
      const state = await page.ask("captures/key-log", { opened, text });
      assert.deepEqual([state.sealed, state.opened], [46, 0]);
      assert.deepEqual(state.problems, [{ problem: "no key for this chat", count: 46 }]);
      const calculator = await page.open("01-calculator");
      assert.match(await page.problem("captures/own-keys", { opened: calculator.opened }), /no keys beside/);
    });

    it("made of a passphrase and a team", async () => {
      const { opened } = await page.open("05-lan-chat");
      const passphrase = readFileSync(join(RECORDINGS, "05-lan-chat.passphrase"), "utf8");
      const wrong = await page.ask("captures/passphrase", { opened, team: "other", passphrase });
      assert.equal(wrong.opened, 0);
      const right = await page.ask("captures/passphrase", { opened, team: "rocket", passphrase });
      assert.equal(right.team, "rocket");
      assert.isAbove(right.opened, 5);
      assert.isAbove(right.sealed, right.opened); // Those of sessions stay closed.
      assert.notInclude(JSON.stringify(page.told), passphrase.trim());
      assert.match(
        await page.problem("captures/passphrase", { opened, team: "a b", passphrase }),
        /^a team is/,
      );
      assert.match(
        await page.problem("captures/passphrase", { opened, team: "rocket", passphrase: "\n" }),
        /no passphrase/,
      );
    });
  });

  describe("are drawn", () => {
    it("as bytes over time, which are all bytes of the connection", async () => {
      const { opened } = await page.open("02-basic-p2p");
      const { rows } = await page.ask("captures/connections", { opened, from: 0, count: 10 });
      for (const { stream, fromA, fromB } of rows) {
        for (const bins of [1, 7, 400]) {
          const traffic = await page.ask("captures/traffic", { opened, stream, bins });
          const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
          assert.deepEqual([sum(traffic.fromA), sum(traffic.fromB)], [fromA, fromB]);
          assert.lengthOf(traffic.fromA, bins);
        }
      }
      assert.match(await page.problem("captures/traffic", { opened, stream: 0, bins: 401 }), /bins/);
    });

    it("also where the clock goes backwards, and where no time passes", async () => {
      const at = (seconds: bigint, sequence: number): Buffer =>
        pcapRecord(seconds * 1_000_000_000n, ethernet(ipv4(tcp({ sequence, payload: "12345" }))));
      for (const times of [
        [5n, 0n, 9n],
        [9n, 12n, 1n],
        [3n, 3n, 3n],
      ]) {
        const records = times.map((time, i) => at(time, 100 + 5 * i));
        const { opened } = await page.open(file("clock.pcap", Buffer.concat([pcapHeader(1), ...records])));
        const { fromA, bin } = await page.ask("captures/traffic", { opened, stream: 0, bins: 10 });
        assert.equal(
          fromA.reduce((sum, one) => sum + one, 0),
          15,
        );
        assert.isAtMost(fromA.length, 10);
        assert.isAtLeast(bin, 0);
        await page.ask("captures/close", { opened });
      }
    });

    it("as how readable each line is", async () => {
      const [clear, sealed] = [await page.open("02-basic-p2p"), await page.open("04-aes-chat")];
      const plots = await Promise.all(
        [clear, sealed].map(({ opened }) =>
          page.ask("captures/readability", { opened, stream: 2, points: 2000 }),
        ),
      );
      const most = plots.map(({ entropy }) => Math.max(...entropy));
      assert.isBelow(most[0] ?? 0, 6.1);
      assert.isAbove(most[1] ?? 0, 7);
      // A ciphertext is measured, not the hexadecimal digits that it is written with, which are all printable.
      const [said, hidden] = plots;
      const mean = (shares: number[]): number =>
        shares.reduce((sum, share) => sum + share, 0) / shares.length;
      assert.isAbove(mean(said?.printable ?? []), 0.95);
      const shares = hidden?.printable.filter((_, i) => hidden.sealed[i]) ?? [];
      assert.lengthOf(shares, 46);
      assert.isBelow(mean(shares), 0.5);
      assert.deepEqual(
        plots.map(({ sealed }) => sealed.some((one) => one)),
        [false, true],
      );
      const some = await page.ask("captures/readability", { opened: clear.opened, stream: 2, points: 5 });
      assert.lengthOf(some.lines, 5);
    });
  });

  describe("that are made to break who reads them", () => {
    it("are bounded in all that a page is sent", async () => {
      const markup = "<img src=x onerror=alert(1)>\u001b[31m\u202e";
      const hostile = [
        JSON.stringify({ type: "hello", stage: markup, from: markup.repeat(100), to: markup }),
        "[".repeat(200_000),
        `{"a":${"[".repeat(100_000)}`,
        JSON.stringify(Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`${markup}${i}`, i]))),
        "x".repeat(6_000_000),
        `{"type":"sealed","ciphertext":"${"0".repeat(5_000_000)}"}`,
        `gAAAAA${"A".repeat(200_000)}`,
      ];
      const id = file(
        "hostile.pcap",
        capture(...hostile.map((line) => ["a", `${line}\n`] as const), ["b", "\n".repeat(MOST_LINES + 5)]),
      );
      const { opened } = await page.open(id);
      const results: unknown[] = [
        await page.packets(opened),
        await page.ask("captures/connections", { opened, from: 0, count: 10 }),
        await page.ask("captures/traffic", { opened, stream: 0, bins: 400 }),
        await page.ask("captures/readability", { opened, stream: 0, points: 2000 }),
      ];
      const lines = await page.ask("captures/lines", { opened, stream: 0, from: 0, count: MOST_ROWS });
      assert.isTrue(lines.isCut);
      assert.equal(lines.total, MOST_LINES);
      results.push(lines);
      for (const [line] of hostile.entries()) {
        const view = await page.ask("captures/line", { opened, stream: 0, line });
        assert.isAtMost(view.block.fields.length, MOST_FIELDS);
        assert.isAtMost(Buffer.from(view.block.bytes, "base64").length, MOST_LINE_BYTES);
        results.push(view);
      }
      results.push(await page.search({ opened, sought: "x", in: "lines" }));
      for (const text of textsIn(results)) assert.isAtMost(text.length, MOST_TEXT);
      for (const result of results) {
        const text = JSON.stringify(result);
        assert.isBelow(text.length, 3_000_000);
        assert.equal(text, readable(Buffer.from(text)), "characters that nobody sees");
      }
    });

    it("with a connection in each packet are a list like any other", async () => {
      const records = Array.from({ length: 20_000 }, (_, i) =>
        pcapRecord(
          BigInt(i),
          ethernet(ipv4(tcp({ flags: SYN, sourcePort: 1 + (i % 60_000), destinationPort: i >> 4 }))),
        ),
      );
      const { opened, summary } = await page.open(
        file("syns.pcap", Buffer.concat([pcapHeader(1), ...records])),
      );
      assert.equal(summary.connections, 20_000);
      const { rows, total } = await page.ask("captures/connections", { opened, from: 19_990, count: 500 });
      assert.equal(total, 20_000);
      assert.deepEqual([...new Set(rows.map(({ what }) => what))], ["no answer"]);
    });

    it("and need too much memory end their own process, and nothing else", async () => {
      const small = new Captures({ own, failed: (error) => failures.push(error), mostHeap: 24 });
      const visit = new Visit(small);
      const lines = Array.from({ length: 400 }, (_, i) =>
        pcapRecord(0n, ethernet(ipv4(tcp({ sourcePort: i + 1, payload: "x" })))),
      );
      const many = Array.from({ length: 100 }, (_, i) =>
        lines.map((record) => {
          const other = Buffer.from(record);
          other.writeUInt32BE(i * 100_000 + 7, 16 + 14 + 12); // The source address.
          return other;
        }),
      ).flat();
      const { opened } = await visit.ask("captures/open", {
        capture: file("heavy.pcap", Buffer.concat([pcapHeader(1), ...many])),
      });
      assert.match(await visit.problem("captures/ready", { opened }), /more memory than it may/);
      await visit.heard("captures/ended", (data) => data.opened === opened);
      assert.match(await visit.problem("captures/connections", { opened, from: 0, count: 1 }), /is closed/);
      await small.close();
      assert.isNotEmpty(await page.packets((await page.open("01-calculator")).opened));
    });

    it("or change while they are open, are told from what they were", async () => {
      copyFileSync(join(RECORDINGS, "01-calculator.pcap"), join(own, "changing.pcap"));
      const before = await page.open("own-changing.pcap");
      file("changing.pcap", capture(["a", "something else\n".repeat(10_000)]));
      const window = { opened: before.opened, from: 0, count: 5, filter: "" };
      assert.match(await page.problem("captures/packets", window), /has changed since/);
      const after = await page.open("own-changing.pcap");
      assert.equal(after.summary.packets, 3);
    });
  });

  describe("belong to pages", () => {
    it("which share a process, but neither numbers nor searches", async () => {
      const other = new Visit(place);
      const [one, two] = [await page.open("02-basic-p2p"), await other.open("02-basic-p2p")];
      assert.equal(processes(), 1);
      assert.notEqual(one.opened, two.opened);
      assert.match(await other.problem("captures/packet", { opened: one.opened, packet: 1 }), /is closed/);
      const { search } = await page.ask("captures/search", {
        opened: one.opened,
        sought: "hello",
        as: "text",
        in: "lines",
      });
      assert.match(
        await other.problem("captures/hits", { opened: two.opened, search, from: 0, count: 1 }),
        /is over/,
      );
      page.leave();
      assert.equal((await other.ask("captures/packet", { opened: two.opened, packet: 1 })).row.number, 1);
      other.leave();
    });

    it("which may give up what is being read", async () => {
      const record = pcapRecord(0n, ethernet(ipv4(tcp({ payload: "again" }))));
      const id = file("large.pcap", Buffer.concat([pcapHeader(1), ...Array(500_000).fill(record)]));
      const { opened } = await page.ask("captures/open", { capture: id });
      const problem = page.problem("captures/ready", { opened });
      await page.heard("captures/progress", (data) => data.opened === opened && data.read > 0);
      await page.ask("captures/close", { opened });
      assert.match(await problem, /given up/);
    });

    it("which have a bounded number of them open", async () => {
      const opened: number[] = [];
      for (const capture of NAMES.slice(0, MOST_OPEN))
        opened.push((await page.ask("captures/open", { capture })).opened);
      const [name = ""] = NAMES;
      assert.match(await page.problem("captures/open", { capture: name }), /close one/);
      const other = new Visit(place);
      assert.match(await other.problem("captures/open", { capture: NAMES.at(-1) ?? "" }), /close one/);
      await page.ask("captures/close", { opened: opened[0] ?? 0 });
      assert.isAbove((await page.ask("captures/open", { capture: name })).opened, 0);
      other.leave();
    });
  });
});
