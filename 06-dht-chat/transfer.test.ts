// A file on its way, over a connection that is cut anywhere, from one store to another (P10.9).

import { expect } from "chai";
import fc from "fast-check";
import { type Bytes, toHex } from "./bytes.ts";
import {
  type ChunkContent,
  type Content,
  decodeContent,
  encodeContent,
  type OfferContent,
} from "./contents.ts";
import { sha256 } from "./cryptography.ts";
import type { StoredFile } from "./store.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import {
  IncomingTransfer,
  isFileSize,
  MAX_FILE_BYTES,
  MAX_PART_BYTES,
  OutgoingTransfer,
  type Part,
  WINDOW_BYTES,
} from "./transfer.ts";

const CHUNK = 65_536;
const ALICE = "a".repeat(64);
const FILE = 0xdeadbeef;

function bytesOf(size: number): Bytes {
  const bytes = new Uint8Array(size);
  for (let at = 0, state = 1; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

function offerOf(size: number, hash = "0".repeat(64)): OfferContent {
  return { type: "offer", file: FILE, name: "a", media: "", size, sha256: hash };
}

/** An offer that was accepted. */
function flowing(size: number, offset = 0): OutgoingTransfer {
  const transfer = new OutgoingTransfer(offerOf(size));
  transfer.offer();
  expect(transfer.receive({ type: "accept", file: FILE, offset })).to.equal(true);
  return transfer;
}

/** All that the window lets out now. */
function takeAll(transfer: OutgoingTransfer): { offset: number; length: number }[] {
  const ranges = [];
  for (let range = transfer.takeNext(); range !== undefined; range = transfer.takeNext()) ranges.push(range);
  return ranges;
}

function acknowledge(offset: number): Content {
  return { type: "chunk-ack", file: FILE, offset };
}

function chunk(offset: number, length: number): ChunkContent {
  return { type: "chunk", file: FILE, offset, bytes: new Uint8Array(length).fill(offset) };
}

/** Stores what can be stored. @returns the acknowledgements */
function storeAll(transfer: IncomingTransfer): number[] {
  const offsets: number[] = [];
  for (let part = transfer.takePart(); part !== undefined; part = transfer.takePart()) {
    transfer.stored(part);
    for (const content of part.acknowledgements)
      if (content.type === "chunk-ack") offsets.push(content.offset);
  }
  return offsets;
}

describe("06 a file at the offerer (P10.9)", () => {
  it("P10.9 a file has 1 to 26,214,400 bytes", () => {
    expect([1, MAX_FILE_BYTES].map(isFileSize)).to.deep.equal([true, true]);
    expect([0, -1, 1.5, MAX_FILE_BYTES + 1, Number.NaN].map(isFileSize)).to.deep.equal(Array(5).fill(false));
    expect(MAX_FILE_BYTES).to.equal(26_214_400);
  });

  it("P10.9 nothing is sent before the offer is accepted", () => {
    const transfer = new OutgoingTransfer(offerOf(10));
    expect(transfer.takeNext()).to.equal(undefined);
    expect(transfer.receive({ type: "accept", file: FILE, offset: 0 }), "before the offer").to.equal(false);
    expect(transfer.offer()).to.deep.equal(offerOf(10));
    expect(transfer.takeNext()).to.equal(undefined);
    expect(transfer.receive({ type: "accept", file: FILE, offset: 0 })).to.equal(true);
    expect(transfer.takeNext()).to.deep.equal({ offset: 0, length: 10 });
    expect(transfer.takeNext()).to.equal(undefined);
  });

  it("P10.9 the window is 4 MiB: used fully, and never exceeded", () => {
    const transfer = flowing(MAX_FILE_BYTES);
    const first = takeAll(transfer);
    expect(first).to.have.lengthOf(64);
    expect(first.every(({ offset, length }, index) => offset === index * CHUNK && length === CHUNK)).to.equal(
      true,
    );
    expect(WINDOW_BYTES).to.equal(4 * 1024 * 1024);
    transfer.receive(acknowledge(0));
    expect(takeAll(transfer)).to.deep.equal([{ offset: WINDOW_BYTES, length: CHUNK }]);
    transfer.receive(acknowledge(3 * CHUNK));
    expect(takeAll(transfer)).to.have.lengthOf(3);
    expect(transfer.done).to.equal(4 * CHUNK);
  });

  it("P10.9 it goes on from accept's offset, whatever that is, and the last chunk ends with the file", () => {
    const transfer = flowing(3 * CHUNK + 5, CHUNK + 7);
    expect(takeAll(transfer)).to.deep.equal([
      { offset: CHUNK + 7, length: CHUNK },
      { offset: 2 * CHUNK + 7, length: CHUNK - 2 },
    ]);
    expect(flowing(10, 10).takeNext()).to.equal(undefined);
  });

  it("P10.9 progress is what was acknowledged", () => {
    const transfer = flowing(3 * CHUNK);
    takeAll(transfer);
    expect(transfer.done).to.equal(0);
    transfer.receive(acknowledge(CHUNK));
    expect(transfer.done).to.equal(2 * CHUNK);
    transfer.receive(acknowledge(0));
    expect(transfer.done, "an older one changes nothing").to.equal(2 * CHUNK);
  });

  it("P10.9 an acknowledgement of what was not sent is passed over", () => {
    const transfer = flowing(MAX_FILE_BYTES);
    takeAll(transfer);
    for (const offset of [WINDOW_BYTES, 1, MAX_FILE_BYTES, 2 ** 32 - 1])
      expect(transfer.receive(acknowledge(offset))).to.equal(false);
    expect(transfer.done).to.equal(0);
    expect(transfer.takeNext()).to.equal(undefined);
    expect(transfer.receive({ type: "chunk-ack", file: FILE + 1, offset: 0 })).to.equal(false);
  });

  it("P10.9 a second answer to one offer does not open the window again", () => {
    const transfer = flowing(MAX_FILE_BYTES);
    takeAll(transfer);
    expect(transfer.receive({ type: "accept", file: FILE, offset: 0 })).to.equal(false);
    expect(transfer.receive({ type: "refuse", file: FILE })).to.equal(false);
    expect(transfer.takeNext()).to.equal(undefined);
  });

  it("P10.9 an offset beyond the file is no answer", () => {
    const transfer = new OutgoingTransfer(offerOf(10));
    transfer.offer();
    expect(transfer.receive({ type: "accept", file: FILE, offset: 11 })).to.equal(false);
    expect(transfer.state).to.equal("offered");
    expect(transfer.receive({ type: "accept", file: FILE, offset: 10 })).to.equal(true);
  });

  it("P10.9 after a loss the same offer is made, and nothing is sent before its answer", () => {
    const transfer = flowing(MAX_FILE_BYTES);
    takeAll(transfer);
    transfer.receive(acknowledge(CHUNK));
    transfer.lost();
    expect(transfer.takeNext()).to.equal(undefined);
    expect(transfer.receive(acknowledge(2 * CHUNK)), "of the lost session").to.equal(false);
    expect(transfer.receive({ type: "accept", file: FILE, offset: 0 }), "without an offer").to.equal(false);
    expect(transfer.offer()).to.deep.equal(offerOf(MAX_FILE_BYTES));
    // The receiver's disk may have lost what it had acknowledged.
    transfer.receive({ type: "accept", file: FILE, offset: 5 });
    expect(transfer.done).to.equal(5);
    expect(takeAll(transfer)).to.have.lengthOf(64);
  });

  it("P10.10 where a path is lost and the session stands, the offer is made again, and nothing is sent before its answer", () => {
    const transfer = flowing(MAX_FILE_BYTES);
    transfer.takeNext();
    expect(transfer.offer()).to.deep.equal(offerOf(MAX_FILE_BYTES));
    expect(transfer.takeNext()).to.equal(undefined);
    expect(transfer.receive(acknowledge(0)), "of the lost path").to.equal(false);
    transfer.receive({ type: "accept", file: FILE, offset: CHUNK });
    expect(transfer.takeNext()).to.deep.equal({ offset: CHUNK, length: CHUNK });
  });

  it("P10.9 a file that is over is not offered again, and nothing changes it", () => {
    const ends: [Content, string][] = [
      [{ type: "done", file: FILE }, "done"],
      [{ type: "cancel", file: FILE }, "cancelled"],
    ];
    for (const [content, state] of ends) {
      const transfer = flowing(10);
      expect(transfer.receive(content)).to.equal(true);
      expect(transfer.state).to.equal(state);
      expect(transfer.offer()).to.equal(undefined);
      for (const late of [...ends.map(([other]) => other), acknowledge(0)])
        expect(transfer.receive(late)).to.equal(false);
      expect([transfer.cancel(), transfer.fail(), transfer.state]).to.deep.equal([
        undefined,
        undefined,
        state,
      ]);
    }
  });

  it("P10.9 refused, cancelled here, cancelled there, not to be read: each is its own end", () => {
    const refused = new OutgoingTransfer(offerOf(10));
    refused.offer();
    expect(refused.receive({ type: "done", file: FILE }), "done before it was accepted").to.equal(false);
    refused.receive({ type: "refuse", file: FILE });
    expect(refused.state).to.equal("refused");
    const cancelled = flowing(10);
    expect(cancelled.cancel()).to.deep.equal({ type: "cancel", file: FILE });
    expect([cancelled.state, cancelled.takeNext()]).to.deep.equal(["cancelled", undefined]);
    const unreadable = flowing(10);
    expect(unreadable.fail()).to.deep.equal({ type: "cancel", file: FILE });
    expect(unreadable.state).to.equal("dropped");
  });

  it("P10.9 one that is cancelled after its last byte was wrong at the other end: dropped", () => {
    const transfer = flowing(10);
    takeAll(transfer);
    transfer.receive(acknowledge(0));
    transfer.receive({ type: "cancel", file: FILE });
    expect(transfer.state).to.equal("dropped");
  });

  it("P10.9 done says that all of it is there, also when its acknowledgements were lost", () => {
    const transfer = new OutgoingTransfer(offerOf(10), { state: "passing", done: 3 });
    expect([transfer.state, transfer.done]).to.deep.equal(["passing", 3]);
    transfer.offer();
    transfer.receive({ type: "done", file: FILE });
    expect([transfer.state, transfer.done]).to.deep.equal(["done", 10]);
  });
});

describe("06 a file at the receiver (P10.9)", () => {
  it("P10.9 a chunk is acknowledged when it is stored, not before", () => {
    const transfer = new IncomingTransfer(offerOf(10), 0);
    expect(transfer.accept()).to.deep.equal({ type: "accept", file: FILE, offset: 0 });
    expect(transfer.receive(chunk(0, 10))).to.equal(undefined);
    const part = transfer.takePart() as Part;
    expect([transfer.done, transfer.isWhole]).to.deep.equal([0, false]);
    expect(transfer.receive(chunk(0, 10)), "again, while it is being stored").to.equal(undefined);
    transfer.stored(part);
    expect(part.acknowledgements).to.deep.equal([acknowledge(0)]);
    expect([transfer.done, transfer.isWhole]).to.deep.equal([10, true]);
    expect(transfer.takePart()).to.equal(undefined);
  });

  it("P10.9 a chunk that came before is acknowledged again, and not stored again", () => {
    const transfer = new IncomingTransfer(offerOf(20), 0);
    transfer.receive(chunk(0, 10));
    storeAll(transfer);
    expect(transfer.receive(chunk(0, 10))).to.deep.equal(acknowledge(0));
    expect(transfer.takePart()).to.equal(undefined);
  });

  it("P10.9 chunks that overtake each other on two paths are put in order", () => {
    const transfer = new IncomingTransfer(offerOf(30), 0);
    for (const offset of [20, 10]) expect(transfer.receive(chunk(offset, 10))).to.equal(undefined);
    expect(transfer.takePart()).to.equal(undefined);
    transfer.receive(chunk(0, 10));
    const part = transfer.takePart() as Part;
    expect(part.acknowledgements).to.deep.equal([0, 10, 20].map(acknowledge));
    expect(part.offset).to.equal(0);
    expect([...part.bytes]).to.deep.equal([0, 10, 20].flatMap((value) => Array(10).fill(value)));
  });

  it("P10.9 of a chunk that overlaps what is there, only the rest is stored", () => {
    const transfer = new IncomingTransfer(offerOf(30), 5);
    expect(transfer.accept()).to.deep.equal({ type: "accept", file: FILE, offset: 5 });
    transfer.receive(chunk(0, 10));
    const part = transfer.takePart() as Part;
    expect([part.offset, part.bytes.length, part.acknowledgements]).to.deep.equal([5, 5, [acknowledge(0)]]);
  });

  it("P10.9 a chunk that others have covered meanwhile is not stored", () => {
    const transfer = new IncomingTransfer(offerOf(40), 0);
    for (const [offset, length] of [
      [10, 10],
      [12, 2],
      [0, 10],
    ] as const)
      transfer.receive(chunk(offset, length));
    const part = transfer.takePart() as Part;
    expect([part.bytes.length, part.acknowledgements]).to.deep.equal([20, [0, 10].map(acknowledge)]);
    transfer.receive(chunk(0, 10));
    transfer.stored(part);
    expect(transfer.takePart()).to.equal(undefined);
    expect(transfer.accept()).to.deep.include({ offset: 20 });
  });

  it("P10.9 what follows one another is stored together, 1 MiB at most", () => {
    const transfer = new IncomingTransfer(offerOf(MAX_FILE_BYTES), 0);
    for (let index = 0; index < 20; index++) transfer.receive(chunk(index * CHUNK, CHUNK));
    const first = transfer.takePart() as Part;
    expect(first.bytes.length).to.equal(MAX_PART_BYTES);
    transfer.stored(first);
    expect(transfer.takePart()).to.deep.include({ offset: MAX_PART_BYTES });
    expect(transfer.takePart()).to.equal(undefined);
  });

  it("P10.9 what no honest sender sends is told apart: beyond the file, beyond the window, empty, too long", () => {
    const size = MAX_FILE_BYTES;
    const wrong: [string, ChunkContent, number][] = [
      ["beyond the file", chunk(95, 6), 100],
      ["behind the file", chunk(100, 1), 100],
      ["beyond the window", chunk(WINDOW_BYTES - CHUNK + 1, CHUNK), size],
      ["far beyond the window", chunk(size - 1, 1), size],
      ["at the end of the numbers", chunk(2 ** 32 - 1, 1), size],
      ["empty", chunk(0, 0), 100],
      ["too long", chunk(0, CHUNK + 1), size],
    ];
    for (const [what, content, of] of wrong)
      expect(new IncomingTransfer(offerOf(of), 0).receive(content), what).to.equal("nonsense");
    const transfer = new IncomingTransfer(offerOf(size), 0);
    expect(transfer.receive(chunk(WINDOW_BYTES - CHUNK, CHUNK))).to.equal(undefined);
    const resumed = new IncomingTransfer(offerOf(size), CHUNK);
    expect(resumed.receive(chunk(WINDOW_BYTES, CHUNK))).to.equal(undefined);
    expect(resumed.receive(chunk(WINDOW_BYTES + 1, CHUNK))).to.equal("nonsense");
  });

  it("P10.9 many tiny chunks that wait for one before them do not fill the memory", () => {
    const transfer = new IncomingTransfer(offerOf(MAX_FILE_BYTES), 0);
    let taken = 0;
    while (transfer.receive(chunk(2 + taken, 1)) !== "nonsense") taken++;
    expect(taken).to.equal(4096);
    expect(transfer.receive(chunk(3, 1)), "one that waits already").to.equal(undefined);
  });

  it("P10.9 after a loss it goes on where the stored part ends; what waited is sent again", () => {
    const transfer = new IncomingTransfer(offerOf(40), 0);
    for (const offset of [0, 20]) transfer.receive(chunk(offset, 10));
    expect(storeAll(transfer)).to.deep.equal([0]);
    expect(transfer.accept()).to.deep.equal({ type: "accept", file: FILE, offset: 10 });
    transfer.receive(chunk(10, 10));
    expect(storeAll(transfer)).to.deep.equal([10]);
  });
});

/** Alice sends Bob a file. Frames go over a stream or over a direct path; either page may be loaded again. */
class Scene {
  readonly blob: Bytes;
  readonly #hash: string;
  #outgoing: OutgoingTransfer;
  bobStore = new MemoryStore();
  #order = 0;
  #incoming: IncomingTransfer | undefined;
  #part: Part | undefined;
  #isDirect = false;
  isConnected = false;
  /** Frames under way on each path: first the stream's, then the direct one's. */
  #toBob: Content[][] = [[], []];
  #toAlice: Content[][] = [[], []];
  frames = 0;

  private constructor(blob: Bytes, hash: string) {
    this.blob = blob;
    this.#hash = hash;
    this.#outgoing = new OutgoingTransfer(offerOf(blob.length, hash));
  }

  static async of(size: number, hash?: string): Promise<Scene> {
    const blob = bytesOf(size);
    return new Scene(blob, hash ?? toHex(await sha256(blob)));
  }

  get state(): string {
    return this.#outgoing.state;
  }

  get sent(): number {
    return this.#outgoing.done;
  }

  async file(): Promise<StoredFile | undefined> {
    return this.bobStore.findFile(ALICE, "in", FILE);
  }

  connect(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.#offer();
  }

  cut(): void {
    this.isConnected = false;
    this.#isDirect = false;
    this.#toBob = [[], []];
    this.#toAlice = [[], []];
    this.#outgoing.lost();
  }

  /** The other path is taken: nothing is lost, but what is sent from now on may overtake what is under way. */
  goDirect(): void {
    this.#isDirect = this.isConnected;
  }

  /** The direct path is lost, and what was under way there; the stream stands. */
  loseDirect(): void {
    if (!this.#isDirect) return;
    this.#isDirect = false;
    this.#toBob[1] = [];
    this.#toAlice[1] = [];
    this.#offer();
  }

  reloadAlice(): void {
    this.cut();
    const { state, done } = this.#outgoing;
    if (state === "offered" || state === "passing")
      this.#outgoing = new OutgoingTransfer(offerOf(this.blob.length, this.#hash), { state, done });
  }

  async reloadBob(): Promise<void> {
    this.cut();
    this.bobStore = this.bobStore.reopened();
    this.#incoming = undefined;
    this.#part = undefined;
    const file = await this.file();
    if (file?.state === "passing") this.#incoming = new IncomingTransfer(file, file.done);
  }

  /** Alice sends one chunk, if she may. */
  sendChunk(): void {
    const range = this.#outgoing.takeNext();
    if (range === undefined) return;
    const { offset, length } = range;
    expect(length).to.be.within(1, CHUNK);
    expect(offset + length - this.#outgoing.done, "the window").to.be.at.most(WINDOW_BYTES);
    this.#send(this.#toBob, {
      type: "chunk",
      file: FILE,
      offset,
      bytes: this.blob.slice(offset, offset + length),
    });
  }

  async passToBob(path: number): Promise<void> {
    const content = this.#toBob[path]?.shift();
    if (content === undefined) return;
    this.frames++;
    if (content.type === "offer") return this.#receiveOffer(content);
    if (content.type !== "chunk" || this.#incoming === undefined) return;
    const answer = this.#incoming.receive(content);
    expect(answer).to.not.equal("nonsense");
    if (answer !== undefined && answer !== "nonsense") this.#send(this.#toAlice, answer);
  }

  passToAlice(path: number): void {
    const content = this.#toAlice[path]?.shift();
    if (content === undefined) return;
    this.frames++;
    const before = this.#outgoing.done;
    this.#outgoing.receive(content);
    if (content.type === "chunk-ack") expect(this.#outgoing.done).to.be.at.least(before);
  }

  /** Bob stores a part, in two steps: what comes between them finds it under way. */
  async beginPart(): Promise<void> {
    this.#part ??= this.#incoming?.takePart();
  }

  async endPart(): Promise<void> {
    if (this.#part === undefined || this.#incoming === undefined) return;
    const part = this.#part;
    this.#part = undefined;
    const file = await this.bobStore.addPart(this.#order, part.offset, part.bytes);
    this.#incoming.stored(part);
    expect(file?.done).to.equal(this.#incoming.done);
    for (const answer of part.acknowledgements) this.#send(this.#toAlice, answer);
    await this.#finish();
  }

  /** Everything that can happen happens, until nothing does. @param stop whether to stop before the next frame */
  async run(stop: () => boolean = () => false): Promise<void> {
    for (let before = -1; before !== this.frames; ) {
      before = this.frames;
      this.sendChunk();
      for (const path of [0, 1]) {
        if (!stop()) await this.passToBob(path);
        if (!stop()) this.passToAlice(path);
      }
      if (stop()) return;
      await this.beginPart();
      await this.endPart();
    }
  }

  async judge(): Promise<void> {
    const file = await this.file();
    expect([this.state, file?.state]).to.deep.equal(["done", "done"]);
    expect([this.sent, file?.done]).to.deep.equal([this.blob.length, this.blob.length]);
    const blob = await this.bobStore.blobOf(this.#order);
    const bytes = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(Buffer.compare(bytes, this.blob)).to.equal(0);
    expect((await this.bobStore.partOf(this.#order)).size, "its parts are gone").to.equal(0);
  }

  #offer(): void {
    const offer = this.#outgoing.offer();
    if (offer !== undefined) this.#send(this.#toBob, offer);
  }

  async #receiveOffer(offer: OfferContent): Promise<void> {
    const stored = await this.file();
    if (stored === undefined) {
      const { type: _, ...rest } = offer;
      const file = await this.bobStore.addFile({ chat: ALICE, direction: "in", ...rest }, 1);
      this.#order = file?.order ?? 0;
      await this.bobStore.setFile(this.#order, { state: "passing" });
      this.#incoming = new IncomingTransfer(offer, 0);
      this.#send(this.#toAlice, this.#incoming.accept());
      return;
    }
    if (stored.state === "done") return this.#send(this.#toAlice, { type: "done", file: FILE });
    if (stored.state === "dropped") return this.#send(this.#toAlice, { type: "cancel", file: FILE });
    if (this.#incoming === undefined) return;
    const accept = this.#incoming.accept();
    expect(accept).to.deep.include({ offset: stored.done });
    this.#send(this.#toAlice, accept);
    await this.#finish();
  }

  async #finish(): Promise<void> {
    if (!this.#incoming?.isWhole) return;
    this.#incoming = undefined;
    const blob = await this.bobStore.partOf(this.#order);
    const hash = toHex(await sha256(new Uint8Array(await blob.arrayBuffer())));
    if (hash === this.#hash) {
      await this.bobStore.finishFile(this.#order, blob);
      this.#send(this.#toAlice, { type: "done", file: FILE });
    } else {
      await this.bobStore.setFile(this.#order, { state: "dropped" });
      this.#send(this.#toAlice, { type: "cancel", file: FILE });
    }
  }

  /** Through the bytes that are sealed, as on the wire. */
  #send(paths: Content[][], content: Content): void {
    if (!this.isConnected) return;
    const read = decodeContent(encodeContent(content));
    if (read === undefined || read.type === "unknown") throw new Error("not read");
    paths[this.#isDirect ? 1 : 0]?.push(read);
  }
}

describe("06 a file from page to page (P10.9)", () => {
  for (const size of [
    1,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    WINDOW_BYTES,
    WINDOW_BYTES + 1,
    MAX_FILE_BYTES - 1,
    MAX_FILE_BYTES,
  ])
    it(`P10.9 ${size.toLocaleString("en")} bytes arrive whole`, async () => {
      const scene = await Scene.of(size);
      scene.connect();
      await scene.run();
      await scene.judge();
    });

  it("P10.9 a connection that is cut after any frame loses nothing: it goes on from accept's offset", async () => {
    for (const afterwards of ["nothing", "alice", "bob"])
      for (let frames = 0, isOver = false; !isOver; frames++) {
        const scene = await Scene.of(3 * CHUNK + 1);
        scene.connect();
        await scene.run(() => scene.frames >= frames);
        isOver = scene.state === "done";
        scene.cut();
        if (afterwards === "alice") scene.reloadAlice();
        if (afterwards === "bob") await scene.reloadBob();
        const stored = (await scene.file())?.done ?? 0;
        scene.connect();
        const before = scene.frames;
        await scene.run();
        await scene.judge();
        // An offer, its answer, the chunks that were missing, their acknowledgements, done.
        const missing = Math.ceil((3 * CHUNK + 1 - stored) / CHUNK);
        expect(scene.frames - before).to.be.at.most(3 + 2 * missing);
      }
  });

  it("P10.9 whatever is lost, overtaken or loaded again, the file arrives whole", async () => {
    const play: Record<string, (scene: Scene) => void | Promise<void>> = {
      connect: (scene) => scene.connect(),
      cut: (scene) => scene.cut(),
      goDirect: (scene) => scene.goDirect(),
      loseDirect: (scene) => scene.loseDirect(),
      reloadAlice: (scene) => scene.reloadAlice(),
      reloadBob: (scene) => scene.reloadBob(),
      sendChunk: (scene) => scene.sendChunk(),
      streamToBob: (scene) => scene.passToBob(0),
      directToBob: (scene) => scene.passToBob(1),
      streamToAlice: (scene) => scene.passToAlice(0),
      directToAlice: (scene) => scene.passToAlice(1),
      beginPart: (scene) => scene.beginPart(),
      endPart: (scene) => scene.endPart(),
    };
    const often = [
      "connect",
      "sendChunk",
      "streamToBob",
      "directToBob",
      "streamToAlice",
      "directToAlice",
      "beginPart",
      "endPart",
    ];
    const event = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...often) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.keys(play)) },
    );
    const run = async (events: readonly string[], size: number): Promise<void> => {
      const scene = await Scene.of(size);
      for (const name of events) await play[name]?.(scene);
      scene.connect();
      await scene.run();
      scene.loseDirect();
      await scene.run();
      await scene.judge();
    };
    const sizes = fc.constantFrom(1, CHUNK, 3 * CHUNK + 1, 9 * CHUNK + 100);
    await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 120, size: "max" }), sizes, run), {
      numRuns: 200,
    });
  });

  it("P10.9 what has another SHA-256 than the offer said is dropped at both ends, and nothing of it is kept", async () => {
    const scene = await Scene.of(2 * CHUNK, "0".repeat(64));
    scene.connect();
    await scene.run();
    const file = await scene.file();
    expect([scene.state, file?.state]).to.deep.equal(["dropped", "dropped"]);
    expect((await scene.bobStore.partOf(file?.order ?? 0)).size).to.equal(0);
    expect(await scene.bobStore.blobOf(file?.order ?? 0)).to.equal(undefined);
  });
});
