// P9.11, with real kill -9: bob is killed again and again, at drawn moments, while messages, letters and a file go both
// ways. Alice, who is this test, believes bob's acknowledgements. In the end nothing that bob acknowledged may be missing,
// nothing may stand twice, and nothing may never have been shown.

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { openHistory } from "../05-lan-chat/history.ts";
import { makeLetter } from "../05-lan-chat/letters.ts";
import { writeBundles } from "../checks/engine/bundles.ts";
import { makeFolder, removeFolder } from "../checks/engine/own-folder.ts";
import { Random } from "../checks/engine/random.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { knownIdentity } from "./support/known-identities.ts";
import { SEED } from "./support/on-the-wire.ts";

/** How often bob is killed. */
const KILLS = 150;

/** Bob says at most this many lines before they are killed, and lives at most so long after the last of them, in milliseconds. */
const MOST_LINES = 25;
const LONGEST_WAIT = 6;

/** If bob has no more to say, they are killed after this time, in milliseconds. */
const LONGEST_LIFE = 100;

const PIECE = 60_000;

/** A carrier takes 100 letters of one writer. */
const MOST_CARRIED = 100;

const [alice, bob, carol] = [knownIdentity("alice"), knownIdentity("bob"), knownIdentity("carol")];

/** An object that alice sends until bob has answered it. */
interface Sent {
  object: { type: string; id?: string; [member: string]: unknown };
  text: string;
  isAnswered: boolean;
}

/** A file that alice offers. */
interface OfferedFile {
  file: string;
  bytes: Buffer;
  sha256: string;
  /** How far bob has acknowledged it. */
  acknowledged: number;
  isSent: boolean;
}

/** Alice, who outlives all of bob's lives. */
class Alice {
  readonly random: Random;
  /** Messages to bob, letters for bob, and letters for carol that bob carries. */
  readonly messages: Sent[] = [];
  readonly letters: Sent[] = [];
  readonly carried: Sent[] = [];
  readonly files: OfferedFile[] = [];
  /** All that bob has ever shown. */
  readonly shown: string[] = [];
  /** The texts of bob's messages, by their ids, in the order in which they came first. */
  readonly fromBob = new Map<string, string>();
  /** The ids of bob's letters that acknowledge. */
  readonly acknowledgements = new Set<string>();
  /** The numbers of alice's offers that bob has shown. */
  readonly #offers = new Set<number>();
  said = 0;
  #write: (value: unknown) => void = () => {};

  constructor(random: Random) {
    this.random = random;
  }

