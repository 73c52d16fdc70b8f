// Checks clause P9.9: how stage 05's program offers, sends, takes and keeps files.

import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineChecks } from "./engine/check.ts";
import { ordered } from "./engine/connection.ts";
import type { Lan } from "./engine/lan.ts";
import type { Members } from "./engine/lan-context.ts";
import type { LanPeer, LanSession } from "./engine/lan-peer.ts";
import { type Talk, talk } from "./engine/lan-steps.ts";
import type { PeerUnderTest } from "./engine/launcher.ts";
import type { Scene } from "./engine/scene.ts";

/** The most bytes of a chunk, and how many of them are open at most. */
const CHUNK = 65_536;
const OPEN = 16;
/** How many files of one peer come at a time. */
const MOVING = 4;

/** Names as they are offered, and under which name the file is kept. */
const NAMES: readonly (readonly [string, string])[] = [
  ["photo.jpg", "photo.jpg"],
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\bob\\notes.txt", "notes.txt"],
  ["a/b\\c/d.txt", "d.txt"],
  ['what:*?"<>|now.txt', "whatnow.txt"],
  [" . hidden. . ", "hidden"],
  ["..", "file"],
  ["/", "file (1)"],
  ["con.txt", "_con.txt"],
  ["LPT1", "_LPT1"],
  ["photo.jpg", "photo (1).jpg"],
  ["photo.jpg", "photo (2).jpg"],
  ["bell\u0007.txt", "bell\ufffd.txt"],
];

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

interface Offer extends Members {
  type: "offer";
  file: string;
  name: string;
  size: number;
  sha256: string;
}

function offerOf(bytes: Buffer, name: string, others: Members = {}): Offer {
  return {
    type: "offer",
    file: randomBytes(16).toString("hex"),
    name,
    size: bytes.length,
    sha256: sha256(bytes),
    ...others,
  };
}

function chunkOf({ file }: Offer, bytes: Buffer, offset: number, length = CHUNK): Members {
  return {
    type: "chunk",
    file,
    offset,
    data: bytes.subarray(offset, offset + length).toString("base64"),
  };
}

/** Sends the pieces of a file from an offset on, and expects an answer to each. */
async function sendsChunks(
  session: LanSession,
  offer: Offer,
  bytes: Buffer,
  from = 0,
  to = bytes.length,
): Promise<void> {
  for (let offset = from; offset < to; offset += CHUNK) {
    await session.says(chunkOf(offer, bytes, offset));
    await session.hears({ type: "chunk-ack", file: offer.file, offset });
  }
}

/** The number that the program gives to an offer. */
async function isOffered(alice: PeerUnderTest, name: string, size: number): Promise<number> {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const line = await alice.shows(new RegExp(`^bob offers file [0-9]+: ${escaped}, ${size} bytes$`));
  return Number(/file ([0-9]+):/.exec(line)?.[1]);
}

/** The path that the program names for a file that it has received. */
async function isReceived(alice: PeerUnderTest, number: number): Promise<string> {
  const line = await alice.shows(new RegExp(`^file ${number} received: .`));
  return line.slice(line.indexOf(": ") + 2);
}

/** Expects that a file in the program's folder is as it was sent. */
async function isKept(scene: Scene, path: string, bytes: Buffer): Promise<void> {
  await scene.step(`${basename(path)} is as it was sent`, () => {
    const kept = existsSync(path) ? readFileSync(path) : undefined;
    if (!kept?.equals(bytes))
      scene.fails({
        expected: `${bytes.length} bytes, as they were sent, in ${path}`,
        received: kept === undefined ? "no such file" : `${kept.length} bytes`,
      });
    scene.observe();
  });
}

/** What is kept of an unfinished file. */
function partOf(alice: PeerUnderTest, bob: LanPeer, { sha256: hash, size }: Offer): string {
  const name = createHash("sha256").update([bob.key.fingerprint, hash, size].join("\n")).digest("hex");
  return join(alice.data, "files", ".part", name);
}

/** A file that the program offers, and its offer. */
async function isSent(
  { lan, alice, session }: Talk,
  bytes: Buffer,
  name: string,
): Promise<{ offer: Offer; path: string }> {
  const path = join(lan.folder("mine"), name);
  writeFileSync(path, bytes);
  await alice.enters(`/send bob ${path}`);
  const offer = (await session.hearsType("offer")) as Offer;
  await lan.scene.step("the offer is right", () => isOffer(lan, offer, bytes, name));
  return { offer, path };
}

