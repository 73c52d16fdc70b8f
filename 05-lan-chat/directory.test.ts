import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import type { Beacon } from "./beacons.ts";
import { Directory, type DirectoryOptions } from "./directory.ts";
import type { PublicIdentity } from "./identity.ts";

const NOW = 1_764_360_000_000;
const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 512 });

/** The directory looks at nothing but the fingerprint of a key. */
function keyOf(fingerprint: string): PublicIdentity {
  return { fingerprint, key: publicKey, der: Buffer.alloc(0) };
}

function beacon(fingerprint: string, address = "10.0.0.1:5000", name = fingerprint.toLowerCase()): Beacon {
  return { type: "beacon", team: "rocket", name, address, session: 1, seq: 1, key: keyOf(fingerprint) };
}

function directoryOf(options: Partial<DirectoryOptions> = {}): Directory {
  return new Directory({ beaconSeconds: 5, inactiveSeconds: 600, isPinned: () => false, ...options });
}

const found = { kind: "found", fingerprint: "BOB" };
const left = { kind: "left", fingerprint: "BOB" };
const silent = { kind: "silent", fingerprint: "BOB" };
const forgotten = { kind: "forgotten", fingerprint: "BOB" };

describe("the directory of peers", () => {
  it("P8.9 a peer is found once, active for three beats, then silent, and forgotten after 600 s of silence", () => {
    const directory = directoryOf();
    expect(directory.heard(beacon("BOB"), NOW)).to.deep.equal([found]);
    expect(directory.heard(beacon("BOB"), NOW + 5000)).to.deep.equal([]);
    expect(directory.tick(NOW + 20_000)).to.deep.equal([]);
    expect(directory.peer("BOB", NOW + 20_000)?.isActive).to.equal(true);
    expect(directory.tick(NOW + 20_001)).to.deep.equal([silent]);
    expect(directory.tick(NOW + 21_000)).to.deep.equal([]);
    expect(directory.peer("BOB", NOW + 21_000)).to.include({ isActive: false, since: NOW + 5000 });
    expect(directory.tick(NOW + 604_999)).to.deep.equal([]);
    expect(directory.tick(NOW + 605_000)).to.deep.equal([forgotten]);
    expect(directory.isKnown("BOB")).to.equal(false);
    expect(directory.peers(NOW + 605_000)).to.deep.equal([]);
  });

  it("P8.9 a silent peer that is heard again is found again", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.tick(NOW + 16_000);
    expect(directory.heard(beacon("BOB"), NOW + 30_000)).to.deep.equal([found]);
    expect(directory.peer("BOB", NOW + 30_000)).to.include({ isActive: true, since: NOW + 30_000 });
  });

  it("P8.9 --beacon and --inactive set the times", () => {
    const directory = directoryOf({ beaconSeconds: 0.2, inactiveSeconds: 2 });
    directory.heard(beacon("BOB"), NOW);
    expect(directory.tick(NOW + 600)).to.deep.equal([]);
    expect(directory.tick(NOW + 601)).to.deep.equal([silent]);
    expect(directory.tick(NOW + 2000)).to.deep.equal([forgotten]);
  });

  it("P8.9 an active peer is not forgotten, however small --inactive is", () => {
    const directory = directoryOf({ inactiveSeconds: 1 });
    directory.heard(beacon("BOB"), NOW);
    expect(directory.tick(NOW + 10_000)).to.deep.equal([]);
    expect(directory.tick(NOW + 15_001)).to.deep.equal([silent, forgotten]);
  });

  it("P8.9 after a goodbye a peer is gone at once, and is found when it comes back", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    expect(directory.goodbye("BOB", NOW + 1000)).to.deep.equal([left]);
    expect(directory.goodbye("BOB", NOW + 1000)).to.deep.equal([]);
    expect(directory.peer("BOB", NOW + 2000)).to.include({ isActive: false, since: NOW + 1000 });
    expect(directory.tick(NOW + 20_000)).to.deep.equal([]);
    expect(directory.heard(beacon("BOB"), NOW + 30_000)).to.deep.equal([found]);
    expect(directory.goodbye("CAROL", NOW)).to.deep.equal([]);
    expect(directory.isKnown("CAROL")).to.equal(false);
  });

  it("P8.9 a peer with an open session is active, also when it is not heard", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.sessionOpened("BOB", { name: "bob", address: "10.0.0.1:5000" }, NOW + 1000);
    expect(directory.tick(NOW + 700_000)).to.deep.equal([]);
    expect(directory.peer("BOB", NOW + 700_000)).to.include({ isActive: true, hasSession: true, since: NOW });
    expect(directory.sessionClosed("BOB", NOW + 700_000)).to.deep.equal([silent]);
    expect(directory.peer("BOB", NOW + 700_001)).to.include({ isActive: false, since: NOW + 700_000 });
    expect(directory.tick(NOW + 1_299_999)).to.deep.equal([]);
    expect(directory.tick(NOW + 1_300_000)).to.deep.equal([forgotten]);
  });

  it("P8.9 whose session ends while beacons come is still there", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.sessionOpened("BOB", { name: "bob", address: "10.0.0.1:5000" }, NOW);
    directory.heard(beacon("BOB"), NOW + 20_000);
    expect(directory.sessionClosed("BOB", NOW + 21_000)).to.deep.equal([]);
  });

  it("P8.9 a goodbye counts when the session has ended, too", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.sessionOpened("BOB", { name: "bob", address: "10.0.0.1:5000" }, NOW);
    expect(directory.goodbye("BOB", NOW + 1000)).to.deep.equal([]);
    expect(directory.peer("BOB", NOW + 1000)?.isActive).to.equal(true);
    expect(directory.sessionClosed("BOB", NOW + 2000)).to.deep.equal([left]);
  });

  it("a peer that was called by its address is known, but nobody says that it was found", () => {
    const directory = directoryOf();
    directory.sessionOpened("BOB", { name: "bob", address: "10.0.0.1:5000" }, NOW);
    expect(directory.peer("BOB", NOW)).to.deep.equal({
      fingerprint: "BOB",
      name: "bob",
      addresses: ["10.0.0.1:5000"],
      isActive: true,
      hasSession: true,
      since: NOW,
    });
    expect(directory.heard(beacon("BOB"), NOW + 1000)).to.deep.equal([found]);
    const other = directoryOf();
    other.sessionOpened("BOB", { name: "bob", address: "10.0.0.1:5000" }, NOW);
    expect(other.sessionClosed("BOB", NOW + 1000)).to.deep.equal([]);
    expect(other.tick(NOW + 601_000)).to.deep.equal([forgotten]);
  });

  it("P8.9 a peer has up to eight addresses, and the one heard last comes first", () => {
    const directory = directoryOf();
    for (let host = 1; host <= 9; host++) directory.heard(beacon("BOB", `10.0.0.${host}:5000`), NOW + host);
    directory.heard(beacon("BOB", "10.0.0.4:5000"), NOW + 10);
    expect(directory.addressesOf("BOB")).to.deep.equal(
      [4, 9, 8, 7, 6, 5, 3, 2].map((host) => `10.0.0.${host}:5000`),
    );
    expect(directory.addressesOf("CAROL")).to.deep.equal([]);
  });

  it("P8.10 peers are told apart by fingerprint, and say the name they say last", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB", "10.0.0.1:5000", "ann"), NOW);
    directory.heard(beacon("CAROL", "10.0.0.1:5000", "ann"), NOW);
    directory.heard(beacon("BOB", "10.0.0.1:5000", "bob"), NOW);
    expect(directory.peers(NOW).map(({ fingerprint, name }) => [fingerprint, name])).to.deep.equal([
      ["BOB", "bob"],
      ["CAROL", "ann"],
    ]);
  });

  it("P8.10 at most 32 from one address off loopback; live ones are never pushed out", () => {
    const directory = directoryOf();
    for (let i = 0; i < 32; i++) directory.heard(beacon(`KEY${i}`, `10.0.0.1:${5000 + i}`), NOW + i);
    expect(directory.hasPlace("BOB", "10.0.0.1", NOW + 100)).to.equal(false);
    expect(directory.heard(beacon("BOB"), NOW + 100)).to.deep.equal([]);
    expect(directory.isKnown("BOB")).to.equal(false);
    expect(directory.hasPlace("KEY5", "10.0.0.1", NOW + 100)).to.equal(true);
    expect(directory.hasPlace("BOB", "10.0.0.2", NOW + 100)).to.equal(true);
    // The one that is silent for longest makes room, and everybody is told.
    directory.heard(beacon("KEY0"), NOW + 15_000);
    expect(directory.heard(beacon("BOB"), NOW + 15_003)).to.deep.equal([
      { kind: "silent", fingerprint: "KEY1" },
      { kind: "forgotten", fingerprint: "KEY1" },
      found,
    ]);
    expect(directory.isKnown("KEY0")).to.equal(true);
  });

  it("P8.10 on loopback there is no limit for an address, and 256 in all", () => {
    const directory = directoryOf();
    for (let i = 0; i < 256; i++) directory.heard(beacon(`KEY${i}`, `127.0.0.1:${5000 + i}`), NOW);
    expect(directory.peers(NOW).length).to.equal(256);
    expect(directory.hasPlace("BOB", "127.0.0.1", NOW)).to.equal(false);
    expect(directory.hasPlace("BOB", "10.0.0.1", NOW)).to.equal(false);
    directory.goodbye("KEY77", NOW);
    expect(directory.heard(beacon("BOB"), NOW)).to.deep.equal([
      { kind: "forgotten", fingerprint: "KEY77" },
      found,
    ]);
    expect(directory.peers(NOW).length).to.equal(256);
  });

  it("P8.10 a session keeps its place, and pinned keys always have one", () => {
    const pinned = new Set(["CAROL"]);
    const directory = directoryOf({ isPinned: (fingerprint) => pinned.has(fingerprint) });
    for (let i = 0; i < 32; i++) directory.heard(beacon(`KEY${i}`, `10.0.0.1:${5000 + i}`), NOW);
    for (let i = 0; i < 32; i++)
      directory.sessionOpened(`KEY${i}`, { name: "key", address: `10.0.0.1:${5000 + i}` }, NOW);
    expect(directory.hasPlace("BOB", "10.0.0.1", NOW + 60_000)).to.equal(false);
    expect(directory.hasPlace("CAROL", "10.0.0.1", NOW + 60_000)).to.equal(true);
    expect(directory.heard(beacon("CAROL"), NOW + 60_000)).to.have.length(1);
    // Who is pinned takes nobody's place.
    for (let i = 0; i < 32; i++) pinned.add(`KEY${i}`);
    expect(directory.hasPlace("BOB", "10.0.0.1", NOW + 60_000)).to.equal(true);
  });

  it("time in which we could not hear anybody is no silence", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.skip(3_600_000);
    expect(directory.tick(NOW + 3_600_000)).to.deep.equal([]);
    expect(directory.peer("BOB", NOW + 3_600_000)).to.include({ isActive: true, since: NOW });
    expect(directory.tick(NOW + 3_616_000)).to.deep.equal([silent]);
    directory.skip(-7_200_000);
    expect(directory.tick(NOW - 3_600_000)).to.deep.equal([]);
    expect(directory.tick(NOW - 3_000_000)).to.deep.equal([forgotten]);
  });

  it("/remove forgets a peer at once, and its next beacon finds it anew", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.forget("BOB");
    expect(directory.isKnown("BOB")).to.equal(false);
    expect(directory.peer("BOB", NOW)).to.equal(undefined);
    expect(directory.heard(beacon("BOB"), NOW + 1)).to.deep.equal([found]);
  });

  it("what it gives away cannot change it", () => {
    const directory = directoryOf();
    directory.heard(beacon("BOB"), NOW);
    directory.addressesOf("BOB").push("10.0.0.9:1");
    expect(directory.addressesOf("BOB")).to.deep.equal(["10.0.0.1:5000"]);
  });
});
