import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import Database from "libsql";
import { nodeCommand } from "../programs/node-command.ts";
import { leaveOut, withTool } from "../tests/support/tools.ts";
import { type History, openHistory } from "./history.ts";
import { UserError } from "./program.ts";
import type { SignedRoom } from "./rooms.ts";

const HELPER = "tests/support/open-history.ts";

/** Runs the helper in a process of its own. */
function run(
  dir: string,
  work: string,
  before: readonly string[] = [],
): { code: number | null; output: string } {
  const [program = "", ...words] = [...before, ...nodeCommand(HELPER), dir, work];
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8" });
  return { code: status, output: `${stdout}${stderr}` };
}

/** The one line that says why it cannot be opened. */
function refusal(dir: string): string {
  try {
    openHistory(dir).close();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).to.not.contain("\n");
    return error.message;
  }
  throw new Error("it was opened");
}

describe("05 history on the disk (P9.11)", () => {
  let dir: string;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "lan-history-"));
    path = join(dir, "history.db");
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Does something with the history, and closes it. */
  function using<T>(work: (history: History) => T): T {
    const history = openHistory(dir);
    try {
      return work(history);
    } finally {
      history.close();
    }
  }

  function say(history: History, text: string, recipients = ["bob"], target = "you"): number {
    return history.writeMessage({ id: text, target, text, written: 7 }, recipients);
  }

  describe("what it refuses to open", () => {
    it("keeps a text whole, whatever characters are in it", () => {
      const text = "before\0behind \u{1F600}\u202e\n";
      using((history) => {
        say(history, text);
        history.keepMessage({ sender: "bob", id: "1", target: "you", text, received: 8 });
      });
      using((history) => {
        expect(history.openMessages("bob", 0, 9).map((message) => message.text)).to.deep.equal([text]);
        expect(history.messagesNotShown().map((message) => message.text)).to.deep.equal([text]);
        expect(history.lines("bob", 9).map((line) => line.text)).to.deep.equal([text, text]);
      });
    });

    it("a folder that another program uses; once that has ended, however it did, it opens", () => {
      using(() => {
        const { code, output } = run(dir, "open");
        expect(code).to.equal(1);
        expect(output).to.match(/^error: .* is in use by another program: .*\n$/);
        expect(refusal(dir)).to.contain("in use");
      });
      expect(run(dir, "open")).to.deep.equal({ code: 0, output: "opened 0\n" });
    });

    it("a file that is damaged, cut off, or no database, and leaves it as it is", () => {
      using((history) => {
        for (let number = 0; number < 200; number++) say(history, `${number} ${"x".repeat(500)}`);
      });
      const whole = readFileSync(path);
      const torn = Buffer.from(whole);
      for (let page = 1; page < 20; page++) torn.fill(0x5a, 4096 * page, 4096 * page + 3000);
      const damages = [
        Buffer.from("hello"),
        Buffer.alloc(5000),
        torn,
        whole.subarray(0, 4096 * 3),
        whole.subarray(0, 50),
      ];
      for (const damaged of damages) {
        writeFileSync(path, damaged);
        expect(refusal(dir)).to.match(/history\.db is damaged, .* move it away/);
        expect(readFileSync(path).equals(damaged)).to.equal(true);
      }
      writeFileSync(path, whole);
      using((history) => expect(history.hasOpenMessages("bob")).to.equal(true));
    });

    it("one of a newer or an older version, or of another program, and leaves it as it is", () => {
      using((history) => say(history, "hi"));
      const right = readFileSync(path);
      for (const [version, words] of [
        [2, "a newer version"],
        [0, "an older version"],
      ] as const) {
        const other = Buffer.from(right);
        other.writeUInt32BE(version, 60);
        writeFileSync(path, other);
        expect(refusal(dir)).to.contain(words);
        expect(readFileSync(path).equals(other)).to.equal(true);
      }
      rmSync(path);
      rmSync(`${path}-wal`, { force: true });
      rmSync(`${path}-shm`, { force: true });
      const foreign = new Database(path);
      foreign.exec("CREATE TABLE notes (text TEXT)");
      foreign.close();
      const bytes = readFileSync(path);
      expect(refusal(dir)).to.contain("was not made by this program");
      expect(readFileSync(path).equals(bytes)).to.equal(true);
    });

    it("nothing of what is left of a very first start that was killed", () => {
      writeFileSync(path, "");
      expect(using((history) => say(history, "hi"))).to.equal(1);
    });

    it("a folder without the right to write, or to read what is in it", function () {
      if (process.getuid?.() !== 0) leaveOut(this, "only root can become somebody else");
      using((history) => say(history, "hi"));
      const empty = join(dir, "empty");
      mkdirSync(empty);
      chmodSync(dir, 0o755);
      chmodSync(empty, 0o555);
      expect(run(empty, "as-nobody").output).to.match(/^error: cannot (?:use|write in) .*--data\n$/);
      chmodSync(empty, 0o000);
      expect(run(empty, "as-nobody").output).to.match(/^error: cannot use .*--data\n$/);
      chmodSync(dir, 0o777);
      const { code, output } = run(dir, "as-nobody");
      expect(code).to.equal(1);
      expect(output).to.match(/^error: cannot (?:read|write in) .*\n$/);
      using((history) => expect(history.hasOpenMessages("bob")).to.equal(true));
    });
  });

  withTool("unshare", ["--mount", "true"], "05 a full disk (P9.11)", () => {
    it("is said in one line, and what was kept before is there", () => {
      const mounted = join(dir, "small");
      mkdirSync(mounted);
      // A disk of 1 MiB, that only these processes see: it is filled, and opened again while it is full.
      const [node = "", ...words] = nodeCommand(HELPER);
      const helper = [node, ...words].map((word) => `'${word}'`).join(" ");
      const script = `mount -t tmpfs -o size=1m small '${mounted}' || exit 9
${helper} '${mounted}' fill; head -c 2000000 /dev/zero > '${mounted}/filler' 2>&1; ${helper} '${mounted}' open
rm '${mounted}/filler'; ${helper} '${mounted}' open`;
      const { stdout, stderr } = spawnSync("unshare", ["--mount", "sh", "-c", script], { encoding: "utf8" });
      const kept = Number(/kept (\d+)\n(?!kept)/.exec(stdout)?.[1]);
      expect(kept).to.be.greaterThan(10);
      const errors = stderr.split("\n").filter((line) => line.startsWith("error: "));
      expect(errors[0]).to.match(/^error: the disk with .* is full: make room, and start again$/);
      expect(errors.length, stderr).to.be.at.least(1);
      expect(stderr).to.not.contain("    at ");
      // One more may be there than was said: it was kept, and the line was not printed.
      expect(Number(/opened (\d+)\n$/.exec(stdout)?.[1])).to.be.within(kept, kept + 1);
    });
  });

  it("is in WAL mode, in a file that only its owner can read", () => {
    using(() => {
      const other = new Database(path);
      expect(other.pragma("journal_mode", { simple: false })).to.deep.equal([{ journal_mode: "wal" }]);
      other.close();
    });
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it("keeps settings, and never gives a session number twice, also when the clock goes back (P8.6)", () => {
    const numbers = [100, 100, 50, 200].map((now) => using((history) => history.takeSession(now)));
    expect(numbers).to.deep.equal([100, 101, 102, 200]);
    using((history) => history.saveSetting("access", "known"));
    expect(using((history) => history.setting("access"))).to.equal("known");
    expect(using((history) => history.setting("other"))).to.equal(undefined);
  });

  it("keeps keys as they were, in their order", () => {
    const key = {
      name: "bob",
      fingerprint: "b",
      der: Buffer.from([1, 2]),
      isVerified: false,
      isPinned: true,
    };
    const first = { ...key, standing: "usual" } as const;
    const second = { ...key, name: "ann", fingerprint: "a", standing: "blocked" } as const;
    using((history) => {
      history.saveTrustedKey(first);
      history.saveTrustedKey(second);
      history.saveTrustedKey({ ...first, isVerified: true });
    });
    expect(using((history) => history.trustedKeys())).to.deep.equal([{ ...first, isVerified: true }, second]);
    using((history) => history.removeTrustedKey("b"));
    expect(using((history) => history.trustedKeys())).to.deep.equal([second]);
  });

  it("knows what waits for a peer, in the order of writing, and where each message stands", () => {
    using((history) => {
      for (const text of ["one", "two", "three"]) say(history, text, ["bob", "carol"]);
      history.markSent(1, "bob");
      expect(history.settle("two", "bob", "delivered")).to.equal(2);
      expect(history.settle("two", "bob", "delivered"), "only once").to.equal(undefined);
      expect(history.settle("none", "bob", "delivered")).to.equal(undefined);
      expect(history.settle("one", "dave", "delivered")).to.equal(undefined);
    });
    using((history) => {
      expect(history.openMessages("bob", 0, 9).map(({ number }) => number)).to.deep.equal([1, 3]);
      expect(history.openMessages("bob", 1, 9).map(({ number }) => number)).to.deep.equal([3]);
      expect(history.openMessages("carol", 0, 2).map(({ number }) => number)).to.deep.equal([1, 2]);
      expect(history.lines("bob", 9).map(({ state }) => state)).to.deep.equal([
        "sent",
        "delivered",
        "queued",
      ]);
      expect(history.requeue("bob")).to.deep.equal([1]);
      history.markSent(3, "bob");
      history.requeueAll();
      expect(history.lines("bob", 2).map(({ state }) => state)).to.deep.equal(["delivered", "queued"]);
    });
  });

  it("gives up what went to all, after its time, and never queues it", () => {
    using((history) => {
      say(history, "all", ["bob", "carol"], "all");
      history.markSent(1, "bob");
      history.settle("all", "carol", "delivered");
      expect(history.requeue("bob")).to.deep.equal([]);
      expect(history.giveUpBroadcasts(0)).to.deep.equal([]);
      expect(history.giveUpBroadcasts(1)).to.deep.equal([{ number: 1, fingerprint: "bob" }]);
      expect(history.lines("bob", 9)[0]?.state).to.equal("failed");
    });
  });

  it("knows which acknowledgements of letters are too many for one writer, and keeps the youngest", () => {
    const letter = { body: "", signature: "", from: "alice", sent: 1 };
    using((history) => {
      for (let number = 0; number < 103; number++)
        history.keepOwnLetter({ ...letter, to: "bob", id: `${number}` }, "ack");
      history.keepOwnLetter({ ...letter, to: "carol", id: "carol's" }, "ack");
      history.keepOwnLetter({ ...letter, to: "bob", id: "no answer" }, "message");
      expect(history.tooManyAcks("bob")).to.deep.equal(["0", "1", "2"]);
      expect(history.tooManyAcks("carol")).to.deep.equal([]);
    });
  });

  it("keeps 512 rooms of others, and as many versions of these as they make", () => {
    const room = (number: number, version: number): SignedRoom => ({
      id: `maker${number >> 5}.${number}`,
      name: "room",
      members: [],
      version,
      body: "",
      signature: "",
    });
    using((history) => {
      history.transaction(() => {
        for (let number = 0; number < 512; number++)
          expect(history.keepRoom(room(number, 1), false)).to.equal(true);
      });
      expect(history.keepRoom(room(512, 1), false)).to.equal(false);
      expect(history.keepRoom(room(511, 2), false)).to.equal(true);
      expect(history.keepRoom(room(512, 1), false, Number.POSITIVE_INFINITY), "our own").to.equal(true);
    });
  });

  it("says so when it is used after it was closed, and does not end the program as libsql does", () => {
    const history = openHistory(dir);
    history.close();
    expect(() => history.rooms()).to.throw("the history is closed");
    expect(() => say(history, "hi")).to.throw("the history is closed");
  });

  it("names the file that is damaged, if that is the lock", () => {
    using(() => {});
    writeFileSync(join(dir, "lock"), Buffer.alloc(4096, "nonsense "));
    expect(refusal(dir)).to.equal(`${join(dir, "lock")} is damaged: remove it`);
  });

  it("takes a folder's name as it is, also where SQLite would read an address in it", () => {
    const folder = join(dir, "file:a?mode=memory");
    mkdirSync(folder);
    const before = process.cwd();
    try {
      process.chdir(dir);
      openHistory("file:a?mode=memory").close();
    } finally {
      process.chdir(before);
    }
    expect(readFileSync(join(folder, "history.db")).length).to.be.above(0);
  });

  it("keeps each message of others once, and knows which were not shown", () => {
    const message = { sender: "bob", id: "1", target: "you", text: "hi", received: 8 };
    using((history) => {
      expect(history.keepMessage(message)).to.equal(true);
      expect(history.keepMessage({ ...message, text: "other" })).to.equal(false);
      expect(history.keepMessage({ ...message, sender: "carol" })).to.equal(true);
      history.noteShown("carol", "1");
    });
    using((history) => {
      expect(history.messagesNotShown()).to.deep.equal([message]);
      expect(history.hasMessage("bob", "1")).to.equal(true);
      expect(history.hasMessage("bob", "2")).to.equal(false);
    });
  });

  it("lists both directions by time, the last ones", () => {
    using((history) => {
      say(history, "two");
      say(history, "three");
      history.keepMessage({ sender: "bob", id: "1", target: "letter", text: "one", received: 6 });
      history.keepMessage({ sender: "bob", id: "4", target: "you", text: "four", received: 8 });
      history.keepMessage({ sender: "carol", id: "5", target: "you", text: "five", received: 9 });
      expect(history.lines("bob", 9).map(({ text }) => text)).to.deep.equal(["one", "two", "three", "four"]);
      expect(history.lines("bob", 2).map(({ text }) => text)).to.deep.equal(["three", "four"]);
    });
  });

  it("keeps all of a transaction, or nothing", () => {
    using((history) => {
      const fail = (): void =>
        history.transaction(() => {
          say(history, "one");
          throw new UserError("no");
        });
      expect(fail).to.throw("no");
      expect(history.hasOpenMessages("bob")).to.equal(false);
      expect(say(history, "two")).to.be.greaterThan(0);
    });
  });
});