  #id(): string {
    return this.random.bytes(16).toString("hex");
  }

  /** Bob has been started: what they have not answered is sent again, and something new. */
  connected(write: (value: unknown) => void): void {
    this.#write = write;
    for (const sent of [...this.messages, ...this.letters, ...this.carried]) this.#send(sent);
    for (const file of this.files) if (!file.isSent) this.#offer(file);
    // Bob's user has seen the offer, and bob may have been killed before they were told to take it.
    for (const take of this.#offers) this.#write({ take });
  }

  #send({ object, isAnswered }: Sent): void {
    if (!isAnswered) this.#write({ receive: object });
  }

  #offer({ file, bytes, sha256 }: OfferedFile): void {
    this.#write({ receive: { type: "offer", file, name: "f.bin", size: bytes.length, sha256 } });
  }

  /** Something new of everything. */
  begin(): void {
    for (let count = this.random.integer(1, 4); count > 0; count--) {
      const [id, text] = [this.#id(), `message ${this.messages.length}`];
      const message = { object: { type: "message", id, to: "you", text }, text, isAnswered: false };
      this.messages.push(message);
      this.#send(message);
    }
    this.#begin(this.letters, "letter", bob);
    if (this.carried.length < MOST_CARRIED) this.#begin(this.carried, "carried", carol);
    this.said += 1;
    this.#write({ say: `said ${this.said}` });
    if (this.files.every(({ isSent }) => isSent)) {
      const bytes = this.random.bytes(this.random.integer(0, 3) * PIECE + 1);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const file = { file: this.#id(), bytes, sha256, acknowledged: 0, isSent: false };
      this.files.push(file);
      this.#offer(file);
    }
  }

  #begin(list: Sent[], name: string, to: typeof bob): void {
    const [id, text] = [this.#id(), `${name} ${list.length}`];
    const { body, signature } = makeLetter(alice, to, { type: "message", text }, id, Date.now());
    const letter = { object: { type: "letter", id, body, signature }, text, isAnswered: false };
    list.push(letter);
    this.#send(letter);
  }

  /** Bob has sent or shown something. */
  hear({ show, send }: { show?: string; send?: Record<string, unknown> }): void {
    if (show !== undefined) {
      this.shown.push(show);
      const number = /^alice offers file (\d+)/.exec(show)?.[1];
      if (number !== undefined) {
        this.#offers.add(Number(number));
        this.#write({ take: Number(number) });
      }
    }
    if (send !== undefined) this.#answer(send);
  }

  #answer({ type, id, text, from, file, offset, body }: Record<string, unknown>): void {
    switch (type) {
      case "ack":
        return this.#note(this.messages, id);
      case "letter-ack":
        expect(from).to.equal(alice.fingerprint);
        this.#note(this.letters, id);
        this.#note(this.carried, id);
        return;
      case "message":
        this.fromBob.set(String(id), String(text));
        // Sometimes an acknowledgement does not come through.
        if (this.random.integer(0, 3) > 0) this.#write({ receive: { type: "ack", id } });
        return;
      case "letter": {
        const letter: { id: string } = JSON.parse(String(body));
        this.acknowledgements.add(letter.id);
        if (this.random.integer(0, 3) > 0) {
          this.#write({ receive: { type: "letter-ack", from: bob.fingerprint, id: letter.id } });
        }
        return;
      }
      case "accept":
        return this.#accepted(String(file), Number(offset));
      case "chunk-ack":
        return this.#acknowledged(String(file), Number(offset));
      default:
        throw new Error(`bob must not send ${String(type)}`);
    }
  }

  #note(list: Sent[], id: unknown): void {
    const sent = list.find(({ object }) => object.id === id);
    if (sent !== undefined) sent.isAnswered = true;
  }

  #accepted(id: string, offset: number): void {
    const file = this.files.find((one) => one.file === id);
    if (file === undefined) throw new Error("no such file");
    expect(offset, "what was acknowledged is there").to.be.at.least(file.acknowledged);
    if (offset === file.bytes.length) file.isSent = true;
    for (let next = offset; next < file.bytes.length; next += PIECE) {
      const data = file.bytes.subarray(next, next + PIECE).toString("base64");
      this.#write({ receive: { type: "chunk", file: id, offset: next, data } });
    }
  }

  #acknowledged(id: string, offset: number): void {
    const file = this.files.find((one) => one.file === id);
    if (file === undefined) return;
    file.acknowledged = Math.min(offset + PIECE, file.bytes.length);
    if (file.acknowledged === file.bytes.length) file.isSent = true;
  }

  get isDone(): boolean {
    const answered = [...this.messages, ...this.letters, ...this.carried].every(
      ({ isAnswered }) => isAnswered,
    );
    return answered && this.files.every(({ isSent }) => isSent);
  }
}

/**
 * One life of bob.
 * @param last bob is killed soon after this many lines; undefined: when all is answered
 * @returns when bob is dead, and all that they have said was heard
 */
async function live(command: string[], sender: Alice, last?: number): Promise<void> {
  const [program = "", ...words] = command;
  const child: ChildProcess = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no pipes");
  stdin.on("error", () => {}); // Bob does not read any more: they are dead.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const kill = (): boolean => child.kill("SIGKILL");
  let lines = 0;
  let problem: unknown;
  createInterface({ input: stdout }).on("line", (line) => {
    lines += 1;
    try {
      const heard = JSON.parse(line);
      if (heard.show === "ready") {
        sender.connected((value) => stdin.write(`${JSON.stringify(value)}\n`));
        sender.begin();
        if (last !== undefined) setTimeout(kill, LONGEST_LIFE);
      } else sender.hear(heard);
    } catch (error) {
      problem = error;
      kill();
    }
    if (lines === last) setTimeout(kill, sender.random.integer(0, LONGEST_WAIT));
    if (last === undefined && sender.isDone) kill();
  });
  await closed;
  if (problem !== undefined) throw problem;
  if (child.signalCode !== "SIGKILL") throw new Error(`bob has ended without a kill (${child.exitCode})`);
}

