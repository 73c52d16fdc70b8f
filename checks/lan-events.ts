// Checks clause P9.12: the lines that stage 05's program shows of keys, messages, rooms and files.

import { createHash, randomBytes } from "node:crypto";
import { defineChecks } from "./engine/check.ts";
import type { Members } from "./engine/lan-context.ts";
import { lanSafetyNumber, sign } from "./engine/lan-cryptography.ts";
import type { LanPeer } from "./engine/lan-peer.ts";
import { meet } from "./engine/lan-steps.ts";

const PHOTO = Buffer.from("a photo, or nearly one");

/** A room of two, whose maker stands first among its members. */
function roomOf(maker: LanPeer, other: string): { room: string; object: Members } {
  const room = `${maker.key.fingerprint}.${randomBytes(8).toString("hex")}`;
  const members = [maker.key.fingerprint, other];
  const key = maker.key.der.toString("base64");
  const body = JSON.stringify({ room, name: "crew", members, version: 1, key });
  return { room, object: { type: "room", body, signature: sign(maker.key.privateKey, "room", body) } };
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.12-events",
    title: "keys, messages, rooms and files are shown, each in the words of its line",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const session = await bob.calls(alice);
      const own = await lan.keyOf(alice);
      await alice.showsInAnyOrder(
        "connected to bob",
        "new key for bob",
        `safety number with bob: ${lanSafetyNumber(own.der, bob.key.der)}`,
      );
      await session.tells("hi");
      await alice.showsNext("bob> hi");
      await session.tells("hi", "all");
      await alice.showsNext("bob to all> hi");
      const { room, object } = roomOf(bob, own.fingerprint);
      await session.says(object);
      await alice.showsNext("room crew: alice, bob");
      await session.tells("hi", room);
      await alice.showsNext("bob in crew> hi");
      const file = randomBytes(16).toString("hex");
      const sha256 = createHash("sha256").update(PHOTO).digest("hex");
      await session.says({ type: "offer", file, name: "photo.jpg", size: PHOTO.length, sha256 });
      await alice.showsNext(`bob offers file 1: photo.jpg, ${PHOTO.length} bytes`);
      await alice.enters("/take 1");
      await session.hears({ type: "accept", file, offset: 0 });
      await session.says({ type: "chunk", file, offset: 0, data: PHOTO.toString("base64") });
      await session.hears({ type: "chunk-ack", file, offset: 0 });
      await alice.showsNext(/^file 1 received: .*photo\.jpg$/);
    },
  },
]);
