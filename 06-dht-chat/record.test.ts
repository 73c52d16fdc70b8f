import { expect } from "chai";
import fc from "fast-check";
import { bytesOf, knownDht, knownId } from "../tests/support/known-dht.ts";
import { type Bytes, concat, fromUtf8, toBase64, toUtf8 } from "./bytes.ts";
import { type Identity, identityFromSeed, idOf, peerIdOf, sign } from "./identity.ts";
import {
  checkRecord,
  MAX_RECORD_LIFETIME,
  makeRecord,
  RECORD_LIFETIME,
  recordKey,
  selectRecord,
} from "./record.ts";

const { cases, selections } = knownDht.records;
const NOW = 1_764_360_000_000;
const RELAY = knownId("relay one").peerId;

async function identityOf(name: string): Promise<Identity> {
  return identityFromSeed(bytesOf(knownId(name).seed));
}

function addressOf(peerId: string, start = "/ip4/127.0.0.1/tcp/8060/ws"): string {
  return `${start}/p2p/${RELAY}/p2p-circuit/p2p/${peerId}`;
}

/** A record over whatever body, signed rightly. */
async function signed(identity: Identity, body: string): Promise<Bytes> {
  const signature = toBase64(await sign(identity, concat(toUtf8("p2p-chat 06 record\0"), toUtf8(body))));
  return toUtf8(JSON.stringify({ body, signature }));
}

async function verdict(key: string, value: Bytes, now = NOW): Promise<string> {
  const checked = await checkRecord(key, value, now);
  return "refused" in checked ? checked.refused : "accept";
}