function isOffer(lan: Lan, offer: Offer, bytes: Buffer, name: string): void {
  const expected = { ...offerOf(bytes, name), file: offer.file };
  const received = ordered(offer, expected);
  if (received !== JSON.stringify(expected) || !/^[0-9a-f]{32}$/.test(offer.file))
    lan.fails({ expected: JSON.stringify(expected), received, exact: true });
}

/** Takes the pieces of a file until its end. */
async function takesChunks(session: LanSession, offer: Offer, from = 0): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let offset = from; offset < offer.size; ) {
    const piece = await takesChunk(session, offer, offset);
    await session.says({ type: "chunk-ack", file: offer.file, offset });
    pieces.push(piece);
    offset += piece.length;
  }
  return Buffer.concat(pieces);
}

async function takesChunk(session: LanSession, offer: Offer, offset: number): Promise<Buffer> {
  const chunk = await session.hearsType("chunk");
  const bytes = Buffer.from(String(chunk.data), "base64");
  const { lan } = session.peer;
  if (chunk.file !== offer.file || chunk.offset !== offset || bytes.toString("base64") !== chunk.data)
    lan.fails({
      expected: `a chunk of ${offer.file} at ${offset}`,
      received: JSON.stringify(chunk).slice(0, 120),
    });
  if (bytes.length === 0 || bytes.length > CHUNK)
    lan.fails({ expected: `1 to ${CHUNK} bytes`, received: `${bytes.length} bytes` });
  return bytes;
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.9-taken",
    title: "an offer is shown; /take takes the file, in pieces that are acknowledged, into DIR/files",
    async run(scene) {
      const { alice, session } = await talk(scene);
      const bytes = randomBytes(2 * CHUNK + 777);
      const offer = offerOf(bytes, "photo.jpg");
      await session.says(offer);
      const number = await isOffered(alice, "photo.jpg", bytes.length);
      await alice.enters(`/take ${number}`);
      await session.hears({ type: "accept", file: offer.file, offset: 0 });
      await sendsChunks(session, offer, bytes);
      const path = await isReceived(alice, number);
      await isKept(scene, join(alice.data, "files", "photo.jpg"), bytes);
      await scene.step("the path that it names is that of the file", () => {
        if (basename(path) !== "photo.jpg")
          scene.fails({ expected: join(alice.data, "files", "photo.jpg"), received: path });
      });
    },
  },
  {
    id: "P9.9-refused",
    title: "/refuse says so to who offers, and so does a cancel end an offer",
    async run(scene) {
      const { alice, session } = await talk(scene);
      const offer = offerOf(Buffer.from("no"), "no.txt");
      await session.says(offer);
      const number = await isOffered(alice, "no.txt", 2);
      await alice.enters(`/refuse ${number}`);
      await session.hears({ type: "refuse", file: offer.file });
      const second = offerOf(Buffer.from("well"), "well.txt");
      await session.says(second);
      const next = await isOffered(alice, "well.txt", 4);
      await alice.enters(`/take ${next}`);
      await session.hears({ type: "accept", file: second.file, offset: 0 });
      await session.says({ type: "cancel", file: second.file });
      await alice.shows(new RegExp(`^file ${next} failed: .`));
    },
  },
  {
    id: "P9.9-empty",
    title: "a file of no bytes is a file",
    async run(scene) {
      const { alice, session } = await talk(scene);
      const offer = offerOf(Buffer.alloc(0), "empty.txt");
      await session.says(offer);
      const number = await isOffered(alice, "empty.txt", 0);
      await alice.enters(`/take ${number}`);
      await session.hears({ type: "accept", file: offer.file, offset: 0 });
      await isReceived(alice, number);
      await isKept(scene, join(alice.data, "files", "empty.txt"), Buffer.alloc(0));
    },
  },
  {
    id: "P9.9-names",
    title: "the name of a file leads nowhere else, is allowed on every system, and replaces no other file",
    likelyCause: "What another program says is joined to a path as it is.",
    async run(scene) {
      const { alice, session } = await talk(scene);
      for (const [index, [said, kept]] of NAMES.entries()) {
        const bytes = Buffer.from(`file ${index}`);
        const offer = offerOf(bytes, said);
        await session.says(offer);
        const line = await alice.shows(/^bob offers file [0-9]+: .*, [0-9]+ bytes$/);
        const number = Number(/file ([0-9]+):/.exec(line)?.[1]);
        await alice.enters(`/take ${number}`);
        await session.hears({ type: "accept", file: offer.file, offset: 0 });
        await sendsChunks(session, offer, bytes);
        await isReceived(alice, number);
        await isKept(scene, join(alice.data, "files", kept), bytes);
      }
      const long = `${"é".repeat(150)}.txt`;
      const offer = offerOf(Buffer.from("long"), long);
      await session.says(offer);
      const line = await alice.shows(/^bob offers file [0-9]+: .*, 4 bytes$/);
      const number = Number(/file ([0-9]+):/.exec(line)?.[1]);
      await alice.enters(`/take ${number}`);
      await session.hears({ type: "accept", file: offer.file, offset: 0 });
      await sendsChunks(session, offer, Buffer.from("long"));
      const name = basename(await isReceived(alice, number));
      await scene.step("a long name is cut to 120 bytes of UTF-8", () => {
        if (Buffer.byteLength(name) > 120 || name.includes("\ufffd") || !name.startsWith("éé"))
          scene.fails({ expected: "at most 120 bytes", received: `${name} (${Buffer.byteLength(name)})` });
      });
    },
  },
  {
    id: "P9.9-links",
    title: "a file is not written through a link that lies in its way",
    likelyCause: "The file is opened by its name, and links are followed.",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      const victim = lan.file("victim", "as it was");
      const bytes = Buffer.from("something else");
      const offer = offerOf(bytes, "link.txt");
      await session.says(offerOf(Buffer.from("x"), "first.txt"));
      await isOffered(alice, "first.txt", 1);
      await scene.step("a link lies where the parts and the files are kept", () => {
        for (const path of [partOf(alice, bob, offer), join(alice.data, "files", "link.txt")])
          try {
            symlinkSync(victim, path);
          } catch {
            // The folder is not there yet: then there is nothing to follow.
          }
      });
      await session.says(offer);
      const number = await isOffered(alice, "link.txt", bytes.length);
      await alice.enters(`/take ${number}`);
      const answer = await session.hearsType("accept", "refuse", "cancel");
      if (answer.type === "accept") {
        await session.says(chunkOf(offer, bytes, 0));
        await session.hearsType("chunk-ack", "cancel");
      }
      await alice.shows(new RegExp(`^file ${number} (?:received|failed): `));
      session.connection.ignoresTheRest();
      await isKept(scene, victim, Buffer.from("as it was"));
    },
  },
  {
    id: "P9.9-wrong-hash",
    title: "a file whose hash is wrong fails, and its part is removed",
    async run(scene) {
      const { alice, bob, session } = await talk(scene);
      const bytes = randomBytes(1000);
      const offer = offerOf(bytes, "wrong.bin", { sha256: sha256(Buffer.from("other")) });
      await session.says(offer);
      const number = await isOffered(alice, "wrong.bin", 1000);
      await alice.enters(`/take ${number}`);
      await session.hears({ type: "accept", file: offer.file, offset: 0 });
      await session.says(chunkOf(offer, bytes, 0));
      await alice.shows(new RegExp(`^file ${number} failed: .`));
      session.connection.ignoresTheRest();
      await scene.step("nothing of it is kept", () => {
        const path = [partOf(alice, bob, offer), join(alice.data, "files", "wrong.bin")].find((one) =>
          existsSync(one),
        );
        if (path !== undefined) scene.fails({ expected: "no file", received: path });
      });
    },
  },
  {
    id: "P9.9-wrong-pieces",
    title: "a piece that is empty, too long, out of order or beyond the size is not taken",
    async run(scene) {
      const { alice, bob, session } = await talk(scene);
      const wrong: Record<string, (offer: Offer, bytes: Buffer) => Members> = {
        "is empty": (offer, bytes) => chunkOf(offer, bytes, 0, 0),
        "does not come next": (offer, bytes) => chunkOf(offer, bytes, 5),
        "is longer than 65,536 bytes": (offer, bytes) => chunkOf(offer, bytes, 0, CHUNK + 1),
        "is no base64": (offer, bytes) => ({ ...chunkOf(offer, bytes, 0), data: "?" }),
        "goes beyond the size": (offer, bytes) => ({
          ...chunkOf(offer, bytes, 0),
          data: Buffer.alloc(offer.size + 1, 1).toString("base64"),
        }),
      };
      let current = session;
      for (const [index, [what, make]] of Object.entries(wrong).entries()) {
        scene.transcript.steps.push(`a piece comes that ${what}`);
        const bytes = randomBytes(what === "goes beyond the size" ? 100 : CHUNK + 10);
        const offer = offerOf(bytes, `wrong${index}.bin`);
        await current.says(offer);
        const number = await isOffered(alice, `wrong${index}.bin`, bytes.length);
        await alice.enters(`/take ${number}`);
        await current.hears({ type: "accept", file: offer.file, offset: 0 });
        await current.saysAll([make(offer, bytes), { type: "ping" }]);
        const answer = await current.hearsType("cancel", "error", "pong");
        if (answer.type === "error") current.connection.ignoresTheRest();
        else if (answer.type === "cancel") await current.hears({ type: "pong" });
        await scene.step("nothing of it is kept", () => {
          const part = partOf(alice, bob, offer);
          const size = existsSync(part) ? statSync(part).size : 0;
          if (size > 0) scene.fails({ expected: "an empty part, or none", received: `${size} bytes` });
        });
        if (answer.type === "error") current = await bob.opens(alice);
      }
    },
  },
  {
    id: "P9.9-continued",
    title: "after a loss or a restart a file that was taken is accepted again unasked, where its part ends",
    likelyCause: "The part is kept under another name, or thrown away with the session.",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      const bytes = randomBytes(4 * CHUNK + 99);
      const offer = offerOf(bytes, "long.bin");
      await session.says(offer);
      const number = await isOffered(alice, "long.bin", bytes.length);
      await alice.enters(`/take ${number}`);
      await session.hears({ type: "accept", file: offer.file, offset: 0 });
      await sendsChunks(session, offer, bytes, 0, CHUNK);
      await scene.step("its part has the name of P9.9", () => {
        const part = partOf(alice, bob, offer);
        if (!existsSync(part))
          scene.fails({
            expected: part,
            received: list(join(alice.data, "files", ".part")),
          });
      });
      await session.breaks();
      const second = await bob.opens(alice);
      await second.says(offer);
      await second.hears({ type: "accept", file: offer.file, offset: CHUNK });
      await sendsChunks(second, offer, bytes, CHUNK, 2 * CHUNK);
      second.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const third = await bob.opens(again);
      await third.says(offer);
      await third.hears({ type: "accept", file: offer.file, offset: 2 * CHUNK });
      await sendsChunks(third, offer, bytes, 2 * CHUNK);
      await again.shows(/^file [0-9]+ received: .*long\.bin$/);
      await isKept(scene, join(again.data, "files", "long.bin"), bytes);
    },
  },
  {
    id: "P9.9-too-large",
    title: "an offer of more than 2^30 bytes, of a wrong hash or a wrong id is no offer",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      const wrong: Record<string, Members> = {
        "2^30 + 1 bytes": { size: 2 ** 30 + 1 },
        "a negative size": { size: -1 },
        "a hash in upper case": { sha256: "AB".repeat(32) },
        "a short id": { file: "00" },
      };
      let current = session;
      for (const [what, members] of Object.entries(wrong)) {
        scene.transcript.steps.push(`an offer comes with ${what}`);
        await current.saysAll([offerOf(Buffer.from("x"), "x.txt", members), { type: "ping" }]);
        const answer = await current.hearsType("refuse", "cancel", "error", "pong");
        if (answer.type === "refuse" || answer.type === "cancel") await current.hears({ type: "pong" });
        if (answer.type !== "error") continue;
        current.connection.ignoresTheRest();
        current = await bob.opens(alice);
      }
      await lan.stats(alice); // What was shown before is read now.
      await alice.hasNotShown("bob offers");
    },
  },
  {
    id: "P9.9-offers",
    title: "at most 16 offers of one key are open",
    async run(scene) {
      const { lan, alice, session } = await talk(scene);
      const offers = Array.from({ length: OPEN + 4 }, (_, index) =>
        offerOf(Buffer.from(`${index}`), `${index}.txt`),
      );
      await session.saysAll([...offers, { type: "ping" }]);
      let answer = await session.hearsType("refuse", "cancel", "error", "pong");
      while (answer.type === "refuse" || answer.type === "cancel")
        answer = await session.hearsType("refuse", "cancel", "error", "pong");
      session.connection.ignoresTheRest();
      await lan.stats(alice); // What was shown before is read now.
      await scene.step("16 of 20 are shown", () => {
        const shown = alice.lines.filter((line) => line.startsWith("bob offers file ")).length;
        if (shown !== OPEN) scene.fails({ expected: `${OPEN} offers`, received: `${shown} offers` });
        scene.observe();
      });
    },
  },
  {
    id: "P9.9-four",
    title: "at most four files come at a time; the next one begins when one of them is there",
    likelyCause: "Every file that is taken is accepted at once.",
    async run(scene) {
      const { lan, alice, session } = await talk(scene);
      const files = Array.from({ length: MOVING + 1 }, (_, index) => {
        const bytes = Buffer.from(`file ${index}`);
        return { bytes, offer: offerOf(bytes, `${index}.txt`) };
      });
      await session.saysAll(files.map(({ offer }) => offer));
      const numbers: number[] = [];
      for (const { offer } of files) numbers.push(await isOffered(alice, offer.name, offer.size));
      await alice.enters(...numbers.map((number) => `/take ${number}`));
      const accepted: unknown[] = [];
      for (let count = 0; count < MOVING; count += 1) accepted.push((await session.hearsType("accept")).file);
      await lan.stats(alice);
      await sleep(300); // One more would have come by now.
      await session.says({ type: "ping" });
      await session.hears({ type: "pong" });
      const first = files.find(({ offer }) => offer.file === accepted[0]);
      if (first === undefined)
        return scene.fails({ expected: "an accept of a file that was offered", received: "of another" });
      await session.says(chunkOf(first.offer, first.bytes, 0));
      // Which of these two comes first is not said.
      const answers = [await session.hearsType("chunk-ack", "accept")];
      answers.push(await session.hearsType(answers[0]?.type === "accept" ? "chunk-ack" : "accept"));
      const last = files.find(({ offer }) => !accepted.includes(offer.file));
      await scene.step("the one that has waited is accepted", () => {
        const found = answers.find(({ type }) => type === "accept")?.file;
        if (found !== last?.offer.file)
          scene.fails({ expected: String(last?.offer.file), received: String(found) });
      });
      session.connection.ignoresTheRest();
    },
  },
  {
    id: "P9.9-sent",
    title: "/send offers a file, and sends it when it is accepted, in order and with at most 16 pieces open",
    likelyCause: "The whole file is written at once, whatever the other side has taken.",
    async run(scene) {
      const started = await talk(scene);
      const { alice, session } = started;
      const bytes = randomBytes(20 * CHUNK + 5);
      const { offer } = await isSent(started, bytes, "music.ogg");
      await session.says({ type: "accept", file: offer.file, offset: 0 });
      const pieces: Buffer[] = [];
      const offsets: number[] = [];
      let offset = 0;
      for (let count = 0; count < OPEN; count += 1) {
        const piece = await takesChunk(session, offer, offset);
        pieces.push(piece);
        offsets.push(offset);
        offset += piece.length;
      }
      await session.says({ type: "ping" });
      await session.hears({ type: "pong" });
      for (const one of offsets) await session.says({ type: "chunk-ack", file: offer.file, offset: one });
      pieces.push(await takesChunks(session, offer, offset));
      await alice.shows(/^file [0-9]+ sent to bob$/);
      await scene.step("it is the file", () => {
        if (!Buffer.concat(pieces).equals(bytes))
          scene.fails({ expected: `the ${bytes.length} bytes of the file`, received: "other bytes" });
      });
    },
  },
  {
    id: "P9.9-sent-from",
    title: "an accepted file is sent from the offset on; after a loss the offer is made again",
    async run(scene) {
      const started = await talk(scene);
      const { lan, alice, bob, session } = started;
      const bytes = randomBytes(3 * CHUNK);
      const { offer } = await isSent(started, bytes, "long.bin");
      await session.says({ type: "accept", file: offer.file, offset: 0 });
      const first = await takesChunk(session, offer, 0);
      await session.breaks();
      const second = await bob.opens(alice);
      const again = (await second.hearsType("offer")) as Offer;
      await scene.step("it is the same offer", () => isOffer(lan, again, bytes, "long.bin"));
      await second.says({ type: "accept", file: again.file, offset: first.length });
      const rest = await takesChunks(second, again, first.length);
      await alice.shows(/^file [0-9]+ sent to bob$/);
      await scene.step("the rest of the file has come", () => {
        if (!Buffer.concat([first, rest]).equals(bytes))
          scene.fails({ expected: "the bytes of the file", received: "other bytes" });
      });
    },
  },
  {
    id: "P9.9-not-sent",
    title: "an offer that is refused or cancelled fails; a file that is not there is an error",
    async run(scene) {
      const started = await talk(scene);
      const { lan, alice, session } = started;
      for (const type of ["refuse", "cancel"]) {
        const { offer } = await isSent(started, Buffer.from("please"), `${type}.txt`);
        await session.says({ type, file: offer.file });
        await alice.shows(/^file [0-9]+ failed: ./);
      }
      await alice.enters(`/send bob ${lan.path("none")}`);
      await alice.shows(/^error: ./);
    },
  },
]);

function list(folder: string): string {
  return existsSync(folder) ? readdirSync(folder).join(", ") || "an empty folder" : "no such folder";
}
