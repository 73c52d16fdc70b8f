import { expect } from "chai";
import { type Identity, makeIdentity, sign } from "./identity.ts";
import { makeRoom, parseRoom, type Room, shownRooms } from "./rooms.ts";

describe("05 rooms (P9.10)", () => {
  let alice: Identity;
  let bob: Identity;
  let room: Room;

  before(async () => {
    [alice, bob] = await Promise.all([makeIdentity(), makeIdentity()]);
    const id = `${alice.fingerprint}.0123456789abcdef`;
    room = { id, name: "Team", members: [alice.fingerprint, bob.fingerprint], version: 1 };
  });

  /** A room whose body is signed by somebody, whatever stands in it. */
  function signed(maker: Identity, body: string): unknown {
    return parseRoom(body, sign(maker, "p2p-mesh 05 room", Buffer.from(body)).toString("base64"));
  }

  it("reads what it has made", () => {
    const made = makeRoom(alice, room);
    expect(parseRoom(made.body, made.signature)).to.deep.equal(made);
    expect(Object.keys(JSON.parse(made.body))).to.deep.equal(["room", "name", "members", "version", "key"]);
  });

  it("takes a body with blanks and another order: what counts is the text that was signed", () => {
    const { room: id, name, ...rest } = JSON.parse(makeRoom(alice, room).body);
    expect(signed(alice, JSON.stringify({ ...rest, name, room: id }, undefined, 2))).to.include({
      id: room.id,
      name,
    });
  });

  it("refuses a changed body, another signer, and another label", () => {
    const { body, signature } = makeRoom(alice, room);
    expect(parseRoom(body.replace("Team", "Tram"), signature)).to.equal(undefined);
    expect(parseRoom(`${body} `, signature)).to.equal(undefined);
    expect(signed(bob, body)).to.equal(undefined);
    const asLetter = sign(alice, "p2p-mesh 05 letter", Buffer.from(body)).toString("base64");
    expect(parseRoom(body, asLetter)).to.equal(undefined);
    expect(parseRoom(body, signature.replace("=", ""))).to.equal(undefined);
  });

  it("refuses a key that is not the maker's, also where that key has signed", () => {
    expect(signed(bob, makeRoom(bob, { ...room }).body)).to.equal(undefined);
  });

  it("refuses what has not the form", () => {
    const right = JSON.parse(makeRoom(alice, room).body);
    const others = Array.from(
      { length: 15 },
      (_, place) => `${"A".repeat(41)}${String(place).padStart(2, "0")}`,
    );
    const wrong: Record<string, unknown>[] = [
      { room: alice.fingerprint },
      { room: `${alice.fingerprint}.0123456789ABCDEF` },
      { room: `${alice.fingerprint}.0123456789abcde` },
      { name: "you" },
      { name: "a b" },
      { name: "x".repeat(33) },
      { members: [alice.fingerprint] },
      { members: [alice.fingerprint, alice.fingerprint] },
      { members: [bob.fingerprint, others[0]] },
      { members: [alice.fingerprint, "bob"] },
      { members: [alice.fingerprint, bob.fingerprint, ...others] },
      { members: alice.fingerprint },
      { version: 0 },
      { version: 1.5 },
      { version: "1" },
      { key: right.key.slice(4) },
      { key: undefined },
    ];
    for (const change of wrong) {
      expect(signed(alice, JSON.stringify({ ...right, ...change })), JSON.stringify(change)).to.equal(
        undefined,
      );
    }
    expect(signed(alice, JSON.stringify({ ...right, padding: "x".repeat(9000) }))).to.equal(undefined);
  });

  it("tells rooms of one name apart, without regard to case", () => {
    const id = (start: string): string => `${start.padEnd(43, "x")}.0123456789abcdef`;
    const rooms = [
      { id: id("F3kQaa"), name: "team" },
      { id: id("F3kQab"), name: "Team" },
      { id: id("abcd"), name: "TEAM" },
      { id: id("F3kQaa1"), name: "other" },
    ];
    expect([...shownRooms(rooms).values()]).to.deep.equal(["team", "Team#F3kQab", "TEAM#abcd", "other"]);
  });
});
