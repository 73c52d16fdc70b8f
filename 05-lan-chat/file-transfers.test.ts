import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LanMesh, type LanPeer } from "../tests/support/peers-in-memory.ts";
import { UserError } from "./program.ts";
import { partName } from "./transfers.ts";

const FILE = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";

describe("05 files between peers (P9.9)", () => {
  let mesh: LanMesh;
  let alice: LanPeer;
  let bob: LanPeer;

  beforeEach(async () => {
    mesh = new LanMesh("alice", "bob");
    [alice, bob] = [mesh.get("alice"), mesh.get("bob")];
    for (const peer of mesh.peers) await peer.conversations.start();
  });

  afterEach(async () => await mesh.close());

  /** A file of alice's. */
  function make(name: string, size: number): { path: string; bytes: Buffer; sha256: string } {
    const path = join(alice.dir, name);
    const bytes = randomBytes(size);
    writeFileSync(path, bytes);
    return { path, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  }

  async function offer(path: string): Promise<number> {
    const before = bob.shown.length;
    const number = alice.conversations.offer(bob.identity.fingerprint, path);
    await mesh.until(() => bob.shown.length > before);
    return await number;
  }

  function received(name: string): Buffer {
    return readFileSync(join(bob.dir, "files", name));
  }

  function parts(): string[] {
    return readdirSync(join(bob.dir, "files", ".part"));
  }

  /** Says something to bob as alice's program would not. @param expected how many answers to wait for @returns them */
  async function tell(
    expected: number,
    ...objects: { type: string; [member: string]: unknown }[]
  ): Promise<unknown[]> {
    mesh.connect(alice, bob);
    for (const object of objects) alice.sessions.get(bob.identity.fingerprint)?.send(object);
    mesh.arrive(alice, bob);
    const answers: unknown[] = [];
    await mesh.until(() => {
      // Taken before alice's program gets them.
      bob.turn();
      answers.push(...(bob.sessions.get(alice.identity.fingerprint)?.underway.splice(0) ?? []));
      return answers.length >= expected;
    });
    return answers;
  }

  function hasShown(peer: LanPeer, line: string | RegExp): boolean {
    return peer.shown.some((shown) => (typeof line === "string" ? shown === line : line.test(shown)));
  }

  for (const size of [0, 1, 65_536, 65_537, 3_000_000]) {
    it(`of ${size} bytes arrive whole, and nothing of them is left over`, async () => {
      const { path, bytes } = make("photo.jpg", size);
      const number = await offer(path);
      expect(bob.shown).to.deep.equal([`alice offers file 1: photo.jpg, ${size} bytes`]);
      expect(bob.conversations.transfers()[0]).to.include({
        number: 1,
        direction: "in",
        state: "offered",
        size,
      });
      bob.conversations.take(1);
      await mesh.until(() => hasShown(alice, `file ${number} sent to bob`) && hasShown(bob, /received/));
      expect(bob.shown[1]).to.equal(`file 1 received: ${join(bob.dir, "files", "photo.jpg")}`);
      expect(alice.shown).to.deep.equal([`file ${number} sent to bob`]);
      expect(received("photo.jpg").equals(bytes)).to.equal(true);
      expect(parts()).to.deep.equal([]);
      expect([...alice.conversations.transfers(), ...bob.conversations.transfers()]).to.deep.equal([]);
    });
  }

  it("go on where they were, over cuts and restarts of both sides, and are taken again unasked", async () => {
    const { path, bytes } = make("photo.jpg", 3_000_000);
    await offer(path);
    bob.conversations.take(1);
    for (
      let round = 0;
      round < 200 && !bob.shown.some((line) => line.startsWith("file 1 received"));
      round++
    ) {
      for (let turns = 0; turns < 6; turns++) {
        for (const peer of mesh.peers) peer.turn();
        mesh.arrive(alice, bob, 3);
        mesh.arrive(bob, alice, 2);
        await new Promise(setImmediate);
      }
      if (round % 3 === 0) mesh.cut(alice, bob);
      const restarted = round % 7 === 3 ? alice : round % 7 === 5 ? bob : undefined;
      // What is killed does nothing more. Here it would go on with its files beside the one that is started.
      await restarted?.conversations.close();
      restarted?.restart();
      mesh.connect(alice, bob);
    }
    await mesh.until(() => hasShown(alice, "file 1 sent to bob"));
    expect(received("photo.jpg").equals(bytes)).to.equal(true);
    expect(alice.shown.filter((line) => line.startsWith("file"))).to.deep.equal(["file 1 sent to bob"]);
    expect(
      bob.shown.filter((line) => line.includes("offers")),
      "asked once",
    ).to.have.length(1);
    expect(readdirSync(join(bob.dir, "files"))).to.have.members([".part", "photo.jpg"]);
  });

  it("are put beside a file that has the name already, never over it", async () => {
    mkdirSync(join(bob.dir, "files"), { recursive: true });
    writeFileSync(join(bob.dir, "files", "a.txt"), "old");
    symlinkSync("nowhere", join(bob.dir, "files", "a (1).txt"));
    await offer(make("a.txt", 10).path);
    bob.conversations.take(1);
    await mesh.until(() => hasShown(bob, /received/));
    expect(received("a.txt").toString()).to.equal("old");
    expect(received("a (2).txt")).to.have.length(10);
    expect(existsSync(join(bob.dir, "files", "nowhere"))).to.equal(false);
  });

  it("that are refused, cancelled, or gone fail on both sides, and leave no part", async () => {
    const { path } = make("a.txt", 200_000);
    await offer(path);
    bob.conversations.refuse(1);
    await mesh.until(() => hasShown(alice, "file 1 failed: bob has refused it"));
    expect(bob.shown.at(-1)).to.equal("file 1 failed: you have refused it");
    await offer(path);
    bob.conversations.take(2);
    await mesh.until(() => (bob.conversations.transfers()[0]?.done ?? 0) > 0);
    alice.conversations.refuse(2);
    await mesh.until(() => hasShown(bob, "file 2 failed: alice has cancelled it"));
    await mesh.until(() => parts().length === 0);
    await offer(path);
    rmSync(path);
    bob.conversations.take(3);
    await mesh.until(() => hasShown(bob, "file 3 failed: alice has cancelled it"));
    expect(alice.shown.at(-1)).to.match(/^file 3 failed: ENOENT/);
    expect(() => bob.conversations.take(3)).to.throw("nobody offers a file 3");
    expect(() => bob.conversations.refuse(3)).to.throw("no offer");
  });

  it("with a wrong hash are removed", async () => {
    const sha256 = "a".repeat(64);
    await tell(0, { type: "offer", file: FILE, name: "a", size: 2, sha256 });
    bob.conversations.take(1);
    expect(await tell(1)).to.deep.equal([{ type: "accept", file: FILE, offset: 0 }]);
    expect(await tell(1, { type: "chunk", file: FILE, offset: 0, data: "aGk=" })).to.deep.equal([
      { type: "cancel", file: FILE },
    ]);
    await mesh.until(() => hasShown(bob, /^file 1 failed: .*SHA-256/));
    expect(readdirSync(join(bob.dir, "files"))).to.deep.equal([".part"]);
    expect(parts()).to.deep.equal([]);
  });

  it("come in order, in pieces that are not empty and not beyond the size, 16 of them open: else the session ends", async () => {
    await tell(0, { type: "offer", file: FILE, name: "a", size: 100, sha256: "a".repeat(64) });
    mesh.connect(alice, bob);
    const session = bob.sessions.get(alice.identity.fingerprint);
    if (session === undefined) throw new Error("no session");
    const chunk = { type: "chunk", file: FILE, offset: 0, data: "aGk=" };
    const take = (change: object): boolean => bob.conversations.received(session, { ...chunk, ...change });
    expect(take({}), "not accepted").to.equal(false);
    bob.conversations.take(1);
    await tell(1);
    for (const change of [
      { offset: 2 },
      { data: "" },
      { data: Buffer.alloc(101).toString("base64") },
      { offset: -1 },
    ]) {
      expect(take(change), JSON.stringify(change)).to.equal(false);
    }
    for (let piece = 0; piece < 16; piece++) expect(take({ offset: 2 * piece })).to.equal(true);
    expect(take({ offset: 32 }), "one too many").to.equal(false);
    expect(take({ file: OTHER }), "unknown: passed over").to.equal(true);
  });

  it("are offered 16 at a time by one key, of 1 GiB at most; more are refused", async () => {
    const offers = Array.from({ length: 17 }, (_, number) => ({
      type: "offer",
      file: number.toString(16).padStart(32, "0"),
      name: "a",
      size: number,
      sha256: "a".repeat(64),
    }));
    expect(await tell(1, ...offers)).to.deep.equal([{ type: "refuse", file: offers[16]?.file }]);
    expect(bob.conversations.transfers()).to.have.length(16);
    bob.conversations.refuse(1);
    await tell(1);
    const big = { type: "offer", file: FILE, name: "a", size: 2 ** 30 + 1, sha256: "b".repeat(64) };
    expect(await tell(1, big)).to.deep.equal([{ type: "refuse", file: FILE }]);
    expect(await tell(0, { ...big, size: 2 ** 30 })).to.deep.equal([]);
    expect(bob.shown.at(-1)).to.equal("alice offers file 17: a, 1073741824 bytes");
  });

  it("of the same bytes, offered twice in one session, are two files, and come one after the other", async () => {
    const sha256 = createHash("sha256").update("hi").digest("hex");
    const first = { type: "offer", file: FILE, name: "a", size: 2, sha256 };
    const third = { ...first, file: "0".repeat(32) };
    expect(await tell(0, first, { ...first, file: OTHER }, third)).to.deep.equal([]);
    for (const number of [1, 2]) bob.conversations.take(number);
    expect(await tell(1)).to.deep.equal([{ type: "accept", file: FILE, offset: 0 }]);
    bob.conversations.refuse(3);
    expect(await tell(1)).to.deep.equal([{ type: "refuse", file: third.file }]);
    // An offer that is refused takes nothing from the one that comes.
    const chunk = { type: "chunk", offset: 0, data: "aGk=" };
    expect(await tell(2, { ...chunk, file: FILE })).to.have.deep.members([
      { type: "chunk-ack", file: FILE, offset: 0 },
      { type: "accept", file: OTHER, offset: 0 },
    ]);
    await tell(1, { ...chunk, file: OTHER });
    await mesh.until(() => hasShown(bob, /^file 2 received: /));
    expect(received("a").toString() + received("a (1)").toString()).to.equal("hihi");
    expect(parts()).to.deep.equal([]);
  });

  it("move four at a time", async () => {
    const offers = Array.from({ length: 5 }, (_, number) => ({
      type: "offer",
      file: number.toString(16).padStart(32, "0"),
      name: `${number}`,
      size: 2,
      sha256: createHash("sha256").update(`${number}.`).digest("hex"),
    }));
    await tell(0, ...offers);
    for (let number = 1; number <= 5; number++) bob.conversations.take(number);
    const accepted = await tell(4);
    expect(accepted.map((answer) => (answer as { file: string }).file)).to.have.members(
      offers.slice(0, 4).map(({ file }) => file),
    );
    const data = Buffer.from("2.").toString("base64");
    const answers = await tell(2, { type: "chunk", file: offers[2]?.file, offset: 0, data });
    expect(answers).to.deep.include({ type: "accept", file: offers[4]?.file, offset: 0 });
    expect(answers).to.deep.include({ type: "chunk-ack", file: offers[2]?.file, offset: 0 });
  });

  it("are not written through a link that lies in the place of a part", async () => {
    const sha256 = createHash("sha256").update("hi").digest("hex");
    await tell(0, { type: "offer", file: FILE, name: "a", size: 2, sha256 });
    const victim = join(bob.dir, "victim");
    writeFileSync(victim, "");
    symlinkSync(
      victim,
      join(bob.dir, "files", ".part", partName(alice.identity.fingerprint, { sha256, size: 2 })),
    );
    bob.conversations.take(1);
    expect(await tell(1)).to.deep.equal([{ type: "cancel", file: FILE }]);
    expect(readFileSync(victim)).to.have.length(0);
    await mesh.until(() => hasShown(bob, /^file 1 failed: ELOOP/));
  });

  it("that had their name just before a crash are finished at the next start, and stand there once", async () => {
    const { bytes, sha256 } = make("a", 2);
    await tell(0, { type: "offer", file: FILE, name: "a", size: 2, sha256 });
    bob.conversations.take(1);
    await tell(1);
    const part = join(bob.dir, "files", ".part", partName(alice.identity.fingerprint, { sha256, size: 2 }));
    const path = join(bob.dir, "files", "a");
    for (const hasPart of [true, false]) {
      const [record] = bob.history.openFiles();
      if (record === undefined) throw new Error("no file");
      writeFileSync(part, bytes);
      linkSync(part, path);
      if (!hasPart) rmSync(part);
      bob.history.updateFile({ ...record, path });
      bob.shown.length = 0;
      bob.restart();
      await mesh.until(() => hasShown(bob, `file 1 received: ${path}`));
      expect(readdirSync(join(bob.dir, "files"))).to.have.members([".part", "a"]);
      expect(parts()).to.deep.equal([]);
      const again = { type: "offer", file: FILE, name: "a", size: 2, sha256 };
      expect(await tell(1, again), "offered again").to.deep.equal([
        { type: "accept", file: FILE, offset: 2 },
      ]);
      bob.history.updateFile(record);
      rmSync(path);
    }
  });

  it("that nobody offers again make room for new offers", async () => {
    const offers = (start: number): { type: string; [member: string]: unknown }[] =>
      Array.from({ length: 16 }, (_, number) => ({
        type: "offer",
        file: (start + number).toString(16).padStart(32, "0"),
        name: "a",
        size: start + number,
        sha256: "a".repeat(64),
      }));
    await tell(0, ...offers(0));
    mesh.cut(alice, bob);
    expect(await tell(0, ...offers(16))).to.deep.equal([]);
    expect(bob.conversations.transfers()).to.have.length(16);
  });

  it("whose part cannot be removed are over all the same, and a note says that it was left", async () => {
    const sha256 = createHash("sha256").update("hi").digest("hex");
    await tell(0, { type: "offer", file: FILE, name: "a", size: 2, sha256 });
    rmSync(join(bob.dir, "files", ".part"), { recursive: true });
    writeFileSync(join(bob.dir, "files", ".part"), "");
    bob.conversations.refuse(1);
    await mesh.until(() => bob.notes.length > 1);
    expect(bob.notes[1]).to.match(/^what has come of file 1 was left in files\/\.part: ENOTDIR/);
    expect(bob.conversations.transfers()).to.deep.equal([]);
  });

  it("that are offered again and again in one session have their part read twice, not once for each offer", async () => {
    const offer = { type: "offer", file: FILE, name: "a", size: 2, sha256: "a".repeat(64) };
    await tell(0, offer);
    bob.conversations.take(1);
    const answers = await tell(1, ...Array.from({ length: 100 }, () => offer));
    await bob.conversations.close();
    mesh.peers.forEach((peer) => void peer.turn());
    answers.push(...(bob.sessions.get(alice.identity.fingerprint)?.underway ?? []));
    expect(answers.length).to.be.below(3);
  });

  it("need folders, not links to some", async () => {
    rmSync(join(bob.dir, "files"), { recursive: true });
    symlinkSync(alice.dir, join(bob.dir, "files"));
    const error = await bob.conversations.start().catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError);
    expect(readdirSync(alice.dir)).not.to.include(".part");
    rmSync(join(bob.dir, "files"));
  });

  it("cannot be a folder, or missing", async () => {
    for (const path of [alice.dir, join(alice.dir, "missing")]) {
      const error = await alice.conversations
        .offer(bob.identity.fingerprint, path)
        .catch((reason: unknown) => reason);
      expect(String(error)).to.match(/no file that can be sent|cannot read/);
    }
  });
});
