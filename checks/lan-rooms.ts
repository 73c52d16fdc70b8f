// Checks clause P9.10: stage 05's rooms.

import { randomBytes } from "node:crypto";
import { defineChecks } from "./engine/check.ts";
import { ordered } from "./engine/connection.ts";
import { Lan } from "./engine/lan.ts";
import { type Members, parse } from "./engine/lan-context.ts";
import { isSigned, KEYS, sign } from "./engine/lan-cryptography.ts";
import type { LanPeer, LanSession } from "./engine/lan-peer.ts";
import type { PeerUnderTest } from "./engine/launcher.ts";
import type { Scene } from "./engine/scene.ts";

interface RoomOptions {
  room?: string;
  name?: string;
  members: readonly string[];
  version?: number;
  /** Members of the body that are other than usual. */
  body?: Members;
  signedBy?: LanPeer;
  label?: string;
}

function roomId(maker: LanPeer): string {
  return `${maker.key.fingerprint}.${randomBytes(8).toString("hex")}`;
}

/** A room as its maker sends it. */
function roomObject(maker: LanPeer, options: RoomOptions): Members {
  const { room = roomId(maker), name = "crew", members, version = 1, body = {} } = options;
  const { signedBy = maker, label = "room" } = options;
  const written = JSON.stringify({
    room,
    name,
    members,
    version,
    key: maker.key.der.toString("base64"),
    ...body,
  });
  return { type: "room", body: written, signature: sign(signedBy.key.privateKey, label, written) };
}

interface Meeting {
  lan: Lan;
  alice: PeerUnderTest;
  own: string;
  bob: LanSession;
  carol: LanSession;
}

/** A program in sessions with bob and carol. */
async function meeting(scene: Scene): Promise<Meeting> {
  const lan = await Lan.open(scene);
  const alice = await lan.program("alice");
  const sessions: LanSession[] = [];
  for (const name of ["bob", "carol"]) {
    const peer = await lan.peer(name);
    await peer.isFoundBy(alice);
    const session = await peer.opens(alice);
    session.passedOver.add("room"); // Not only the maker may pass a room on.
    sessions.push(session);
  }
  const [bob, carol] = sessions;
  if (bob === undefined || carol === undefined) throw new Error("two sessions");
  return { lan, alice, own: (await lan.keyOf(alice)).fingerprint, bob, carol };
}

const fingerprintOf = ({ peer }: LanSession): string => peer.key.fingerprint;