describe("05 the history after kill -9 (P9.7, P9.8, P9.9, P9.11)", () => {
  let bundles: string;
  let dir: string;

  before(async function () {
    this.timeout(60_000);
    bundles = makeFolder(join(COURSE_FOLDER, "work"), ".bundles-");
    await writeBundles(new Map([["bob", join(COURSE_FOLDER, "tests/support/history-child.ts")]]), bundles);
    dir = mkdtempSync(join(tmpdir(), "lan-kill-"));
  });

  after(() => {
    removeFolder(bundles);
    rmSync(dir, { recursive: true, force: true });
  });

  it(`misses nothing that was acknowledged, and has nothing twice, after ${KILLS} kills`, async function () {
    this.timeout(300_000);
    const sender = new Alice(new Random(`kill ${SEED}`));
    const command = [process.execPath, join(bundles, "bob.js"), dir];
    for (let kill = 0; kill < KILLS; kill++) {
      await live(command, sender, sender.random.integer(1, MOST_LINES));
    }
    await live(command, sender);
    check(sender, dir);
  });
});

function check(sender: Alice, dir: string): void {
  const history = openHistory(dir);
  try {
    const lines = history.lines(alice.fingerprint, 1_000_000);
    const kept = lines.filter(({ isOwn }) => !isOwn).map(({ text }) => text);
    const texts = (list: Sent[]): string[] => list.map(({ text }) => text);
    expect(kept.filter((text) => text.startsWith("message"))).to.deep.equal(texts(sender.messages));
    expect(kept.filter((text) => text.startsWith("letter")).sort()).to.deep.equal(
      texts(sender.letters).sort(),
    );
    const shown = new Set(sender.shown);
    for (const text of texts(sender.messages)) expect(shown.has(`alice> ${text}`), text).to.equal(true);
    for (const text of texts(sender.letters))
      expect(shown.has(`letter from alice> ${text}`), text).to.equal(true);
    const carried = history.carriedTo(carol.fingerprint).map(({ id }) => id);
    expect(carried).to.have.members(sender.carried.map(({ object }) => object.id));
    checkOwn(
      sender,
      lines.filter(({ isOwn }) => isOwn).map(({ text }) => text),
    );
    checkFiles(sender, join(dir, "files"));
  } finally {
    history.close();
  }
}

/** What bob has shown as their own was sent, in its order and once: else it stands in the history and waits. */
function checkOwn(sender: Alice, own: string[]): void {
  const shown = sender.shown.flatMap(
    (line) => /^(\d+) to alice> (.*)$/.exec(line)?.slice(1, 3).join(" ") ?? [],
  );
  expect(new Set(shown).size, "each number is shown once").to.equal(shown.length);
  for (const line of shown) expect(own, line).to.include(line.slice(line.indexOf(" ") + 1));
  expect(new Set(own).size).to.equal(own.length);
  const came = [...sender.fromBob.values()];
  expect(came, "in the order of their writing").to.deep.equal(own.filter((text) => came.includes(text)));
  expect(came).to.include(own.at(0));
}

function checkFiles(sender: Alice, folder: string): void {
  const names = readdirSync(folder).filter((name) => name !== ".part");
  const hashes = names.map((name) =>
    createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex"),
  );
  expect(hashes).to.have.members(sender.files.map(({ sha256 }) => sha256));
  expect(readdirSync(join(folder, ".part"))).to.deep.equal([]);
  const received = sender.shown.filter((line) => /^file \d+ received/.test(line));
  expect(new Set(received).size, "each file is shown").to.equal(sender.files.length);
  expect(sender.files.length).to.be.greaterThan(0);
}
