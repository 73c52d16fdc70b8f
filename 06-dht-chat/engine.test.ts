// Nodes and pages on the loopback interface: who stores what, who relays, and how much of it is held.

import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";
import { type Bytes, fromUtf8, toBase64, toHex, toUtf8 } from "./bytes.ts";
import { randomBytes } from "./cryptography.ts";
import { type Identity, makeIdentity, sign } from "./identity.ts";
import { makeRecord, recordKey } from "./record.ts";
import { circuitAddress } from "./relay-addresses.ts";
import type { RelayLimits } from "./relay-limits.ts";
import type { LocalNode, LocalPage } from "./testing/local-nodes.ts";
import type { RawClient } from "./testing/raw-client.ts";

const HOUR = 3_600_000;

withStage06("the engine of stage 06", () => {
  let local: typeof import("./testing/local-nodes.ts");
  let nodes: LocalNode[] = [];
  let raw: RawClient;
  const pages: LocalPage[] = [];
  /** Nodes that single tests have started. */
  const further: LocalNode[] = [];

  const startPage = async (options: { identity?: Bytes; onEvent?: () => void } = {}): Promise<LocalPage> => {
    const page = await local.startLocalPage([nodes[0]?.address ?? ""], options);
    pages.push(page);
    return page;
  };
  const addresses = (identity: Identity): string[] => [
    circuitAddress(nodes[0]?.address ?? "", identity.peerId),
  ];
  const recordOf = (identity: Identity, seq: number): Promise<Bytes> =>
    makeRecord({ identity, seq, expires: Date.now() + HOUR, addresses: addresses(identity) });

  before(async () => {
    local = await import("./testing/local-nodes.ts");
    const { RawClient } = await import("./testing/raw-client.ts");
    raw = await RawClient.start();
    nodes = await local.startLocalNodes(4);
    const knowsAll = async ({ node }: LocalNode): Promise<boolean> => (await node.others()).length === 3;
    await local.until(
      async () => (await Promise.all(nodes.map(knowsAll))).every(Boolean),
      "all nodes know each other",
      60_000,
    );
  });

  after(async () => {
    await Promise.all(pages.map(({ network }) => network.stop()));
    await raw?.stop();
    await Promise.all([...nodes, ...further].map((node) => node.stop()));
  });

  it("P10.9 what passes a relay costs few messages: three for each chunk of a file", async () => {
    const [a, b] = [await startPage(), await startPage()];
    await local.until(() => b.network.addresses.length > 0, "the peer can be called");
    const pipe = await a.network.call(b.network.peerId, b.network.addresses);
    await local.until(() => b.pipes.length === 1, "the pipe");
    // In pieces it would be nine; with an update of the window for each piece of data, six.
    const { prototype } = globalThis.WebSocket;
    const { send } = prototype;
    let messages = 0;
    prototype.send = function count(...parts: Parameters<typeof send>): void {
      messages += 1;
      send.apply(this, parts);
    };
    try {
      const [frame, count] = [randomBytes(65_536), 160];
      const sending = (async () => {
        for (let sent = 0; sent < count; sent++) await pipe.send(frame);
      })();
      const frames = b.pipes[0]?.frames[Symbol.asyncIterator]();
      for (let received = 0; received < count; received++)
        expect((await frames?.next())?.value?.length).to.equal(frame.length);
      await sending;
      expect(messages / count).to.be.lessThan(5);
    } finally {
      prototype.send = send;
    }
  });

  it("P10.4 a right record is stored by every node, and found by a page", async () => {
    const identity = await makeIdentity();
    const record = await recordOf(identity, Date.now());
    for (const { address } of nodes)
      expect(await raw.put(address, recordKey(identity.id), record)).to.equal("stored");
    const page = await startPage();
    expect(toHex((await page.network.find(recordKey(identity.id))) ?? new Uint8Array())).to.equal(
      toHex(record),
    );
  });

  it("P10.5 a page that has just started and knows one node publishes with all four; another page finds it", async () => {
    const identity = await makeIdentity();
    const record = await recordOf(identity, Date.now());
    const [one, other] = [await startPage(), await startPage()];
    const before = nodes.map(({ node }) => node.recordCount);
    expect(await one.network.publish(recordKey(identity.id), record)).to.equal(4);
    expect(nodes.map(({ node }) => node.recordCount)).to.deep.equal(before.map((count) => count + 1));
    const found = await other.network.find(recordKey(identity.id));
    expect(toHex(found ?? new Uint8Array())).to.equal(toHex(record));
    expect(await other.network.find(recordKey((await makeIdentity()).id))).to.equal(undefined);
    expect(
      await other.network.publish(recordKey((await makeIdentity()).id), record),
      "refused by all",
    ).to.equal(0);
  });

  it("P10.4 a forged, foreign, expired, shapeless or oversized record resets the stream, and no node has stored it", async () => {
    const identity = await makeIdentity();
    const other = await makeIdentity();
    const good = await recordOf(identity, Date.now());
    const { body } = JSON.parse(fromUtf8(good) ?? "") as { body: string };
    const signed = async (text: string, signer = identity): Promise<Bytes> => {
      const message = toUtf8(`p2p-chat 06 record\0${text}`);
      return toUtf8(JSON.stringify({ body: text, signature: toBase64(await sign(signer, message)) }));
    };
    const forged: [string, Bytes][] = [
      ["signed by another key", await signed(body, other)],
      ["of another key", await recordOf(other, Date.now())],
      ["changed after it was signed", toUtf8((fromUtf8(good) ?? "").replace(/seq\\":1/, 'seq\\":2'))],
      ["expired", await signed(body.replace(/"expires":\d+/, `"expires":${Date.now() - 1}`))],
      [
        "of next week",
        await signed(body.replace(/"expires":\d+/, `"expires":${Date.now() + 7 * 24 * HOUR}`)),
      ],
      ["from the future", await signed(body.replace(/"seq":\d+/, `"seq":${Date.now() + HOUR}`))],
      ["without addresses", await signed(body.replace(/"addrs":\[.*?\]/, '"addrs":[]'))],
      ["no JSON", randomBytes(300)],
      ["too long", await signed(`${body.slice(0, -1)},"more":"${"x".repeat(4096)}"}`)],
    ];
    const key = recordKey(identity.id);
    const before = nodes.map(({ node }) => node.recordCount);
    for (const [what, value] of forged)
      for (const { address } of nodes) expect(await raw.put(address, key, value), what).to.equal("reset");
    for (const elsewhere of ["/pk/x", "/v/x", `/u/${identity.id}/x`, "/u/1", "u"])
      expect(await raw.put(nodes[0]?.address ?? "", elsewhere, good), elsewhere).to.equal("reset");
    expect(nodes.map(({ node }) => node.recordCount)).to.deep.equal(before);
    for (const { address } of nodes) {
      const answer = toHex((await raw.get(address, key)) ?? new Uint8Array());
      for (const [what, value] of forged) expect(answer.includes(toHex(value)), what).to.equal(false);
    }
    // The test would see it, if there was something: the right record comes back as it was put.
    const { address = "" } = nodes[0] ?? {};
    expect(await raw.put(address, key, good)).to.equal("stored");
    expect(toHex((await raw.get(address, key)) ?? new Uint8Array())).to.include(toHex(good));
    expect(nodes.map(({ node }) => node.recordCount)).to.deep.equal([
      (before[0] ?? 0) + 1,
      ...before.slice(1),
    ]);
  });

  it("P10.4 of several records the greatest seq wins: an older one does not replace it, in no node", async () => {
    const identity = await makeIdentity();
    const key = recordKey(identity.id);
    const now = Date.now();
    const [older, newer] = [await recordOf(identity, now - 5000), await recordOf(identity, now)];
    const [first, ...others] = nodes.map(({ address }) => address);
    expect(await raw.put(first ?? "", key, newer)).to.equal("stored");
    expect(await raw.put(first ?? "", key, older)).to.equal("reset");
    for (const address of others) expect(await raw.put(address, key, older)).to.equal("stored");
    const page = await startPage();
    // Three nodes have the older one. The reader takes the newer.
    expect(toHex((await page.network.find(key)) ?? new Uint8Array())).to.equal(toHex(newer));
    for (const address of others) expect(await raw.put(address, key, newer)).to.equal("stored");
  });

  it("P10.4 the table holds records alone, of which it takes only right ones: no providers", async () => {
    const { EngineMemory } = await import("./engine-settings.ts");
    const { Key } = await import("interface-datastore");
    const memory = new EngineMemory();
    let refusal = "";
    await memory.put(new Key("/dht/provider/abc/def"), randomBytes(8)).catch((error: Error) => {
      refusal = error.message;
    });
    expect(refusal).to.equal("this table holds records only, no providers");
    expect(memory.has(new Key("/dht/provider/abc/def"))).to.equal(false);
  });

  it("P10.5 a page has circuits on 2 to 3 relays, all different, and tells so", async () => {
    let told = 0;
    const { network } = await startPage({ onEvent: () => told++ });
    await local.until(() => network.addresses.length === 3, "three relays");
    const relays = network.relays().filter(({ state }) => state === "reserved");
    expect(new Set(relays.map(({ peerId }) => peerId)).size).to.equal(3);
    expect(network.addresses).to.deep.equal(
      relays.map(({ address }) => circuitAddress(address, network.peerId)),
    );
    expect(told).to.be.greaterThan(2);
  });

  it("P10.5 a relay that dies is replaced: other addresses are told, without it", async () => {
    const { network } = await startPage();
    await local.until(() => network.addresses.length === 3, "three relays");
    const dying = nodes.findIndex(({ node }) => network.addresses.some((one) => one.includes(node.peerId)));
    const [dead] = nodes.splice(dying, 1);
    await dead?.stop();
    const spare = await local.startLocalNode(nodes.map(({ address }) => address));
    nodes.push(spare);
    const isGone = (): boolean => network.addresses.every((one) => !one.includes(dead?.node.peerId ?? "?"));
    await local.until(isGone, "the dead relay is no address any more");
    await local.until(() => network.addresses.length === 3, "three relays again", 60_000);
  });

  it("P10.5 a relay that comes back on the same port is used again", async () => {
    const seed = randomBytes(32);
    const lonely = await local.startLocalNode([], { seed });
    const page = await local.startLocalPage([lonely.address]);
    const port = Number(/tcp\/(\d+)/.exec(lonely.address)?.[1]);
    await local.until(() => page.network.addresses.length === 1, "the only relay");
    await lonely.stop();
    await local.until(() => page.network.addresses.length === 0, "the relay is gone");
    await local.until(() => page.problems.length === 1, "the user is told");
    expect(page.problems[0]).to.match(/^no relay can be reached, so nobody can call you: /);
    expect(page.network.relays().map(({ state }) => state)).to.include("lost");
    const back = await local.startLocalNode([], { seed, port });
    await local.until(() => page.network.addresses.length === 1, "the relay is back", 60_000);
    const caller = await local.startLocalPage([back.address]);
    await caller.network.call(page.network.peerId, page.network.addresses);
    await Promise.all([page.network.stop(), caller.network.stop()]);
    await back.stop();
  });

  it("P10.5 with one relay down, a page starts all the same", async () => {
    const dead = nodes[0]?.address.replace(/tcp\/\d+/, "tcp/1") ?? "";
    const page = await local.startLocalPage([dead, nodes[1]?.address ?? ""]);
    pages.push(page);
    await local.until(() => page.network.addresses.length >= 2, "two relays");
  });

  it("P10.5 a relay that is full has no place for another page, and one for it when a page has left", async () => {
    const relay = await local.startLocalNode([], { limits: { reservations: 1 } });
    const [first, second] = [
      await local.startLocalPage([relay.address]),
      await local.startLocalPage([relay.address]),
    ];
    const count = (): number => first.network.addresses.length + second.network.addresses.length;
    await local.until(() => count() === 1, "one of them has the place");
    const states = [...first.network.relays(), ...second.network.relays()].filter(
      ({ state }) => state === "reserved",
    );
    expect(states).to.have.length(1);
    const [has, wants] = first.network.addresses.length === 1 ? [first, second] : [second, first];
    await has.network.stop();
    await local.until(() => wants.network.addresses.length === 1, "the other one has it now", 60_000);
    await wants.network.stop();
    await relay.stop();
  });

  it("P10.5 a relay carries so many circuits at a time and no more", async () => {
    const relay = await local.startLocalNode([], { limits: { circuits: 1 } });
    const all = await Promise.all([1, 2, 3].map(() => local.startLocalPage([relay.address])));
    const [a, b, c] = all.map(({ network }) => network);
    await local.until(() => all.every(({ network }) => network.addresses.length === 1), "all are there");
    await b?.call(a?.peerId ?? "", a?.addresses ?? []);
    let refusal: unknown;
    await c?.call(a?.peerId ?? "", a?.addresses ?? []).catch((error: unknown) => {
      refusal = error;
    });
    expect(refusal).to.be.instanceOf(Error);
    await Promise.all(all.map(({ network }) => network.stop()));
    await relay.stop();
  });

  it("P10.6 a call reaches the peer through a relay; each side knows the key that the other one has proved", async () => {
    const [alice, bob] = [await makeIdentity(), await makeIdentity()];
    const a = await startPage({ identity: alice.seed });
    const b = await startPage({ identity: bob.seed });
    await local.until(() => b.network.addresses.length > 0, "Bob can be called");
    const pipe = await a.network.call(bob.peerId, b.network.addresses);
    await pipe.send(toUtf8("hello"));
    await local.until(() => b.pipes.length === 1, "Bob is called");
    expect(toHex(pipe.remoteKey)).to.equal(toHex(bob.publicKey));
    expect(toHex(b.pipes[0]?.remoteKey ?? new Uint8Array())).to.equal(toHex(alice.publicKey));
    for await (const frame of b.pipes[0]?.frames ?? []) {
      expect(fromUtf8(frame)).to.equal("hello");
      break;
    }
    await pipe.end();
    const rest = await b.pipes[0]?.frames[Symbol.asyncIterator]().next();
    expect(rest?.done).to.equal(true);
  });

  it("P10.6 an address that leads to somebody else, or is none, is not called", async () => {
    const { network } = await startPage();
    const [one, other] = [await makeIdentity(), await makeIdentity()];
    for (const address of [...addresses(other), "/ip4/127.0.0.1/tcp/1/ws", "", nodes[0]?.address ?? ""]) {
      let problem = "";
      await network.call(one.peerId, [address]).catch((error: Error) => {
        problem = error.message;
      });
      expect(problem, address).to.equal("the record has no address that can be called");
    }
  });

  it("P10.9 who does not read holds the sender up, and then gets all of it", async () => {
    const [a, b] = [await startPage(), await startPage()];
    await local.until(() => b.network.addresses.length > 0, "the peer can be called");
    const pipe = await a.network.call(b.network.peerId, b.network.addresses);
    const frame = randomBytes(65_536);
    const count = 320; // 20 MiB
    let sent = 0;
    const sending = (async () => {
      for (; sent < count; sent++) await pipe.send(frame);
      await pipe.end();
    })();
    await local.until(() => b.pipes.length === 1, "the pipe");
    let [last, same] = [-1, 0];
    await local.until(
      () => {
        same = sent === last ? same + 1 : 0;
        last = sent;
        return same > 150;
      },
      "the sender waits",
      60_000,
    );
    expect(sent, "frames of 65,536 bytes that are under way").to.be.lessThan(160);
    let received = 0;
    for await (const one of b.pipes[0]?.frames ?? []) received += one.length;
    await sending;
    expect(received).to.equal(count * frame.length);
  });

  it("P10.11 what is said under a topic comes to who has subscribed to it, from whom it is", async () => {
    const [a, b] = [await startPage(), await startPage()];
    const topic = toHex(randomBytes(32));
    await local.until(() => b.network.addresses.length > 0, "the peer can be called");
    a.network.subscribe(topic);
    b.network.subscribe(topic);
    await a.network.connect(b.network.peerId, b.network.addresses);
    const message = randomBytes(100);
    await local.until(
      async () => {
        await a.network.say(topic, message);
        return b.groups.length > 0;
      },
      "the message",
      60_000,
    );
    expect(b.groups[0]?.from).to.equal(a.network.peerId);
    expect(toHex(b.groups[0]?.message ?? new Uint8Array())).to.equal(toHex(message));
    expect(a.groups).to.deep.equal([]);
  });

  it("P10.5 a relay does not hold what a flood sends to somebody who does not read", async () => {
    const { RawClient } = await import("./testing/raw-client.ts");
    const relay = await local.startLocalNode([]);
    const [deaf, flooding] = [await RawClient.start(), await RawClient.start()];
    const peerId = await deaf.reserveAndStayDeaf(relay.address);
    const left = await flooding.flood(relay.address, peerId, 33_554_432);
    let [last, same] = [-1, 0];
    await local.until(
      () => {
        same = left() === last ? same + 1 : 0;
        last = left();
        return same > 150;
      },
      "the flood is held up",
      60_000,
    );
    expect(last, "bytes that have not left").to.be.greaterThan(29_360_128);
    await Promise.all([deaf.stop(), flooding.stop()]);
    await relay.stop();
  });

  it("P10.6 a reset and the end of a relay end the stream at both sides; the next call goes another way", async () => {
    const [a, b] = [await startPage(), await startPage()];
    await local.until(() => b.network.addresses.length >= 2, "the peer can be called in two ways");
    const nextOf = async (at: number): Promise<boolean | undefined> =>
      (await b.pipes[at]?.frames[Symbol.asyncIterator]().next())?.done;
    const first = await a.network.call(b.network.peerId, b.network.addresses);
    await local.until(() => b.pipes.length === 1, "the first pipe");
    first.reset();
    expect(await nextOf(0)).to.equal(true);
    const second = await a.network.call(b.network.peerId, b.network.addresses);
    await local.until(() => b.pipes.length === 2, "the second pipe");
    const used = nodes.findIndex(({ node }) => b.network.addresses[0]?.includes(node.peerId));
    const others = nodes.filter((_, index) => index !== used);
    const [dead] = nodes.splice(used, 1);
    await dead?.stop();
    // It may be that the call went through another relay: then its pipe stands.
    const call = await a.network.call(b.network.peerId, b.network.addresses);
    await local.until(() => b.pipes.length === 3, "the third pipe");
    await call.send(toUtf8("again"));
    expect(await nextOf(2)).to.equal(false);
    second.reset();
    expect(await nextOf(1)).to.equal(true);
    expect(others).to.have.length(nodes.length);
  });

  it("P10.5 after a pipe was given up the next call takes another relay, from either side, though the first one works", async () => {
    const used: string[] = [];
    const relays = await Promise.all(
      ["one", "other"].map((name) => local.startLocalNode([], { joined: () => used.push(name) })),
    );
    further.push(...relays);
    const both = relays.map(({ address }) => address);
    const [a, b] = [await local.startLocalPage(both), await local.startLocalPage(both)];
    pages.push(a, b);
    const isReady = ({ network }: LocalPage): boolean => network.addresses.length === 2;
    await local.until(() => isReady(a) && isReady(b), "both can be called in two ways");
    const callAndGiveUp = async (from: LocalPage, to: LocalPage, who: "caller" | "called"): Promise<void> => {
      const pipe = await from.network.call(to.network.peerId, to.network.addresses);
      await local.until(() => to.pipes.length > 0, "the pipe");
      const taken = to.pipes.pop();
      const [giving, hearing] = who === "caller" ? [pipe, taken] : [taken, pipe];
      giving?.giveUp();
      expect(
        (await hearing?.frames[Symbol.asyncIterator]().next())?.done,
        "the other side hears of it",
      ).to.equal(true);
    };
    await callAndGiveUp(a, b, "caller");
    await callAndGiveUp(a, b, "called");
    await callAndGiveUp(b, a, "caller");
    const [first = "", second = ""] = used;
    expect(used).to.deep.equal([first, second, first]);
    expect(first).to.not.equal(second);
  });

  it("P10.5 where relays hang without a word, another one is reserved, and nothing is cut", async () => {
    const first = await local.startLocalNode([]);
    const hanging = await Promise.all([1, 2].map(() => local.startHangingNode([first.address])));
    further.push(first, ...hanging);
    const page = await local.startLocalPage([first, ...hanging].map(({ address }) => address));
    pages.push(page);
    await local.until(() => page.network.addresses.length === 3, "three relays");
    for (const node of hanging) node.hang();
    const spare = await local.startLocalNode([first.address]);
    further.push(spare);
    await local.until(() => page.network.addresses.length === 4, "the spare one is a fourth", 30_000);
    expect(page.network.addresses.at(-1)).to.include(spare.node.peerId);
  });

  /** A stranger asks a relay for 40 circuits to a page, and a contact calls it all the same. @returns how many came to be */
  async function besieged(limits: Partial<RelayLimits>): Promise<number> {
    const { RawClient } = await import("./testing/raw-client.ts");
    const relay = await local.startLocalNode([], { limits });
    further.push(relay);
    const [a, b] = [await local.startLocalPage([relay.address]), await local.startLocalPage([relay.address])];
    pages.push(a, b);
    await local.until(() => b.network.addresses.length === 1, "the page can be called");
    await local.until(() => a.network.addresses.length === 1, "the contact is there");
    const stranger = await RawClient.start();
    try {
      const made = await stranger.besiege(relay.address, b.network.peerId, 40);
      await a.network.call(b.network.peerId, b.network.addresses);
      await local.until(() => b.pipes.length === 1, "the contact's pipe");
      return made;
    } finally {
      await stranger.stop();
    }
  }

  it("P10.5 P10.6 one stranger who opens as many connections to a page as they can keeps no contact out", async () => {
    expect(await besieged({})).to.be.at.most(4);
  });

  it("P10.5 P10.6 a page lets one stranger in eight times in ten seconds, also where the relay knows no limit", async () => {
    expect(await besieged({ circuitsOfAPair: 1000 })).to.be.lessThan(40);
  });

  it("P10.5 a relay has 16 places for one address off loopback, and one for another address; no limit on loopback", async () => {
    const { RawClient } = await import("./testing/raw-client.ts");
    let host = "10.0.0.1";
    const relay = await local.startLocalNode([], { hostOf: () => host });
    further.push(relay);
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.start()));
    const reserve = async (count: number): Promise<boolean[]> => {
      const places: boolean[] = [];
      for (const client of clients.splice(0, count)) {
        const isTaken = await client.reserve(relay.address);
        reserving.push(client);
        places.push(isTaken);
      }
      return places;
    };
    const reserving: RawClient[] = [];
    try {
      expect(await reserve(17)).to.deep.equal([...Array(16).fill(true), false]);
      expect(relay.node.reservationCount).to.equal(16);
      host = "10.0.0.2";
      expect(await reserve(1)).to.deep.equal([true]);
      host = "127.0.0.1";
      expect(await reserve(2)).to.deep.equal([true, true]);
    } finally {
      await Promise.all([...clients, ...reserving].map((client) => client.stop()));
    }
  });

  it("P10.5 P10.11 pages answer no question of the table, and are in no node's; nodes run no gossipsub", async () => {
    const { RawClient } = await import("./testing/raw-client.ts");
    const { peerIdFromString } = await import("@libp2p/peer-id");
    const page = await startPage();
    await local.until(() => page.network.addresses.length > 0, "the page can be called");
    await page.network.publish(recordKey("000000000000000"), randomBytes(8));
    const [node] = nodes;
    const [pageAddress = "", nodeAddress = ""] = [page.network.addresses[0], node?.address];
    const kad = "/p2p-chat/06/kad/1.0.0";
    const groups = ["/meshsub/1.2.0", "/meshsub/1.1.0", "/meshsub/1.0.0", "/floodsub/1.0.0"];
    const client = await RawClient.start(true);
    const spoken = async (address: string, protocols: string[]): Promise<string[]> => {
      const all: string[] = [];
      for (const protocol of protocols) if (await client.speaks(address, protocol)) all.push(protocol);
      return all;
    };
    try {
      expect(await spoken(nodeAddress, [kad, ...groups])).to.deep.equal([kad]);
      expect(await spoken(pageAddress, [kad, ...groups])).to.deep.equal(
        groups.filter((name) => name.startsWith("/meshsub/")),
      );
      const bytesOf = (peerId: string): string => toHex(peerIdFromString(peerId).toMultihash().bytes.slice());
      for (const { address } of nodes) {
        const answer = toHex((await client.closest(address, randomBytes(32))) ?? new Uint8Array());
        expect(answer).to.not.include(bytesOf(page.network.peerId));
        // The test would see it: other nodes are there.
        expect(nodes.some((other) => answer.includes(bytesOf(other.node.peerId)))).to.equal(true);
      }
    } finally {
      await client.stop();
    }
  });

  it("P10.11 groups go on over the second connection of two when the first one closes", async () => {
    const [one, other] = [await local.startLocalNode([]), await local.startLocalNode([])];
    further.push(one, other);
    const both = [one.address, other.address];
    const [a, b] = [await local.startLocalPage(both), await local.startLocalPage(both)];
    pages.push(a, b);
    const isReady = ({ network }: LocalPage): boolean => network.addresses.length === 2;
    await local.until(() => isReady(a) && isReady(b), "both can be called in two ways");
    const peer = b.network.peerId;
    const throughOne = b.network.addresses.filter((address) => address.startsWith(one.address));
    const failed = await a.network.call(peer, throughOne);
    failed.giveUp();
    const first = await a.network.call(peer, throughOne);
    const topic = toHex(randomBytes(32));
    for (const { network } of [a, b]) network.subscribe(topic);
    const hearMore = (count: number): Promise<void> => {
      const due = b.groups.length + count;
      return local.until(
        async () => {
          await a.network.say(topic, randomBytes(100));
          return b.groups.length >= due;
        },
        "messages of the group",
        60_000,
      );
    };
    await hearMore(1);
    // The first relay is doubted: this one goes through the other.
    const second = await a.network.call(peer, b.network.addresses);
    await hearMore(1);
    first.giveUp();
    await hearMore(5);
    await local.until(() => b.pipes.length === 3, "all pipes");
    await second.send(toUtf8("here"));
    expect((await b.pipes[2]?.frames[Symbol.asyncIterator]().next())?.done, "the second one stands").to.equal(
      false,
    );
  });

  it("P10.6 whom no relay reaches, they cannot be called, and the reason is an Error, not the WebSocket's Event", async () => {
    const { network } = await startPage();
    const { peerId } = await makeIdentity();
    const dead = nodes[0]?.address.replace(/tcp\/\d+/, "tcp/1").replace(/p2p\/.*/, `p2p/${peerId}`) ?? "";
    const whom = await makeIdentity();
    for (const attempt of [
      () => network.call(whom.peerId, [circuitAddress(dead, whom.peerId)]),
      () => network.connect(whom.peerId, [circuitAddress(dead, whom.peerId)]),
    ]) {
      const reason = await attempt().catch((error: unknown) => error);
      expect(reason).to.be.instanceOf(Error);
      expect((reason as Error).message).to.not.equal("");
    }
  });

  it("P10.5 a node keeps the place of who is silent and answers, and not of who is gone without a word", async () => {
    const { RawClient } = await import("./testing/raw-client.ts");
    const node = await local.startHangingNode([], { quiet: 100, doubted: 3000, dead: 3000 });
    further.push(node);
    const [lost, silent] = [await RawClient.start(true), await RawClient.start(true)];
    try {
      // The second one comes past what hangs.
      const past = node.address.replace(/tcp\/\d+/, `tcp/${node.port}`);
      expect([await lost.reserve(node.address), await silent.reserve(past)]).to.deep.equal([true, true]);
      node.hang();
      await local.until(() => node.node.reservationCount < 2, "one of them is gone", 60_000);
      expect(await silent.speaks(past, "/p2p-chat/06/kad/1.0.0"), "the silent one is still there").to.equal(
        true,
      );
      expect(node.node.reservationCount).to.equal(1);
    } finally {
      await Promise.all([lost.stop(), silent.stop()]);
    }
  });

  it("P10.13 what speaks no libp2p is dropped, and the node goes on", async () => {
    const node = await local.startLocalNode([]);
    const [, port] = /tcp\/(\d+)/.exec(node.address) ?? [];
    const hello = "\u0013/multistream/1.0.0\n";
    const strangers = [
      ["GET / HTTP/1.1\r\n\r\n"],
      [hello, "\u0007/noise\n", "\u0000\u0020".padEnd(34, "x")],
      [hello, "\u00ff".repeat(70_000)],
      [hello.repeat(1000)],
      [String.fromCharCode(...randomBytes(5000))],
    ].map(async (words) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      for (const word of words) socket.send(Uint8Array.from(word, (character) => character.charCodeAt(0)));
      await closed;
    });
    await Promise.all(strangers);
    const text = new WebSocket(`ws://127.0.0.1:${port}/`);
    const ended = new Promise((resolve) => text.addEventListener("close", resolve));
    text.addEventListener("open", () => text.send("text"));
    await ended;
    const page = await local.startLocalPage([node.address]);
    await local.until(() => page.network.addresses.length === 1, "a page has a circuit there");
    await page.network.stop();
    await node.stop();
  });
});
