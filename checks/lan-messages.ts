// Checks clauses P9.7 and P9.11: stage 05's messages and their acknowledgements, and what is kept on the disk.

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineChecks } from "./engine/check.ts";
import { Lan } from "./engine/lan.ts";
import type { Members } from "./engine/lan-context.ts";
import { talk } from "./engine/lan-steps.ts";

/** The longest text, in bytes (P3.4). */
const LONGEST = 8192;
/** How long a program may try to reach a peer, in seconds (P9.8). */
const REACHING = 5;
/** In the header of an SQLite file: the versions of its format for writing and reading, both 2 for WAL; user_version. */
const WAL_VERSIONS = [18, 19] as const;
const USER_VERSION = 60;

/** Objects that are no messages of P9.7. */
const WRONG_MESSAGES: Readonly<Record<string, (id: string) => Members>> = {
  "an empty text": (id) => ({ type: "message", id, to: "you", text: "" }),
  "a text of 8,193 bytes": (id) => ({ type: "message", id, to: "you", text: "x".repeat(LONGEST + 1) }),
  "a text that is a number": (id) => ({ type: "message", id, to: "you", text: 7 }),
  "a lone surrogate": (id) => ({ type: "message", id, to: "you", text: "\ud800" }),
  "an id in upper case": () => ({ type: "message", id: "AB".repeat(16), to: "you", text: "hidden" }),
  "an id of 31 digits": (id) => ({ type: "message", id: id.slice(1), to: "you", text: "hidden" }),
  "no id": () => ({ type: "message", to: "you", text: "hidden" }),
};

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.7-message",
    title: "messages go both ways, are shown, and acknowledged under their ids",
    async run(scene) {
      const { alice, session } = await talk(scene);
      await session.tells("naïve café ☕");
      await alice.shows("bob> naïve café ☕");
      await session.tells("hello everybody", "all");
      await alice.shows("bob to all> hello everybody");
      await alice.enters("/msg bob good evening ☕", "/msg bob and good night");
      const first = await session.hearsMessage("good evening ☕");
      const second = await session.hearsMessage("and good night");
      await scene.step("each has an id of its own", () => {
        if (first === second) scene.fails({ expected: "another id", received: second });
      });
      await alice.hasNotShown("delivered to");
      await session.says({ type: "ack", id: second });
      await alice.shows("delivered to bob: 2");
      await session.says({ type: "ack", id: first });
      await alice.shows("delivered to bob: 1");
    },
  },
  {
    id: "P9.7-texts",
    title: "a text has 1 to 8,192 bytes of UTF-8; what a terminal would obey is shown as U+FFFD",
    async run(scene) {
      const { alice, session } = await talk(scene);
      await session.tells("é".repeat(LONGEST / 2));
      await alice.shows(`bob> ${"é".repeat(LONGEST / 2)}`);
      await session.tells("a\u001b[31mb\u202ec\nd\u0085e\tf");
      await alice.shows("bob> a\ufffd[31mb\ufffdc\ufffdd\ufffde\tf");
    },
  },
  {
    id: "P9.7-wrong-message",
    title: "what is no message of this form ends the session, and is not shown",
    async run(scene) {
      const { alice, bob, session } = await talk(scene);
      let current = session;
      for (const [what, make] of Object.entries(WRONG_MESSAGES)) {
        scene.transcript.steps.push(`a message comes with ${what}`);
        const shown = alice.lines.filter((line) => line.startsWith("bob> ")).length;
        await current.says(make(randomBytes(16).toString("hex")));
        await current.isRefused();
        await scene.step("nothing is shown of it", () => {
          const lines = alice.lines.filter((line) => line.startsWith("bob> "));
          if (lines.length > shown) scene.fails({ expected: "no message", received: lines.at(-1) ?? "" });
        });
        current = await bob.opens(alice);
      }
    },
  },
  {
    id: "P9.7-again",
    title: "an id that was seen before is acknowledged again and not shown again, also after a restart",
    likelyCause: "The ids are kept for a session only, or in memory only.",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      const id = await session.tells("only once");
      await alice.shows("bob> only once");
      await session.tells("only once", "you", id);
      await session.breaks();
      const next = await bob.opens(alice);
      await next.tells("only once", "you", id);
      next.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const last = await bob.opens(again);
      await last.tells("only once", "you", id);
      await last.tells("the end");
      await again.shows("bob> the end");
      await scene.step("it was shown once", () => {
        const count = [...alice.lines, ...again.lines].filter((line) => line === "bob> only once").length;
        if (count !== 1) scene.fails({ expected: "once", received: `${count} times` });
      });
    },
  },
  {
    id: "P9.7-same-id-of-two",
    title: "the same id from another key is another message",
    async run(scene) {
      const { lan, alice, session } = await talk(scene);
      const carol = await lan.peer("carol");
      await carol.isFoundBy(alice);
      const other = await carol.opens(alice);
      const id = await session.tells("from bob");
      await alice.shows("bob> from bob");
      await other.tells("from carol", "you", id);
      await alice.shows("carol> from carol");
    },
  },
  {
    id: "P9.7-queued",
    title: "what is not acknowledged when a session ends is queued, and sent again under its id, in order",
    likelyCause: "The message gets a new id, so that the other side cannot know that it has it.",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      await alice.enters("/msg bob one", "/msg bob two", "/msg bob three");
      const ids = [await session.hearsMessage("one"), await session.hearsMessage("two")];
      ids.push(await session.hearsMessage("three"));
      await session.says({ type: "ack", id: ids[1] });
      await alice.shows("delivered to bob: 2");
      await session.breaks();
      await alice.shows("queued for bob: 1");
      const next = await bob.opens(alice);
      const again = [await next.hearsMessage("one"), await next.hearsMessage("three")];
      // What it shows is on its disk (P9.7), and so is what came before: that it has sent both, too.
      await next.tells("before the end");
      await alice.shows("bob> before the end");
      next.connection.ignoresTheRest();
      const restarted = await lan.killsAndRestarts(alice);
      const last = await bob.opens(restarted);
      again.push(await last.takesMessage("one"), await last.takesMessage("three"));
      await scene.step("the ids are the same", () => {
        const expected = [ids[0], ids[2], ids[0], ids[2]].join(" ");
        if (again.join(" ") !== expected) scene.fails({ expected, received: again.join(" "), exact: true });
      });
      await restarted.shows("delivered to bob: 3");
    },
  },
  {
    id: "P9.7-unknown-ack",
    title: "an unknown ack is passed over",
    async run(scene) {
      const { alice, session } = await talk(scene);
      await session.says({ type: "ack", id: randomBytes(16).toString("hex") });
      await session.tells("still here");
      await alice.shows("bob> still here");
      await alice.hasNotShown("delivered");
    },
  },
  {
    id: "P9.7-order",
    title: "the messages of one sender come in the order of their writing",
    async run(scene) {
      const { alice, session } = await talk(scene);
      const texts = Array.from({ length: 30 }, (_, index) => `number ${index}`);
      await alice.enters(...texts.map((text) => `/msg bob ${text}`));
      for (const text of texts) await session.takesMessage(text);
      await session.saysAll(
        texts.map((text) => ({ type: "message", id: randomBytes(16).toString("hex"), to: "you", text })),
      );
      for (const _ of texts) await session.hearsType("ack");
      for (const text of texts) await alice.shows(`bob> ${text}`);
    },
  },
  {
    id: "P9.7-all",
    title: "a message to all goes to each active peer, with an acknowledgement each",
    async run(scene) {
      const { lan, alice, session } = await talk(scene);
      const carol = await lan.peer("carol");
      await carol.isFoundBy(alice);
      const gone = await lan.peer("gone");
      await gone.isFoundBy(alice);
      await gone.leaves(alice);
      await alice.enters("/all hello everybody");
      await alice.shows("1 to all> hello everybody");
      await session.takesMessage("hello everybody", "all");
      const called = await carol.answers(alice);
      await called.takesMessage("hello everybody", "all");
      await alice.showsInAnyOrder("delivered to bob: 1", "delivered to carol: 1");
      await alice.hasNotShown("gone: 1");
    },
  },
  {
    id: "P9.7-all-in-time",
    title:
      "a dead peer delays nobody; without an ack within 30 s a message to all is not delivered, nor queued",
    waits: 30,
    async run(scene) {
      const { lan, alice, session } = await talk(scene);
      const carol = await lan.peer("carol");
      await carol.isFoundBy(alice);
      const mute = await carol.opens(alice);
      const dead = await lan.peer("dead");
      await dead.isFoundBy(alice);
      dead.listener.close();
      const since = performance.now();
      await alice.enters("/all is anybody there?");
      await session.takesMessage("is anybody there?", "all");
      await alice.shows("delivered to bob: 1");
      await mute.hearsMessage("is anybody there?", "all");
      session.connection.ignoresTheRest();
      mute.connection.ignoresTheRest();
      await alice.showsAfter(29, since, "not delivered to carol: 1");
      await alice.prints("not delivered to dead: 1");
      const next = await carol.calls(alice);
      await next.tells("what did you say?");
      await next.says({ type: "ping" });
      await next.hears({ type: "pong" });
    },
  },
  {
    id: "P9.11-killed",
    title: "what was acknowledged is in the history after kill -9, once",
    likelyCause: "The acknowledgement is sent before the message is on the disk.",
    async run(scene) {
      const { lan, bob, ...started } = await talk(scene);
      let { alice, session } = started;
      const texts: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        for (let count = 0; count < 3; count += 1) {
          const text = `message ${round}.${count}`;
          texts.push(text);
          await session.tells(text);
        }
        session.connection.ignoresTheRest();
        alice = await lan.killsAndRestarts(alice);
        if (round < 3) session = await bob.opens(alice);
      }
      await alice.enters("/history bob 100", "/peers");
      await alice.shows(/^peers: /);
      await scene.step("each message is there once", () => {
        for (const text of texts) {
          const count = alice.lines.filter((line) => line.includes(` < ${text}`)).length;
          if (count !== 1) scene.fails({ expected: `${text}, once`, received: `${count} times` });
        }
        scene.observe();
      });
    },
  },
  {
    id: "P9.11-states",
    title: "the history tells what became of one's own messages",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      await alice.enters("/msg bob arrived");
      await session.takesMessage("arrived");
      await alice.shows("delivered to bob: 1");
      await session.saysBye();
      await bob.goesAway(alice);
      await alice.enters("/msg bob waits");
      await alice.showsLater("queued for bob: 2", REACHING);
      const again = await lan.killsAndRestarts(alice);
      await again.enters("/history bob");
      await again.shows(/ > arrived \[delivered\]$/);
      await again.shows(/ > waits \[queued\]$/);
    },
  },
  {
    id: "P9.11-database",
    title: "DIR/history.db is an SQLite database in WAL mode",
    async run(scene) {
      const { alice, session } = await talk(scene);
      await session.tells("for the history");
      await scene.step("its header says so", () => {
        const file = join(alice.data, "history.db");
        const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
        const isWal = WAL_VERSIONS.every((offset) => bytes[offset] === 2);
        if (!bytes.subarray(0, 15).equals(Buffer.from("SQLite format 3")) || !isWal)
          scene.fails({
            expected: "SQLite format 3, in WAL mode",
            received: bytes.length === 0 ? "no file, or an empty one" : bytes.toString("hex", 0, 20),
          });
      });
    },
  },
  {
    id: "P9.11-not-touched",
    title: "a damaged database, or one of a later version, is not touched: an error, and exit code 1",
    async run(scene) {
      const damages: Record<string, (bytes: Buffer) => Buffer> = {
        "is no database": () => Buffer.from("this is no database at all\n".repeat(200)),
        "is of version 1,000,000": (bytes) => {
          bytes.writeUInt32BE(1_000_000, USER_VERSION);
          return bytes;
        },
      };
      for (const [what, damage] of Object.entries(damages)) {
        const lan = await Lan.open(scene);
        const alice = await lan.program("alice");
        await lan.quits(alice);
        const file = join(alice.data, "history.db");
        await scene.step(`its history.db ${what}`, () => {
          if (!existsSync(file)) scene.fails({ expected: "DIR/history.db", received: "no such file" });
          writeFileSync(file, damage(readFileSync(file)));
        });
        const before = readFileSync(file);
        const again = lan.run("alice", { data: alice.data });
        await again.endsWith(1, `It starts though its history.db ${what}.`);
        await again.prints(/./);
        await scene.step("the file is as it was", () => {
          if (!readFileSync(file).equals(before))
            scene.fails({ expected: "the same bytes", received: "others" });
        });
      }
    },
  },
]);
