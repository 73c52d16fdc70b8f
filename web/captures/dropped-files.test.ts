// Files that are dropped in, by real requests to a real server.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { assert } from "chai";
import { startWebServer, type WebServer } from "../serve/web-server.ts";
import {
  type CaptureItem,
  DROP_PATH,
  MOST_DROPPED,
  MOST_DROPPED_BYTES,
  MOST_NAME,
  NAME_HEADER,
} from "../shared/captures.ts";
import { Captures } from "./captures.ts";
import { capture } from "./testing/made-captures.ts";
import { Visit } from "./testing/visit.ts";

const TOKEN = "a-token-for-tests";
const BYTES = capture(["a", "hello\n"]);

/** How long to wait for something, in milliseconds. */
const PATIENCE = 20_000;

interface Answer {
  status: number;
  text: string;
}

describe("files that are dropped into the page", () => {
  const failures: unknown[] = [];
  let place: Captures;
  let page: Visit;
  let server: WebServer;

  beforeEach(async () => {
    place = new Captures({
      own: join(tmpdir(), "there is no such folder"),
      failed: (error) => failures.push(error),
    });
    page = new Visit(place);
    server = await startWebServer({
      host: "127.0.0.1",
      port: 0,
      token: TOKEN,
      files: async () => new Map(),
      places: [place],
      routes: place.routes,
      failed: (error) => failures.push(error),
    });
  });

  afterEach(async () => {
    await server.close();
    assert.deepEqual(failures, []);
  });

  function headers(name: string, token = TOKEN): Record<string, string> {
    return {
      Authorization: `Bearer ${token}`,
      Origin: `http://127.0.0.1:${server.port}`,
      [NAME_HEADER]: encodeURIComponent(name),
    };
  }

  /** Sends a file. @param more headers, which go before ours */
  function drop(name: string, body: Buffer, more: IncomingHttpHeaders = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        port: server.port,
        path: DROP_PATH,
        method: "POST",
        headers: { "content-length": body.length, ...headers(name), ...more },
      });
      sent.on("response", async (response) => {
        let text = "";
        for await (const part of response.setEncoding("utf8")) text += part;
        resolve({ status: response.statusCode ?? 0, text });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Sends these bytes as they are. @returns what comes back until the server closes */
  async function raw(head: readonly string[], body: string | Buffer, isCutOff = false): Promise<string> {
    const socket = connect(server.port, "127.0.0.1");
    const own = Object.entries({ ...headers("raw"), Connection: "close" }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`POST ${DROP_PATH} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`);
    socket.write(`${[...own, ...head].join("\r\n")}\r\n\r\n`);
    socket.write(body);
    if (isCutOff) {
      await until(() => onDisk().length === 1);
      socket.destroy();
      return "";
    }
    let text = "";
    for await (const part of socket.setEncoding("latin1")) text += part;
    return text;
  }

  async function until(isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!isSo() && Date.now() < deadline) await nextTurn();
    assert.isTrue(isSo());
  }

  async function dropped(): Promise<CaptureItem[]> {
    return (await page.ask("captures/list", {})).filter(({ kind }) => kind === "dropped");
  }

  /** The names of files in our folder. */
  function onDisk(): string[] {
    return existsSync(place.dropped.folder) ? readdirSync(place.dropped.folder) : [];
  }

  it("stand in the list, open, and are this user's alone", async () => {
    const { status, text } = await drop("my capture.pcap", BYTES);
    assert.equal(status, 200);
    const item = JSON.parse(text) as CaptureItem;
    assert.include(item, { kind: "dropped", name: "my capture.pcap", bytes: BYTES.length, keys: null });
    assert.deepEqual(await dropped(), [item]);
    assert.lengthOf(page.events("captures/listed"), 1);
    const [name = ""] = onDisk();
    const path = join(place.dropped.folder, name);
    assert.deepEqual(readFileSync(path), BYTES);
    if (process.platform !== "win32") {
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(statSync(place.dropped.folder).mode & 0o777, 0o700);
    }
    const { opened } = await page.open(item.id);
    assert.include((await page.packets(opened))[0]?.what, "hello");
  });

  it("are removed when the user takes them out, and when the program ends", async () => {
    const [one, two] = [await drop("one", BYTES), await drop("two", BYTES)].map(({ text }) =>
      JSON.parse(text),
    );
    await page.ask("captures/remove", { capture: one.id });
    assert.deepEqual(await dropped(), [two]);
    assert.lengthOf(onDisk(), 1);
    assert.match(await page.problem("captures/open", { capture: one.id }), /no such capture/);
    const { folder } = place.dropped;
    await server.close();
    assert.isFalse(existsSync(folder));
  });

  it("have names that are text, whatever stands in them", async () => {
    for (const [name, shown] of [
      ["../../../etc/passwd", "../../../etc/passwd"],
      ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
      ["a\u0000b\u001b[31m\u202e", "a\ufffdb\ufffd[31m\ufffd"],
      ["Mitschnitt für Zoë 漢字.pcap", "Mitschnitt für Zoë 漢字.pcap"],
      ["", "a file without a name"],
      ["x".repeat(5000), "x".repeat(MOST_NAME)],
    ] as const) {
      const item = JSON.parse((await drop(name, BYTES)).text) as CaptureItem;
      assert.equal(item.name, shown);
      assert.match(item.id, /^dropped-[0-9]+$/);
    }
    assert.equal(JSON.parse((await drop("", BYTES, { [NAME_HEADER]: "%E0%A4%A" })).text).name, "%E0%A4%A");
    for (const name of onDisk()) assert.match(name, /^dropped-[0-9]+$/);
  });

  it("say how long they are, and are not too long", async () => {
    assert.match(await raw([], ""), /^HTTP\/1\.1 411 .*how many bytes the file has/s);
    assert.match(await raw(["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n"), /^HTTP\/1\.1 413 /);
    assert.match(await raw([`Content-Length: ${MOST_DROPPED_BYTES + 1}`], "x"), /^HTTP\/1\.1 413 /);
    assert.match(await raw(["Content-Length: 0"], ""), /^HTTP\/1\.1 400 .*empty/s);
    for (const length of ["-1", "1e3", "5, 5"])
      assert.match(await raw([`Content-Length: ${length}`], "hello"), /^HTTP\/1\.1 4/, length);
    assert.isEmpty(await dropped());
    assert.isEmpty(onDisk());
  });

  it("are bounded in number", async () => {
    for (let number = 0; number < MOST_DROPPED; number += 1)
      assert.equal((await drop("x", BYTES)).status, 200);
    const { status, text } = await drop("x", BYTES);
    assert.equal(status, 409);
    assert.match(text, /^16 files were dropped in already: take one out of the list\n$/);
    const [first] = await dropped();
    await page.ask("captures/remove", { capture: first?.id ?? "" });
    assert.equal((await drop("x", BYTES)).status, 200);
  });

  it("are refused with a sentence that a browser gets, however large they are", async () => {
    for (let number = 0; number < MOST_DROPPED; number += 1) await drop("x", BYTES);
    const { status, text } = await drop("x", Buffer.alloc(20_000_000));
    assert.equal(status, 409);
    assert.match(text, /take one out/);
  });

  it("that are cut off are no files", async () => {
    await raw([`Content-Length: ${BYTES.length + 1000}`], BYTES, true);
    await until(() => onDisk().length === 0);
    assert.isEmpty(await dropped());
    assert.isEmpty(page.events("captures/listed"));
  });

  it("come from our page alone", async () => {
    assert.equal((await drop("x", BYTES, { Authorization: "Bearer wrong" })).status, 401);
    assert.equal((await drop("x", BYTES, { Origin: "http://example.org" })).status, 403);
    assert.isEmpty(await dropped());
  });
});
