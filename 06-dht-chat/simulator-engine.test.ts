// The simulated table and the real one give the same answers for the same ids: libp2p's kad-dht as it is used here, with
// nodes that call each other on 127.0.0.1.

import { expect } from "chai";
import { patientTimeout } from "../programs/patience.ts";
import { withStage06 } from "../tests/support/tools.ts";
import { type Bytes, toHex } from "./bytes.ts";
import { identityFromSeed } from "./identity.ts";
import {
  BUCKET_SIZE,
  byPrefix,
  type Contact,
  compareDistances,
  idOfKey,
  idOfPeer,
  idsFromSeed,
  PARALLEL_QUESTIONS,
  RoutingTable,
  randomFromSeed,
  SimulatedNetwork,
} from "./simulator.ts";
import type { RealNode } from "./testing/real-table.ts";

/** How many real nodes there are. */
const COUNT = 20;
/** In milliseconds: the real nodes fill their tables after they have joined. */
const PATIENCE = 30_000;

/** The parts of kad-dht that measure distances. Its package does not publish them, so we go to their files. */
interface Internals {
  convertPeerId(peer: unknown): Promise<Bytes>;
  convertBuffer(key: Bytes): Promise<Bytes>;
  PeerDistanceList: new (
    target: Bytes,
    capacity: number,
  ) => {
    addWithKadId(peer: { id: unknown; multiaddrs: [] }, id: Bytes): void;
    readonly peers: readonly { peer: { id: { toString(): string } } }[];
  };
  KBucket: new (
    components: { peerId: unknown },
    options: {
      kBucketSize: number;
      prefixLength: number;
      ping(): AsyncGenerator;
      verify(): Promise<boolean>;
    },
  ) => {
    add(peer: unknown): Promise<void>;
    closest(id: Bytes, options: { count: number }): Iterable<{ toString(): string }>;
  };
  peerIdFromString(text: string): unknown;
}

async function internals(): Promise<Internals> {
  const folder = new URL("./node_modules/@libp2p/", import.meta.url);
  const files = [
    "kad-dht/dist/src/utils.js",
    "kad-dht/dist/src/peer-distance-list.js",
    "kad-dht/dist/src/routing-table/k-bucket.js",
    "peer-id/dist/src/index.js",
  ];
  return Object.assign({}, ...(await Promise.all(files.map((file) => import(new URL(file, folder).href)))));
}

