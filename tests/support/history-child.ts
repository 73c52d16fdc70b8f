// Bob, for tests that kill bob: real conversations on a data folder, with one session to alice over standard input and
// output, a JSON object a line. The test is alice. What is written here is out at once, as on a socket: kill -9 takes none of it back.

import { writeSync } from "node:fs";
import { LineReader } from "../../04-aes-chat/lines.ts";
import { Conversations } from "../../05-lan-chat/conversations.ts";
import { prepareFolder } from "../../05-lan-chat/folder.ts";
import { openHistory } from "../../05-lan-chat/history.ts";
import type { JsonObject } from "../../05-lan-chat/messages.ts";
import { runProgram } from "../../05-lan-chat/program.ts";
import type { Session } from "../../05-lan-chat/sessions.ts";
import { knownIdentity } from "./known-identities.ts";

const identities = ["alice", "bob", "carol"].map((name) => ({ name, identity: knownIdentity(name) }));

function say(what: "show" | "send", value: unknown): void {
  let rest = Buffer.from(`${JSON.stringify({ [what]: value })}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The test has not read enough yet.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}

function sessionWithAlice(): Session {
  const key = knownIdentity("alice");
  return {
    fingerprint: key.fingerprint,
    key,
    name: "alice",
    address: "127.0.0.1:5000",
    role: "responder",
    isOpen: true,
    send(object) {
      say("send", object);
      return true;
    },
    end() {
      process.exit(3);
    },
    async drained() {},
  };
}

/** What alice tells the program: what comes in the session, and what its user does. */
type Order = { receive: JsonObject } | { say: string } | { take: number };

function obey(conversations: Conversations, session: Session, order: Order): void {
  if ("receive" in order) {
    if (!conversations.received(session, order.receive)) throw new Error(`wrong: ${JSON.stringify(order)}`);
  } else if ("say" in order) conversations.say(session.fingerprint, order.say);
  else take(conversations, order.take);
}

/** The test does not know whether we have taken it already, in an earlier life. */
function take(conversations: Conversations, number: number): void {
  const isOffered = conversations.transfers().some((one) => one.number === number && one.state === "offered");
  if (isOffered) conversations.take(number);
}

async function main(): Promise<void> {
  const dir = process.argv[2] ?? "";
  prepareFolder(dir);
  const history = openHistory(dir);
  const session = sessionWithAlice();
  const find = (fingerprint: string) =>
    identities.find(({ identity }) => identity.fingerprint === fingerprint);
  const conversations = new Conversations({
    history,
    identity: knownIdentity("bob"),
    name: "bob",
    dir,
    shown: (fingerprint) => find(fingerprint)?.name ?? fingerprint,
    sessionOf: (fingerprint) => (fingerprint === session.fingerprint ? session : undefined),
    activePeers: () => [session.fingerprint],
    reach: async () => undefined,
    trusted: (fingerprint) => {
      const found = find(fingerprint);
      if (found === undefined) return undefined;
      const { name, identity } = found;
      return { name, fingerprint, der: identity.der, isVerified: false, isPinned: true, standing: "usual" };
    },
    show: (event) => say("show", event),
    note: () => {},
    now: Date.now,
  });
  await conversations.start();
  conversations.opened(session);
  say("show", "ready");
  const lines = new LineReader(1024 * 1024);
  process.stdin.on("data", (chunk) => {
    for (const line of lines.push(chunk)) {
      if (line.kind === "text") obey(conversations, session, JSON.parse(line.text));
    }
  });
}

void runProgram(main);
