// The scenes of stages 02 to 04: the registry, Alice and Bob. Mallory is between each of them and the registry, and writes
// other ports into what it tells, so that calls come by, too.

import { jsonOf } from "../../captures/explain/protocols.ts";
import type { LineRelay } from "../../course/line-relay.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { portIn } from "../../programs/stage-programs.ts";
import type { WireStage } from "../shared/wire.ts";
import { bothWays, exactly, type Play, type SetUp, type StagePlan, saidBetween } from "./stage-plan.ts";

const FOLDERS = { "02": "02-basic-p2p", "03": "03-dh-chat", "04": "04-aes-chat" } as const;

const USERS = ["alice", "bob"] as const;
type User = (typeof USERS)[number];

/** Where a user listens: what they tell the registry, and the relay that stands before it. */
interface Place {
  port: number | undefined;
  relay: LineRelay;
}

export function chatPlan(stage: WireStage & keyof typeof FOLDERS): StagePlan {
  const folder = FOLDERS[stage];
  return {
    stage,
    directions: [
      ...bothWays("registry", "alice", "registry"),
      ...bothWays("registry", "bob", "registry"),
      ...bothWays("chat", "alice", "bob"),
    ],
    async build(rig) {
      const registry = await rig.start(
        { party: "registry", title: "the registry" },
        [...nodeCommand(`${folder}/server.ts`), "--port", "0"],
        { folder: COURSE_FOLDER },
      );
      const port = registry.seen(/^listening on .*:[0-9]+$/).then(portIn);
      port.catch(() => {}); // It is waited for below.
      const placeOf = async (caller: User, called: User): Promise<Place> => {
        const relay = await rig.relay({ link: "chat", caller, called }, 0);
        return { port: undefined, relay };
      };
      const places = { alice: await placeOf("bob", "alice"), bob: await placeOf("alice", "bob") };
      const start = async (party: User, title: string) => {
        const way = { link: "registry", caller: party, called: "registry" } as const;
        const relay = await rig.relay(way, port, between(places));
        const options = ["--name", party, "--registry", `127.0.0.1:${relay.port}`];
        const words = [...nodeCommand(`${folder}/client.ts`), ...options];
        return rig.start({ party, title }, words, { folder: COURSE_FOLDER });
      };
      const people = { alice: await start("alice", "Alice"), bob: await start("bob", "Bob") };
      const { alice, bob } = people;
      const call = async (): Promise<void> => {
        const asked = bob.next(/^alice wants to chat/);
        alice.type("/chat bob");
        await asked;
        const started = [alice.next(/^chat with bob started/), bob.next(/^chat with alice started/)];
        bob.type("/accept alice");
        await Promise.all(started);
      };
      const play: Play = async (said) => {
        await port;
        await Promise.all([alice.seen(/^registered as /), bob.seen(/^registered as /)]);
        await call();
        for (const { from, to, text } of saidBetween(said, USERS)) {
          if (!isUser(from) || !isUser(to)) continue;
          const arrived = [
            people[to].next(exactly(`${from}> ${text}`)),
            people[from].next(new RegExp(`^delivered to ${to}: `)),
          ];
          people[from].type(text);
          await Promise.all(arrived);
        }
        return "the chat has started: type in Alice's or Bob's terminal";
      };
      return { play, call };
    },
  };
}

function isUser(party: string): party is User {
  return USERS.some((user) => user === party);
}

/** Notes where each user listens, and changes what the registry tells of it. */
function between(places: Readonly<Record<User, Place>>): SetUp {
  return ({ from }, line) => {
    if (from !== "registry") {
      const { type, username, port } = jsonOf(line) ?? {};
      const place = typeof username === "string" && isUser(username) ? places[username] : undefined;
      if (type !== "register" || place === undefined || typeof port !== "number") return undefined;
      place.port = port;
      // Whoever registers again listens elsewhere, perhaps.
      place.relay.targetPort = port;
      return undefined;
    }
    const notes: string[] = [];
    const text = line
      .toString("latin1")
      .replace(
        /("username":"(alice|bob)","host":"127\.0\.0\.1","port":)([0-9]+)/g,
        (whole, before: string, name: User, port: string) => {
          const place = places[name];
          if (place.port !== Number(port)) return whole;
          notes.push(
            `to get between, Mallory wrote ${place.relay.port} where ${name}'s port ${port} stood: who calls ${name} there comes to Mallory first`,
          );
          return `${before}${place.relay.port}`;
        },
      );
    return notes.length === 0 ? undefined : { bytes: Buffer.from(text, "latin1"), note: notes.join("; ") };
  };
}
