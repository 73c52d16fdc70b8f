import { expect } from "chai";
import { Lobby, type Waiting } from "./lobby.ts";

function from(host: string, isOfTeam = false): Waiting {
  return { host, isOfTeam };
}

/** So many from one address. @returns those that had to go for them */
function enter(lobby: Lobby<Waiting>, connections: readonly Waiting[]): (Waiting | undefined)[] {
  return connections.map((one) => lobby.enter(one)).filter((one) => one !== undefined);
}

function many(count: number, host: string): Waiting[] {
  return Array.from({ length: count }, () => from(host));
}

describe("the lobby", () => {
  it("P9.2 has 64 places, and a new one pushes out the oldest", () => {
    const lobby = new Lobby();
    const first = many(64, "127.0.0.1");
    expect(enter(lobby, first)).to.deep.equal([]);
    const more = many(2, "127.0.0.1");
    const pushed = enter(lobby, more);
    expect(pushed[0]).to.equal(first[0]);
    expect(pushed[1]).to.equal(first[1]);
    expect(lobby.size).to.equal(64);
    lobby.leave(first[2] ?? from(""));
    expect(enter(lobby, many(1, "127.0.0.1")), "one has left").to.deep.equal([]);
    expect(lobby.enter(from("10.0.0.1"))).to.equal(first[3]);
  });

  it("P9.2 has 16 places for one address off loopback, and the oldest of that address has to go", () => {
    const lobby = new Lobby();
    const [other] = many(1, "10.0.0.2");
    const ofOne = many(16, "10.0.0.1");
    expect(enter(lobby, [...many(1, "10.0.0.2"), ...(other ? [other] : []), ...ofOne])).to.deep.equal([]);
    expect(lobby.enter(from("10.0.0.1"))).to.equal(ofOne[0]);
    expect(lobby.enter(from("10.0.0.1"))).to.equal(ofOne[1]);
    expect(lobby.size).to.equal(18);
    expect(enter(lobby, many(17, "127.0.0.1")), "loopback").to.deep.equal([]);
    expect(enter(lobby, many(17, "::1")), "loopback").to.deep.equal([]);
  });

  it("P9.13 sends strangers away before those who have said a right hello", () => {
    const lobby = new Lobby();
    const mate = from("127.0.0.1", true);
    lobby.enter(mate);
    enter(lobby, many(200, "127.0.0.1"));
    expect(lobby.all()).to.include(mate);
    expect(lobby.size).to.equal(64);
    const mates = Array.from({ length: 63 }, () => from("127.0.0.1", true));
    enter(lobby, mates);
    expect(lobby.enter(from("127.0.0.1")), "all are of the team").to.equal(mate);
  });
});