describe("record", () => {
  for (const { name, key, value, size, now, expect: expected } of cases) {
    it(`P10.4 ${name}: ${expected}`, async () => {
      expect(toUtf8(value).length).to.equal(size);
      expect(await verdict(key, toUtf8(value), now)).to.equal(expected);
    });
  }

  for (const { name, key, now, values, winner } of selections) {
    it(`P10.4 of several: ${name}`, async () => {
      const valid: { index: number; value: Bytes }[] = [];
      for (const [index, text] of values.entries())
        if ((await verdict(key, toUtf8(text), now)) === "accept") valid.push({ index, value: toUtf8(text) });
      const best = valid[selectRecord(valid.map(({ value }) => value))];
      expect(best?.index ?? null).to.equal(winner);
    });
  }

  it("P10.3 what is made is what is read", async () => {
    const ann = await identityOf("ann");
    const addresses = [addressOf(ann.peerId), addressOf(ann.peerId, "/dns/relay.example/tcp/443/wss")];
    const value = await makeRecord({ identity: ann, seq: NOW, expires: NOW + RECORD_LIFETIME, addresses });
    const { body } = JSON.parse(fromUtf8(value) ?? "");
    expect(Object.keys(JSON.parse(body))).to.deep.equal(["id", "key", "seq", "expires", "addrs"]);
    expect(await checkRecord(recordKey(ann.id), value, NOW)).to.deep.equal({
      record: { id: ann.id, key: ann.publicKey, seq: NOW, expires: NOW + 3_600_000, addresses, body },
    });
  });

  it("P10.3 the same bytes as an independent implementation", async () => {
    const [first] = cases;
    const { body } = JSON.parse(first?.value ?? "");
    const { seq, expires, addrs } = JSON.parse(body);
    const made = await makeRecord({ identity: await identityOf("ann"), seq, expires, addresses: addrs });
    expect(fromUtf8(made)).to.equal(first?.value);
  });

  it("P10.3 no record is made that no reader would take", async () => {
    const ann = await identityOf("ann");
    const ben = await identityOf("ben");
    const parts = { identity: ann, seq: NOW, expires: NOW + 1000, addresses: [addressOf(ann.peerId)] };
    const many = Array.from({ length: 9 }, (_, index) =>
      addressOf(ann.peerId, `/ip4/127.0.0.1/tcp/${8000 + index}/ws`),
    );
    const wrong = [
      { addresses: [] },
      { addresses: many },
      { addresses: [addressOf(ben.peerId)] },
      { seq: 1.5 },
      { expires: Number.NaN },
    ];
    for (const changed of wrong) {
      const thrown = await makeRecord({ ...parts, ...changed }).catch((error: unknown) => error);
      expect(thrown, JSON.stringify(changed)).to.be.instanceOf(RangeError);
    }
  });

  it("P10.3 eight of the longest addresses fit into 4,096 bytes", async () => {
    const ann = await identityOf("ann");
    const name = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
    const addresses = Array.from({ length: 8 }, (_, index) =>
      addressOf(ann.peerId, `/dns/${name}/tcp/${65_528 + index}/wss`),
    );
    const value = await makeRecord({ identity: ann, seq: NOW, expires: NOW + 1000, addresses });
    expect(value.length).to.be.at.most(4096);
    expect(await verdict(recordKey(ann.id), value)).to.equal("accept");
  });

  it("P10.3 seq is at most 10 minutes ahead", async () => {
    const ann = await identityOf("ann");
    const parts = { identity: ann, expires: NOW + 1000, addresses: [addressOf(ann.peerId)] };
    expect(await verdict(recordKey(ann.id), await makeRecord({ ...parts, seq: NOW + 600_000 }))).to.equal(
      "accept",
    );
    expect(await verdict(recordKey(ann.id), await makeRecord({ ...parts, seq: NOW + 600_001 }))).to.equal(
      "form",
    );
    expect(await verdict(recordKey(ann.id), await makeRecord({ ...parts, seq: 0 }))).to.equal("accept");
  });

  it("P10.3 an address of each kind", async () => {
    const ann = await identityOf("ann");
    const parts = { identity: ann, seq: NOW, expires: NOW + MAX_RECORD_LIFETIME };
    const starts = [
      "/ip4/255.0.10.1/tcp/1/ws",
      "/ip4/10.0.0.1/tcp/65535/wss",
      "/ip6/::1/tcp/8060/ws",
      "/ip6/fe80::1:2/tcp/8060/wss",
      "/ip6/::ffff:1.2.3.4/tcp/8060/ws",
      "/dns/localhost/tcp/8060/ws",
      "/dns/relay-1.example.org/tcp/443/wss",
    ];
    const addresses = starts.map((start) => addressOf(ann.peerId, start));
    expect(await verdict(recordKey(ann.id), await makeRecord({ ...parts, addresses }))).to.equal("accept");
  });

  const wrongStarts = [
    "/ip4/256.0.0.1/tcp/8060/ws",
    "/ip4/127.1/tcp/8060/ws",
    "/ip4/127.0.0.01/tcp/8060/ws",
    "/ip4/relay.example/tcp/8060/ws",
    "/ip6/127.0.0.1/tcp/8060/ws",
    "/ip6/fe80::1%25eth0/tcp/8060/ws",
    "/ip6/1:2:3/tcp/8060/ws",
    "/dns/-a/tcp/8060/ws",
    "/dns/a..b/tcp/8060/ws",
    `/dns/${"a.".repeat(126)}ab/tcp/8060/ws`,
    "/dns/a b/tcp/8060/ws",
    "/dns//tcp/8060/ws",
    `/dns/${"a".repeat(64)}/tcp/8060/ws`,
    "/dns4/localhost/tcp/8060/ws",
    "/dns6/localhost/tcp/8060/ws",
    "/dnsaddr/localhost/tcp/8060/ws",
    "/ip4/127.0.0.1/tcp/0/ws",
    "/ip4/127.0.0.1/tcp/08060/ws",
    "/ip4/127.0.0.1/tcp/65536/ws",
    "/ip4/127.0.0.1/tcp/99999/ws",
    "/ip4/127.0.0.1/tcp/8060",
    "/ip4/127.0.0.1/udp/8060/ws",
    "/ip4/127.0.0.1/tcp/8060/tls/ws",
    "/ip4/127.0.0.1/tcp/8060/ws/http",
    " /ip4/127.0.0.1/tcp/8060/ws",
    "ip4/127.0.0.1/tcp/8060/ws",
  ];
  for (const start of wrongStarts) {
    it(`P10.3 no address: ${start}/…`, async () => {
      const ann = await identityOf("ann");
      const body = {
        id: ann.id,
        key: toBase64(ann.publicKey),
        seq: NOW,
        expires: NOW + 1000,
        addrs: [addressOf(ann.peerId, start)],
      };
      expect(await verdict(recordKey(ann.id), await signed(ann, JSON.stringify(body)))).to.equal("form");
      const right = { ...body, addrs: [addressOf(ann.peerId)] };
      expect(await verdict(recordKey(ann.id), await signed(ann, JSON.stringify(right)))).to.equal("accept");
    });
  }

  it("P10.3 nothing stands behind the peer, and the relay is a peer of its own", async () => {
    const ann = await identityOf("ann");
    const circuit = `/ip4/127.0.0.1/tcp/8060/ws/p2p/${RELAY}/p2p-circuit/p2p/${ann.peerId}`;
    const wrong = [
      `${circuit}/`,
      `x${circuit}`,
      "",
      "/".repeat(3000),
      circuit.replace("/tcp/", "//tcp/"),
      circuit.replace("/tcp/", "/TCP/"),
      circuit.replace("/ws/", "/WS/"),
      `${circuit}\n`,
      `${circuit}/p2p/${ann.peerId}`,
      `${circuit}/p2p-circuit/p2p/${ann.peerId}`,
      circuit.replace(RELAY, ann.peerId),
      circuit.replace(RELAY, "relay"),
      circuit.replace("/p2p-circuit", ""),
      circuit.replace(`/p2p/${RELAY}`, ""),
    ];
    for (const address of wrong) {
      const parts = {
        id: ann.id,
        key: toBase64(ann.publicKey),
        seq: NOW,
        expires: NOW + 1000,
        addrs: [address],
      };
      expect(await verdict(recordKey(ann.id), await signed(ann, JSON.stringify(parts))), address).to.equal(
        "form",
      );
    }
  });

  it("P10.4 of an equal seq the bytewise greater body, in whatever order they come", async () => {
    const ann = await identityOf("ann");
    const parts = { identity: ann, seq: NOW, expires: NOW + 1000 };
    const start = "/ip4/127.0.0.1/tcp/8060/ws";
    // In UTF-16 the first of these would be the greater one; in UTF-8 it is the second. One body begins as the other does.
    const bodyOf = (mood: string) =>
      `{"mood":"${mood}","id":"${ann.id}","key":"${toBase64(ann.publicKey)}","seq":${NOW},"expires":${NOW + 1000},"addrs":["${addressOf(ann.peerId)}"]}`;
    const sets = [
      [
        await makeRecord({ ...parts, addresses: [addressOf(ann.peerId, start)] }),
        await makeRecord({ ...parts, addresses: [addressOf(ann.peerId, start.replace("ws", "wss"))] }),
      ],
      [await signed(ann, bodyOf("\uffff")), await signed(ann, bodyOf("\u{1f600}"))],
      [await signed(ann, bodyOf("a")), await signed(ann, `${bodyOf("a")} `)],
    ] as const;
    for (const [lesser, greater] of sets) {
      for (const value of [lesser, greater])
        expect(await verdict(recordKey(ann.id), value)).to.equal("accept");
      expect(selectRecord([lesser, greater])).to.equal(1);
      expect(selectRecord([greater, lesser])).to.equal(0);
      expect(selectRecord([lesser, greater, lesser])).to.equal(1);
    }
  });

  it("P10.4 what cannot be read wins against nothing, and choosing never throws", () => {
    const valid = toUtf8(cases[0]?.value ?? "");
    expect(selectRecord([toUtf8("hello"), valid])).to.equal(1);
    expect(selectRecord([valid, toUtf8("hello")])).to.equal(0);
    expect(selectRecord([])).to.equal(0);
    expect(selectRecord([toUtf8("{}")])).to.equal(0);
  });

  it("P10.4 a key of small order, with a signature that holds for it, is refused", async () => {
    const key = bytesOf(`01${"00".repeat(31)}`);
    const id = await idOf(key);
    const addrs = [addressOf(peerIdOf(key))];
    const body = JSON.stringify({ id, key: toBase64(key), seq: NOW, expires: NOW + 1000, addrs });
    const signature = toBase64(concat(key, new Uint8Array(32)));
    expect(await verdict(recordKey(id), toUtf8(JSON.stringify({ body, signature })))).to.equal("form");
  });

  it("P10.4 a body with half of a character is refused", async () => {
    const [first] = cases;
    const { body, signature } = JSON.parse(first?.value ?? "");
    const lone = JSON.stringify({ body: body.replace("{", '{"mood":"\ud800",'), signature });
    expect(await verdict(first?.key ?? "", toUtf8(lone))).to.equal("form");
  });

  it("P10.4 whatever bytes come, checking and choosing do not throw, and nothing changed is taken", async () => {
    const [first] = cases;
    const value = first?.value ?? "";
    const anyValue = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((body) => toUtf8(JSON.stringify({ body, signature: toBase64(new Uint8Array(64)) }))),
      fc
        .tuple(fc.nat(value.length - 1), fc.string({ maxLength: 4 }))
        .map(([at, other]) => toUtf8(value.slice(0, at) + other + value.slice(at + 1))),
    );
    await fc.assert(
      fc.asyncProperty(anyValue, async (drawn) => {
        const bytes = Uint8Array.from(drawn);
        selectRecord([bytes, toUtf8(value), bytes]);
        const checked = await checkRecord(first?.key ?? "", bytes, NOW);
        // A blank or another escape between the members changes nothing that was signed.
        if ("record" in checked) expect(checked.record.body).to.equal(JSON.parse(value).body);
      }),
    );
  });

  it("P10.4 the key in the table is /u/ and the id, and nothing else", async () => {
    const [first] = cases;
    expect(recordKey("141065404484172")).to.equal("/u/141065404484172");
    for (const key of [
      "141065404484172",
      "/v/141065404484172",
      "/u/141065404484172/",
      "/u//u/141065404484172",
      "",
    ])
      expect(await verdict(key, toUtf8(first?.value ?? "")), key).to.equal("form");
  });
});
