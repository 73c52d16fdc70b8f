import { expect } from "chai";
import { LanMesh, type LanPeer } from "../tests/support/peers-in-memory.ts";
import { makeRoom } from "./rooms.ts";

const ID = "0123456789abcdef0123456789abcdef";

describe("05 rooms among their members (P9.10)", () => {
  let mesh: LanMesh;
  let alice: LanPeer;
  let bob: LanPeer;
  let carol: LanPeer;
  let both: string[];

  beforeEach(() => {
    mesh = new LanMesh("alice", "bob", "carol");
    [alice, bob, carol] = [mesh.get("alice"), mesh.get("bob"), mesh.get("carol")];
    both = [bob.identity.fingerprint, carol.identity.fingerprint];
  });

  afterEach(async () => await mesh.close());

  /** The id of the only room that a peer knows by this name. */
  function roomId(peer: LanPeer, name = "team"): string {
    return peer.conversations.findRooms(name)[0]?.id ?? "";
  }

  it("are made known to all members, and what is said in them comes to each", async () => {
    alice.conversations.makeRoom("team", both);
    await mesh.settle();
    for (const peer of [alice, bob, carol])
      expect(peer.shown).to.deep.equal(["room team: alice, bob, carol"]);
    bob.conversations.sayInRoom(roomId(bob), "hi");
    await mesh.settle();
    expect(alice.shown[1]).to.equal("bob in team> hi");
    expect(carol.shown[1]).to.equal("bob in team> hi");
    expect(bob.shown[1]).to.equal("1 in team> hi");
    expect(bob.shown.slice(2).sort()).to.deep.equal(["delivered to alice: 1", "delivered to carol: 1"]);
  });

  it("reach who was away when they are back, before what was said in them", async () => {
    mesh.away.add("carol");
    alice.conversations.makeRoom("team", both);
    await mesh.settle();
    alice.conversations.sayInRoom(roomId(alice), "hi");
    await mesh.settle();
    expect(alice.shown).to.include("queued for carol: 1");
    mesh.away.clear();
    alice.conversations.found(carol.identity.fingerprint);
    await mesh.settle();
    expect(carol.shown).to.deep.equal(["room team: alice, bob, carol", "alice in team> hi"]);
  });

  it("are changed by their maker: who is out of them drops them, and cannot speak in them", async () => {
    alice.conversations.makeRoom("team", both);
    await mesh.settle();
    const id = roomId(carol);
    alice.conversations.makeRoom("TEAM", [bob.identity.fingerprint]);
    await mesh.settle();
    expect(bob.shown[1]).to.equal("room TEAM: alice, bob");
    expect(carol.conversations.rooms()).to.deep.equal([]);
    expect(carol.notes.join()).to.contain("no longer in the room team");
    expect(() => carol.conversations.sayInRoom(id, "hi")).to.throw("no such room");
    mesh.connect(carol, bob);
    carol.sessions.get(bob.identity.fingerprint)?.send({ type: "message", id: ID, to: id, text: "hi" });
    mesh.arrive(carol, bob);
    bob.turn();
    const answers = bob.sessions
      .get(carol.identity.fingerprint)
      ?.underway.filter(({ type }) => type === "refused");
    expect(answers).to.deep.equal([{ type: "refused", id: ID }]);
    expect(bob.history.lines(carol.identity.fingerprint, 9)).to.deep.equal([]);
  });

  it("put out who was away, too, when they are back", async () => {
    alice.conversations.makeRoom("team", both);
    await mesh.settle();
    mesh.away.add("carol");
    mesh.cut(alice, carol);
    alice.conversations.makeRoom("team", [bob.identity.fingerprint]);
    await mesh.settle();
    alice.restart();
    mesh.away.clear();
    mesh.connect(alice, carol);
    await mesh.settle();
    expect(carol.conversations.rooms()).to.deep.equal([]);
  });

  it("have who was away called when they are back, once for each version, also after a restart of the maker", async () => {
    const back = async (): Promise<void> => {
      mesh.cut(alice, carol);
      mesh.away.clear();
      alice.conversations.found(carol.identity.fingerprint);
      await mesh.settle();
    };
    for (const [version, members] of [both, [bob.identity.fingerprint]].entries()) {
      mesh.away.add("carol");
      mesh.cut(alice, carol);
      alice.conversations.makeRoom("team", members);
      await mesh.settle();
      alice.restart();
      await alice.conversations.start();
      await back();
      expect(carol.conversations.rooms()).to.have.length(1 - version);
      alice.restart();
      await alice.conversations.start();
      await back();
      expect([...alice.sessions.keys()], "they have been told").not.to.include(carol.identity.fingerprint);
    }
  });

  it("refuse a message of who is unknown there: not delivered", async () => {
    alice.conversations.makeRoom("team", both);
    await mesh.settle();
    // Bob has lost the history; alice has not.
    bob.history.keepRoom(
      { ...makeRoom(alice.identity, { id: roomId(alice), name: "team", members: both, version: 9 }) },
      true,
    );
    alice.conversations.sayInRoom(roomId(alice), "hi");
    await mesh.settle();
    expect(alice.shown).to.include("not delivered to bob: 1");
    expect(alice.shown).to.include("delivered to carol: 1");
  });

  it("are taken only in a newer version, with us among the members, signed by their maker", async () => {
    const id = `${alice.identity.fingerprint}.0123456789abcdef`;
    const members = [alice.identity.fingerprint, bob.identity.fingerprint];
    const version = (number: number, name: string, list = members): { body: string; signature: string } =>
      makeRoom(alice.identity, { id, name, members: list, version: number });
    mesh.connect(carol, bob);
    const session = bob.sessions.get(carol.identity.fingerprint);
    if (session === undefined) throw new Error("no session");
    const take = (room: { body: string; signature: string }): void => {
      expect(
        bob.conversations.received(session, { type: "room", body: room.body, signature: room.signature }),
      ).to.equal(true);
      bob.turn();
    };
    take(version(2, "two", [alice.identity.fingerprint, carol.identity.fingerprint]));
    take({ ...version(2, "two"), signature: version(3, "two").signature });
    expect(bob.conversations.rooms(), "not ours, and not signed").to.deep.equal([]);
    take(version(2, "two"));
    take(version(2, "other"));
    take(version(1, "one"));
    expect(bob.conversations.rooms().map(({ shown }) => shown)).to.deep.equal(["two"]);
    take(version(3, "two", [alice.identity.fingerprint, carol.identity.fingerprint]));
    take(version(2, "two"));
    expect(bob.conversations.rooms(), "an old version does not bring it back").to.deep.equal([]);
    expect(bob.conversations.received(session, { type: "room", body: 1, signature: "" })).to.equal(false);
  });

  it("of one name are told apart", async () => {
    alice.conversations.makeRoom("team", both);
    await mesh.settle();
    bob.conversations.makeRoom("Team", [alice.identity.fingerprint]);
    await mesh.settle();
    const suffix = bob.identity.fingerprint.slice(0, 4);
    expect(alice.shown[1]).to.equal(`room Team#${suffix}: alice, bob`);
    expect(alice.conversations.findRooms("team")).to.have.length(1);
    expect(alice.conversations.findRooms(`TEAM#${suffix}`)).to.have.length(1);
    expect(alice.conversations.findRooms(`team#${suffix.slice(0, 3)}`)).to.deep.equal([]);
  });

  it("have 2 to 16 members, and a name", () => {
    expect(() => alice.conversations.makeRoom("team", [])).to.throw("2 to 16");
    expect(() => alice.conversations.makeRoom("team", [alice.identity.fingerprint])).to.throw("2 to 16");
    expect(() => alice.conversations.makeRoom("te am", both)).to.throw("name");
    const many = Array.from({ length: 16 }, (_, place) => String(place).padStart(43, "A"));
    expect(() => alice.conversations.makeRoom("team", many)).to.throw("2 to 16");
  });

  it("of one maker are 64 at most", () => {
    const members = [alice.identity.fingerprint, bob.identity.fingerprint];
    for (let number = 0; number < 65; number++) {
      const id = `${alice.identity.fingerprint}.${number.toString(16).padStart(16, "0")}`;
      const room = { id, name: "x", members, version: 1, body: "", signature: "" };
      expect(bob.history.keepRoom(room, false)).to.equal(number < 64);
    }
  });
});