/** Sends an object that is wrong. The program passes it over, or refuses the session. @returns a session that is open */
async function isNotTaken(session: LanSession, object: Members): Promise<LanSession> {
  await session.saysAll([object, { type: "ping" }]);
  const answer = await session.hearsType("pong", "error");
  if (answer.type === "pong") return session;
  session.connection.ignoresTheRest();
  return session.peer.calls(session.program);
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.10-made",
    title: "/room makes a room: each member gets it, signed, and the messages in it",
    async run(scene) {
      const { lan, alice, own, bob, carol } = await meeting(scene);
      await alice.enters("/room crew bob carol");
      await alice.shows("room crew: alice, bob, carol");
      const key = await lan.keyOf(alice);
      let id = "";
      for (const session of [bob, carol]) {
        const object = await session.hearsType("room");
        await scene.step("it is a room of alice's", () => {
          const body = parse(String(object.body)) ?? {};
          id = String(body.room);
          const expected = {
            room: body.room,
            name: "crew",
            members: body.members,
            version: 1,
            key: key.der.toString("base64"),
          };
          if (ordered(body, expected) !== JSON.stringify(expected))
            scene.fails({
              expected: JSON.stringify(expected),
              received: ordered(body, expected),
              exact: true,
            });
          if (!new RegExp(`^${own}\\.[0-9a-f]{16}$`).test(id))
            scene.fails({ expected: `${own}, a dot and 16 hex digits`, received: id });
          const members = Array.isArray(body.members) ? [...body.members].sort().join(" ") : "";
          const all = [own, fingerprintOf(bob), fingerprintOf(carol)].sort().join(" ");
          if (members !== all) scene.fails({ expected: all, received: members });
          if (!isSigned(key.publicKey, "room", String(object.body), object.signature))
            scene.fails({ expected: "a signature over `p2p-mesh 05 room`", received: "another" });
        });
      }
      await alice.enters("/in crew hello crew");
      await alice.shows("1 in crew> hello crew");
      await bob.takesMessage("hello crew", id);
      await carol.takesMessage("hello crew", id);
      await alice.showsInAnyOrder("delivered to bob: 1", "delivered to carol: 1");
      await bob.tells("hello alice", id);
      await alice.shows("bob in crew> hello alice");
    },
  },
  {
    id: "P9.10-taken",
    title: "a room that a member made is shown, and talked in, also after a restart",
    async run(scene) {
      const { lan, alice, own, bob, carol } = await meeting(scene);
      const room = roomId(bob.peer);
      const members = [fingerprintOf(bob), own, fingerprintOf(carol)];
      await bob.says(roomObject(bob.peer, { room, members }));
      await alice.shows("room crew: alice, bob, carol");
      await carol.tells("hi", room);
      await alice.shows("carol in crew> hi");
      await alice.enters("/in crew hi both");
      await bob.takesMessage("hi both", room);
      await carol.takesMessage("hi both", room);
      await alice.showsInAnyOrder("delivered to bob: 1", "delivered to carol: 1");
      bob.connection.ignoresTheRest();
      carol.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const session = await bob.peer.opens(again);
      await session.tells("still here?", room);
      await again.shows("bob in crew> still here?");
    },
  },
  {
    id: "P9.10-not-taken",
    title:
      "a room is taken only from its maker, rightly signed, with 2 to 16 members, the maker and oneself among them",
    likelyCause:
      "The signature is checked with the key in the body, and that is not compared with the room's name.",
    async run(scene) {
      const { lan, alice, own, bob, carol } = await meeting(scene);
      const maker = bob.peer;
      const both = [fingerprintOf(bob), own];
      const many: string[] = [];
      for (let count = 0; count < 15; count += 1) many.push((await KEYS.next()).fingerprint);
      const wrong: Record<string, RoomOptions> = {
        "signed by another": { members: both, signedBy: carol.peer },
        "signed for a letter": { members: both, label: "letter" },
        "named for another maker": { members: [...both, fingerprintOf(carol)], room: roomId(carol.peer) },
        "without its maker": { members: [own, fingerprintOf(carol)] },
        "without us": { members: [fingerprintOf(bob), fingerprintOf(carol)] },
        "of one member twice": { members: [...both, own] },
        "of 17": { members: [...both, ...many] },
        "of version 0": { members: both, version: 0 },
        "of version 1.5": { members: both, version: 1.5 },
        "whose name has a blank": { members: both, name: "the crew" },
        "whose room has no hex digits": { members: both, room: `${fingerprintOf(bob)}.crew` },
        "of one": { members: [own] },
      };
      let session = bob;
      for (const [what, options] of Object.entries(wrong)) {
        scene.transcript.steps.push(`a room comes, ${what}`);
        session = await isNotTaken(session, roomObject(maker, options));
      }
      await lan.stats(alice); // What was shown before is read now.
      await alice.hasNotShown("room ");
      await session.says(roomObject(maker, { members: [...both, ...many.slice(1)] }));
      await alice.shows(/^room crew: /);
    },
  },
  {
    id: "P9.10-version",
    title:
      "a greater version replaces the room, an equal or smaller one does not; who is no longer in it drops it",
    async run(scene) {
      const { alice, own, bob, carol } = await meeting(scene);
      const room = roomId(bob.peer);
      const [two, three] = [
        [fingerprintOf(bob), own],
        [fingerprintOf(bob), own, fingerprintOf(carol)],
      ];
      await bob.says(roomObject(bob.peer, { room, members: two, version: 3 }));
      await alice.shows("room crew: alice, bob");
      let session = await isNotTaken(bob, roomObject(bob.peer, { room, members: three, version: 3 }));
      session = await isNotTaken(session, roomObject(bob.peer, { room, members: three, version: 2 }));
      await alice.hasNotShown("room crew: alice, bob, carol");
      await session.says(roomObject(bob.peer, { room, members: three, version: 5 }));
      await alice.shows("room crew: alice, bob, carol");
      await session.says(
        roomObject(bob.peer, {
          room,
          members: [fingerprintOf(bob), fingerprintOf(carol)],
          version: 6,
        }),
      );
      const id = await session.saysMessage("can you read this?", room);
      await session.hears({ type: "refused", id });
      await alice.enters("/in crew can you?");
      await alice.shows(/^error: /);
    },
  },
  {
    id: "P9.10-refused",
    title: "a message for an unknown room, or from no member, is refused, and not shown",
    async run(scene) {
      const { alice, own, bob, carol } = await meeting(scene);
      const room = roomId(bob.peer);
      await bob.says(roomObject(bob.peer, { room, members: [fingerprintOf(bob), own] }));
      await alice.shows("room crew: alice, bob");
      const stranger = await carol.saysMessage("hidden", room);
      await carol.hears({ type: "refused", id: stranger });
      const nowhere = await bob.saysMessage("hidden", roomId(bob.peer));
      await bob.hears({ type: "refused", id: nowhere });
      await bob.tells("in it", room);
      await alice.shows("bob in crew> in it");
      await alice.hasNotShown("hidden");
      await alice.enters("/in crew nobody wants this");
      const id = await bob.hearsMessage("nobody wants this", room);
      await bob.says({ type: "refused", id });
      await alice.shows("not delivered to bob: 1");
    },
  },
  {
    id: "P9.10-same-name",
    title: "two rooms of one name are told apart",
    async run(scene) {
      const { alice, own, bob, carol } = await meeting(scene);
      const [one, other] = [roomId(bob.peer), roomId(carol.peer)];
      await bob.says(roomObject(bob.peer, { room: one, members: [fingerprintOf(bob), own] }));
      await alice.shows("room crew: alice, bob");
      await carol.says(roomObject(carol.peer, { room: other, members: [fingerprintOf(carol), own] }));
      const line = await alice.shows(/^room crew#[^ ]{4,}: alice, carol$/);
      const name = line.slice("room ".length, line.indexOf(":"));
      await carol.tells("in mine", other);
      await alice.shows(`carol in ${name}> in mine`);
      await alice.enters("/in crew to the first");
      await bob.takesMessage("to the first", one);
      await alice.enters(`/in ${name} to the second`);
      await carol.takesMessage("to the second", other);
    },
  },
]);