withStage06("the simulated table beside libp2p's kad-dht", () => {
  const nodes: RealNode[] = [];
  let ids: Bytes[] = [];
  let keys: Bytes[] = [];

  before(async function () {
    this.timeout(4 * PATIENCE);
    const { startRealNode } = await import("./testing/real-table.ts");
    keys = await idsFromSeed("keys of records", COUNT);
    nodes.push(
      ...(await Promise.all((await idsFromSeed("seeds of keys", COUNT)).map((seed) => startRealNode(seed)))),
    );
    ids = await Promise.all(nodes.map(({ peerId }) => idOfPeer(peerId)));
    for (const node of nodes.slice(1)) await node.join(nodes[0]?.address ?? "");
  });

  after(async function () {
    this.timeout(4 * PATIENCE);
    await Promise.all(nodes.map((node) => node.stop()));
  });

  const peerIdsOf = (contacts: readonly Contact[]): (string | undefined)[] =>
    contacts.map(({ number }) => nodes[number]?.peerId);

  it("puts peers and keys at the same places", async () => {
    const { convertPeerId, convertBuffer, peerIdFromString } = await internals();
    for (const [index, seed] of (await idsFromSeed("seeds of keys", COUNT)).entries()) {
      const { peerId } = await identityFromSeed(seed);
      expect(peerId).to.equal(nodes[index]?.peerId);
      expect(toHex(await idOfPeer(peerId))).to.equal(toHex(await convertPeerId(peerIdFromString(peerId))));
    }
    for (const key of keys) expect(toHex(await idOfKey(key))).to.equal(toHex(await convertBuffer(key)));
  });

  it("sorts peers by the same distances", async () => {
    const { PeerDistanceList, peerIdFromString } = await internals();
    for (const target of keys) {
      const list = new PeerDistanceList(target, COUNT);
      for (const [index, id] of ids.entries()) {
        list.addWithKadId({ id: peerIdFromString(nodes[index]?.peerId ?? ""), multiaddrs: [] }, id);
      }
      const sorted = ids
        .map((id, number) => ({ number, id }))
        .sort((a, b) => compareDistances(target, a.id, b.id));
      expect(peerIdsOf(sorted)).to.deep.equal(list.peers.map(({ peer }) => String(peer.id)));
    }
  });

  it("chooses the same contacts of a table as the nearest to a key", async () => {
    for (const [index, node] of nodes.entries()) {
      const [key, own] = [keys[index], ids[index]];
      if (key === undefined || own === undefined) throw new Error("there are as many keys as nodes");
      const held = node.known(key, COUNT);
      // All of them find room in buckets of this size, as they do in the real table at its first level.
      const table = new RoutingTable(own, undefined, COUNT);
      const contacts = nodes.map(({ peerId }, number) => ({ number, id: ids[number] ?? own, peerId }));
      for (const contact of contacts) if (held.includes(contact.peerId)) table.add(contact, () => true);
      expect(peerIdsOf(table.closest(key, 8))).to.deep.equal(node.known(key, 8));
      expect(held).to.have.length.at.least(1);
    }
  });

  it("keeps the same contacts when its buckets are the beginnings of ids, which are the engine's", async () => {
    const { KBucket, peerIdFromString } = await internals();
    const own = nodes[0]?.peerId ?? "";
    for (const prefixLength of [3, 6]) {
      const options = { kBucketSize: 8, prefixLength, async *ping() {}, verify: async () => true };
      const real = new KBucket({ peerId: peerIdFromString(own) }, options);
      const table = new RoutingTable(await idOfPeer(own), byPrefix(prefixLength));
      const peers = await Promise.all(
        (await idsFromSeed("many", 400)).map(async (seed) => (await identityFromSeed(seed)).peerId),
      );
      for (const [number, peerId] of peers.entries()) {
        await real.add(peerIdFromString(peerId));
        table.add({ number, id: await idOfPeer(peerId) }, () => true);
      }
      const target = keys[0] ?? new Uint8Array(32);
      const kept = table.closest(target, 400).map(({ number }) => peers[number]);
      expect(kept).to.deep.equal([...real.closest(target, { count: 400 })].map(String));
      expect(kept)
        .to.have.length.within(1, 8 * 2 ** prefixLength)
        .and.length.below(400);
    }
  });

  it("P10.5 finds the same k = 8 nodes for a key as the real nodes find when they ask each other", async function () {
    this.timeout(8 * PATIENCE);
    const network = new SimulatedNetwork({ random: randomFromSeed(20) });
    for (const id of ids) network.join(id);
    for (const [from, key] of keys.entries()) {
      const simulated = peerIdsOf(network.lookup(from, await idOfKey(key)).run().found);
      expect(simulated).to.have.length(8);
      expect([nodes[from]?.k, nodes[from]?.alpha]).to.deep.equal([BUCKET_SIZE, PARALLEL_QUESTIONS]);
      expect(await answerOf(nodes[from], key, simulated)).to.deep.equal(simulated);
    }
  });
});

/** What a real node finds: its answer of now, or the one that is expected if it comes before we lose patience. */
async function answerOf(
  node: RealNode | undefined,
  key: Bytes,
  expected: readonly (string | undefined)[],
): Promise<readonly string[] | undefined> {
  let isOver = false;
  const cancel = patientTimeout(() => {
    isOver = true;
  }, PATIENCE);
  try {
    for (;;) {
      const found = (await node?.closest(key))?.found;
      if (isOver || found?.join() === expected.join()) return found;
    }
  } finally {
    cancel();
  }
}
