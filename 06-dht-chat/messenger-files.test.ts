// Two messengers: a file from one to the other, whatever happens on the way.

import { expect } from "chai";
import type { FileView } from "./messenger-view.ts";
import { StorageFull } from "./store.ts";
import { FakeDirect } from "./testing/fake-direct.ts";
import { Scene, type User } from "./testing/messengers.ts";

const KIB = 1024;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52];

/** Bytes that differ from place to place: a chunk at another place is noticed. */
function bytesOf(size: number, head: readonly number[] = []): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(
    { length: size },
    (_, index) => (index * 31 + (index >> 8) * 7 + (index >> 16)) & 0xff,
  );
  bytes.set(head);
  return bytes;
}

function fileOf(user: User, other: User, index = 0): FileView | undefined {
  return user.entries(other).filter(({ file }) => file)[index]?.file;
}

function entryOf(user: User, other: User): string {
  return user.entries(other).find(({ file }) => file)?.entry ?? "";
}

describe("a messenger: files", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  /** One offers, the other accepts. */
  async function pass(
    from: User,
    to: User,
    bytes: Uint8Array<ArrayBuffer>,
    name: string,
    media = "",
  ): Promise<void> {
    expect(await from.messenger.offer(from.chat(to), new Blob([bytes], { type: media }), name)).equal(
      undefined,
    );
    await scene.until(() => to.entries(from).at(-1)?.file?.state === "offered", "it is offered");
    expect(await to.messenger.accept(to.chat(from), to.entries(from).at(-1)?.entry ?? "")).equal(undefined);
  }

  /** The same, but only so many frames of the sender get through. */
  async function offerFirst(
    from: User,
    to: User,
    bytes: Uint8Array<ArrayBuffer>,
    frames: number,
  ): Promise<void> {
    await from.messenger.offer(from.chat(to), new Blob([bytes]), "file");
    await scene.until(() => fileOf(to, from)?.state === "offered", "it is offered");
    // Whoever showed the card was called: their end of the pipe is the second one.
    const pair = scene.world.routes.at(-1)?.pair;
    pair?.hold(1);
    await to.messenger.accept(to.chat(from), entryOf(to, from));
    pair?.release(1, frames);
    await scene.until(() => (fileOf(to, from)?.done ?? 0) > 1024 * KIB, "a part has come");
  }

  async function isWhole(user: User, other: User, bytes: Uint8Array): Promise<boolean> {
    const blob = fileOf(user, other)?.blob;
    return blob !== undefined && Buffer.from(await blob.arrayBuffer()).equals(bytes);
  }

  function areDone(one: User, other: User): boolean {
    return fileOf(one, other)?.state === "done" && fileOf(other, one)?.state === "done";
  }

  it("P10.7 the number of a file is random in all of its 32 bits, and new for each offer", async () => {
    const [alice, bob] = await scene.friends();
    const each = 16;
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const)
      for (let count = 0; count < each; count += 1)
        expect(await from.messenger.offer(from.chat(to), new Blob(["same"]), "same.txt")).equal(undefined);
    const stored = await Promise.all([alice, bob].map(({ store }) => store.load()));
    const numbers = stored.flatMap(({ openFiles }) =>
      openFiles.filter(({ direction }) => direction === "out").map(({ file }) => file),
    );
    expect(new Set(numbers)).to.have.lengthOf(2 * each);
    // A counter, wherever it begins, leaves its upper bits as they are; fewer bits leave them 0.
    for (let bit = 0; bit < 32; bit += 1) {
      const ones = numbers.filter((file) => ((file >>> bit) & 1) === 1).length;
      expect(ones, `bit ${bit}`).to.be.within(1, 2 * each - 1);
    }
  });

  it("P10.9 a picture arrives byte for byte, with progress at both ends, and its type is what its bytes say", async () => {
    const [alice, bob] = await scene.friends();
    const bytes = bytesOf(6 * 1024 * KIB + 1, PNG);
    const seen = { alice: new Set<number>(), bob: new Set<number>() };
    alice.messenger.addEventListener("change", () => seen.alice.add(fileOf(alice, bob)?.done ?? 0));
    bob.messenger.addEventListener("change", () => seen.bob.add(fileOf(bob, alice)?.done ?? 0));
    await pass(alice, bob, bytes, "../../holiday.svg", "image/svg+xml");
    await scene.until(() => areDone(alice, bob), "it is done");
    expect(await isWhole(bob, alice, bytes)).equal(true);
    const file = fileOf(bob, alice);
    expect(file?.name).equal("holiday.svg");
    expect(file?.shown).equal("image");
    expect(file?.blob?.type).equal("image/png");
    expect(file?.done).equal(bytes.length);
    expect(alice.states(bob)).deep.equal(["delivered"]);
    expect(Math.min(seen.alice.size, seen.bob.size)).greaterThan(3);
  });

  it("P10.9 SVG and HTML are downloads, whatever the offer says", async () => {
    const [alice, bob] = await scene.friends();
    const bytes = new TextEncoder().encode(
      "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    );
    await pass(alice, bob, bytes, `${"x".repeat(300)}.png`, "image/png");
    await scene.until(() => areDone(alice, bob), "it is done");
    const file = fileOf(bob, alice);
    expect(file?.shown).equal(undefined);
    expect(file?.blob?.type).equal("application/octet-stream");
    expect(new TextEncoder().encode(file?.name).length).most(120);
  });

  it("P10.9 an empty file and one beyond 26,214,400 bytes are refused before they are read", async () => {
    const [alice, bob] = await scene.friends();
    let reads = 0;
    const large = new Blob(["x"]);
    Object.defineProperty(large, "size", { value: 26_214_401 });
    large.arrayBuffer = async () => {
      reads += 1;
      return new ArrayBuffer(0);
    };
    expect(await alice.messenger.offer(alice.chat(bob), large, "large")).to.have.property("problem");
    expect(await alice.messenger.offer(alice.chat(bob), new Blob([]), "empty")).to.have.property("problem");
    expect(reads).equal(0);
    expect(alice.entries(bob)).deep.equal([]);
  });

  it("P10.9 a file is refused, or cancelled by either side, and both pages say so", async () => {
    const [alice, bob] = await scene.friends();
    for (const [at, how] of ["refused", "cancelled by the receiver", "cancelled by the sender"].entries()) {
      await alice.messenger.offer(alice.chat(bob), new Blob([bytesOf(1000)]), "file");
      await scene.until(() => fileOf(bob, alice, at)?.state === "offered", "it is offered");
      const theirs = bob.entries(alice).at(-1)?.entry ?? "";
      if (how === "refused") await bob.messenger.refuse(bob.chat(alice), theirs);
      else if (how === "cancelled by the receiver") await bob.messenger.cancel(bob.chat(alice), theirs);
      else await alice.messenger.cancel(alice.chat(bob), alice.entries(bob).at(-1)?.entry ?? "");
      const state = how === "refused" ? "refused" : "cancelled";
      await scene.until(
        () => fileOf(alice, bob, at)?.state === state && fileOf(bob, alice, at)?.state === state,
        `both say ${state}`,
      );
    }
  });

  it("P10.9 a sender who cancels while there is no way says so at the next one", async () => {
    const [alice, bob] = await scene.friends();
    await alice.messenger.offer(alice.chat(bob), new Blob([bytesOf(1000)]), "file");
    await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered");
    scene.world.isOpen = false;
    scene.world.cutAll();
    await scene.until(() => alice.knows(bob)?.state !== "relayed", "they are apart");
    await alice.messenger.cancel(alice.chat(bob), entryOf(alice, bob));
    scene.world.isOpen = true;
    await scene.until(() => fileOf(bob, alice)?.state === "cancelled", "bob hears it");
  });

  it("P10.9 an offer made while its receiver is away waits for them", async () => {
    const [alice, bob] = await scene.friends();
    const { store } = bob;
    await bob.close();
    await alice.messenger.offer(alice.chat(bob), new Blob([bytesOf(100 * KIB)]), "file");
    await scene.pass(60_000);
    const back = await scene.user(store.reopened());
    await scene.until(() => fileOf(back, alice)?.state === "offered", "it is offered");
    await back.messenger.accept(back.chat(alice), entryOf(back, alice));
    await scene.until(() => areDone(alice, back), "it is done");
  });

  it("P10.9 bytes that are not the offered ones are thrown away: the hash is compared at the end", async () => {
    const [alice, bob] = await scene.friends();
    // What alice's page reads is changed after the hash was made.
    const bytes = bytesOf(200 * KIB);
    await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
    await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered");
    const store = alice.store;
    await alice.close();
    const again = store.reopened();
    again.blobOf = async () => new Blob([bytes.map((byte) => byte ^ 1)]);
    const back = await scene.user(again);
    await scene.until(() => back.knows(bob)?.state === "relayed", "they meet again");
    await bob.messenger.accept(bob.chat(back), entryOf(bob, back));
    await scene.until(() => fileOf(bob, back)?.state === "dropped", "it is dropped");
    expect(fileOf(bob, back)?.blob).equal(undefined);
    expect(bob.entries(back).find(({ file }) => file)?.problem).to.be.a("string");
    await scene.until(() => fileOf(back, bob)?.state === "dropped", "the sender says so too");
  });

  const CHUNKS = 6;
  for (let cut = 0; cut <= 2 * CHUNKS + 10; cut += 1)
    it(`P10.9 cut after frame ${cut} of every stream's first three, the file arrives once and whole`, async () => {
      const [alice, bob] = await scene.friends();
      scene.world.isOpen = false;
      scene.world.cutAll();
      await scene.until(() => alice.knows(bob)?.state !== "relayed", "they are apart");
      const bytes = bytesOf(CHUNKS * 64 * KIB - 5);
      await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
      const first = scene.world.routes.length;
      scene.world.faultsOf = (pipe) =>
        pipe < first + 3 ? { cutAfter: cut, isHarsh: cut % 2 === 1, room: 1 + (cut % 5) } : {};
      scene.world.isOpen = true;
      await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered");
      await bob.messenger.accept(bob.chat(alice), entryOf(bob, alice));
      await scene.until(() => areDone(alice, bob), "it is done", 5 * 60_000);
      expect(await isWhole(bob, alice, bytes)).equal(true);
      expect(bob.entries(alice)).to.have.lengthOf(1);
    });

  for (const who of ["sender", "receiver"] as const)
    it(`P10.9 P10.8 the ${who}'s page crashes in the middle: the file goes on where it was`, async () => {
      const [alice, bob] = await scene.friends();
      const bytes = bytesOf(3 * 1024 * KIB);
      await offerFirst(alice, bob, bytes, 30);
      const sent = scene.world.routes.length;
      await (who === "sender" ? alice : bob).crash();
      expect(fileOf(bob, alice)?.done).within(1024 * KIB, 2 * 1024 * KIB);
      await scene.until(() => areDone(alice, bob), "it is done");
      expect(await isWhole(bob, alice, bytes)).equal(true);
      // It did not begin anew: fewer chunks than the file has went over what came after the crash.
      const frames = scene.world.routes
        .slice(sent)
        .flatMap(({ pair }) => pair.ends.flatMap((end) => end.sent));
      expect(frames.filter(({ length }) => length > 60_000).length).within(1, 3 * 16 - 16);
    });

  it("P10.10 P10.9 a file goes on by the relay when its direct path is lost, and direct again after that", async () => {
    const direct = new FakeDirect();
    scene.makeAttempt = () => direct.make;
    const [alice, bob] = await scene.friendsWho("direct");
    const bytes = bytesOf(4 * 1024 * KIB);
    let messages = 0;
    direct.alter = (message) => {
      messages += 1;
      if (messages === 40) direct.closeAll();
      return message;
    };
    await pass(alice, bob, bytes, "file");
    await scene.until(() => areDone(alice, bob), "it is done");
    expect(await isWhole(bob, alice, bytes)).equal(true);
    await scene.until(() => alice.knows(bob)?.state === "direct", "direct again");
    const relayed = scene.world.routes.flatMap(({ pair }) => pair.ends.flatMap((end) => end.sent));
    expect(relayed.filter(({ length }) => length > 60_000).length).within(20, 64);
  });

  for (const who of ["sender", "receiver"] as const)
    it(`P10.9 P10.10 a file that its ${who} cancels while a chunk is being read leaves nothing owed: the direct path stays`, async () => {
      const direct = new FakeDirect();
      scene.makeAttempt = () => direct.make;
      const [alice, bob] = await scene.friendsWho("direct");
      const bytes = bytesOf(3 * 1024 * KIB);
      await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
      await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered");
      const again = alice.store.reopened();
      await alice.close();
      let reads = 0;
      const blob = new Blob([bytes]);
      const slice = blob.slice.bind(blob);
      blob.slice = (from, to) => {
        const part = slice(from, to);
        const arrayBuffer = part.arrayBuffer.bind(part);
        part.arrayBuffer = async () => {
          reads += 1;
          if (reads > 2) await cancel();
          return arrayBuffer();
        };
        return part;
      };
      again.blobOf = async () => blob;
      const back = await scene.user(again);
      const cancel = async (): Promise<void> => {
        const [canceller, other] = who === "sender" ? [back, bob] : [bob, back];
        await canceller.messenger.cancel(canceller.chat(other), entryOf(canceller, other));
        await scene.until(() => fileOf(back, bob)?.state === "cancelled", "it is cancelled");
      };
      await scene.until(() => back.knows(bob)?.state === "direct", "they are direct again");
      const { made } = direct;
      await bob.messenger.accept(bob.chat(back), entryOf(bob, back));
      await scene.until(() => reads > 2 && fileOf(back, bob)?.state === "cancelled", "it is cancelled");
      await scene.pass(15_000);
      expect([back.knows(bob)?.state, direct.made]).deep.equal(["direct", made]);
    });

  it("P10.9 storage that is full drops the file with a sentence, at both ends; texts go on", async () => {
    const [alice, bob] = await scene.friends();
    let isFull = false;
    bob.store.fault = ({ name }) => {
      if (isFull && name === "parts.put") throw new StorageFull();
    };
    await alice.messenger.offer(alice.chat(bob), new Blob([bytesOf(300 * KIB)]), "file");
    await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered");
    isFull = true;
    await bob.messenger.accept(bob.chat(alice), entryOf(bob, alice));
    await scene.until(() => fileOf(bob, alice)?.state === "dropped", "bob's page drops it");
    expect(bob.entries(alice).find(({ file }) => file)?.problem).match(/no more room/);
    await scene.until(
      () => /dropped|cancelled/.test(fileOf(alice, bob)?.state ?? ""),
      "alice's page says so",
    );
    await alice.messenger.say(alice.chat(bob), "and now?");
    await scene.until(() => bob.heard(alice).length === 1, "texts go on");
  });

  it("P10.9 storage that takes nothing at all: the file is dropped in the page all the same, and the next one arrives when there is room again", async () => {
    const [alice, bob] = await scene.friends();
    const bytes = bytesOf(3 * 1024 * KIB);
    let isFull = false;
    bob.store.fault = ({ name }) => {
      if (isFull && name.endsWith(".put")) throw new StorageFull();
    };
    await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
    await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered");
    await bob.messenger.accept(bob.chat(alice), entryOf(bob, alice));
    isFull = true;
    await scene.until(() => fileOf(bob, alice)?.state === "dropped", "bob's page drops it");
    expect(bob.entries(alice).find(({ file }) => file)?.problem).match(/no more room/);
    await scene.until(() => alice.states(bob).join() === "dropped", "alice's page says so");
    isFull = false;
    await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
    await scene.until(() => fileOf(bob, alice, 1)?.state === "offered", "it is offered once more");
    await bob.messenger.accept(bob.chat(alice), bob.entries(alice)[1]?.entry ?? "");
    await scene.until(() => fileOf(bob, alice, 1)?.state === "done", "it is done");
  });

  it("P10.9 a dropped file is offered again when its user says so", async () => {
    const [alice, bob] = await scene.friends();
    const bytes = bytesOf(300 * KIB);
    const { partOf } = bob.store;
    bob.store.partOf = async () => new Blob(["what bob's disk made of it"]);
    await pass(alice, bob, bytes, "file");
    await scene.until(() => fileOf(bob, alice)?.state === "dropped", "it is dropped");
    await scene.until(() => fileOf(alice, bob)?.state === "dropped", "the sender's page says so");
    bob.store.partOf = partOf;
    await alice.messenger.again(alice.chat(bob), entryOf(alice, bob));
    await scene.until(() => fileOf(bob, alice)?.state === "offered", "it is offered again");
    await bob.messenger.accept(bob.chat(alice), entryOf(bob, alice));
    await scene.until(() => areDone(alice, bob), "it is done");
    expect(await isWhole(bob, alice, bytes)).equal(true);
  });

  it("P10.9 of one contact 16 offers are open; a further one is refused", async () => {
    const [alice, bob] = await scene.friends();
    for (let index = 0; index < 17; index += 1)
      await alice.messenger.offer(alice.chat(bob), new Blob([bytesOf(10)]), `file ${index}`);
    await scene.until(() => fileOf(alice, bob, 16)?.state === "refused", "the last one is refused");
    expect(bob.entries(alice)).to.have.lengthOf(16);
  });
});
