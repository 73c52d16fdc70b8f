// Checks functions of stage 05 that sessions are made of (P9): frames, proofs, messages that come in. The expected
// values come from the checker's own lan-cryptography.ts.

import { defineChecks } from "./engine/check.ts";
import { isSigned, KEYS, type LanKey, sign } from "./engine/lan-cryptography.ts";
import type { ModuleUnderTest } from "./engine/module-under-test.ts";
import type { Scene } from "./engine/scene.ts";
import { givesInTurn, NotesCalls } from "./engine/values.ts";

const TEAM = "rocket";
const HEADER = `<10.0.0.1:5000> @ <${TEAM}>`;

/** A small limit for a reader, in bytes, so that little has to be sent to reach it. */
const LIMIT = 400;

/** What a reader gave: `token …` or `bad`, each in one word, so that a report shows them in a line. */
function wordsOf(value: unknown): string {
  if (!Array.isArray(value)) return `no frames: ${String(value)}`;
  const words = value.map((one: Record<string, unknown> | undefined) =>
    one?.kind === "frame" ? `${String(one.token)} from ${String(one.address)}` : String(one?.kind),
  );
  return words.length === 0 ? "nothing" : words.join(", then ");
}

async function readerOf(scene: Scene): Promise<ModuleUnderTest> {
  return (await scene.module("frames.ts")).creates("FrameReader", [TEAM, LIMIT]);
}

/** Gives a reader these chunks, and expects what comes of all of them together. */
async function reads(
  scene: Scene,
  what: string,
  chunks: readonly (string | Buffer)[],
  expected: string,
): Promise<void> {
  await scene.step(`push with ${what}: ${expected}`, async () => {
    const reader = await readerOf(scene);
    const all: unknown[] = [];
    for (const chunk of chunks) {
      const value = await reader.calls("push", [Buffer.from(chunk)]);
      if (!Array.isArray(value)) scene.fails({ sent: what, expected, received: wordsOf(value) });
      else all.push(...value);
    }
    const received = wordsOf(all);
    if (received !== expected) scene.fails({ sent: `push with ${what}`, expected, received, exact: true });
  });
}

function frameOf(token: string, header = HEADER, end = "\n"): string {
  return [header, token, "<end>", ""].join(end);
}

/** A frame with exactly so many bytes, and its token. */
function frameOfLength(bytes: number): { frame: string; token: string } {
  const token = "A".repeat(bytes - frameOf("").length);
  return { frame: frameOf(token), token };
}

/** Frames of other forms. */
const NO_FRAMES: Readonly<Record<string, string>> = {
  "another team": frameOf("gAAA", "<10.0.0.1:5000> @ <pocket>"),
  "the team in other letters": frameOf("gAAA", "<10.0.0.1:5000> @ <Rocket>"),
  "a header with something before it": frameOf("gAAA", `x${HEADER}`),
  "a header with something behind it": frameOf("gAAA", `${HEADER} `),
  "a header without an address": frameOf("gAAA", `<> @ <${TEAM}>`),
  "a header without a port": frameOf("gAAA", `<10.0.0.1> @ <${TEAM}>`),
  "no header": "gAAA\n<end>\n",
  "a token with a blank in it": frameOf("gA AA"),
  "a token that is no base64url": frameOf("gA<end>"),
  "an empty token": frameOf(""),
  "two lines of token": `${HEADER}\ngAAA\ngAAA\n<end>\n`,
  "a third line in capitals": `${HEADER}\ngAAA\n<END>\n`,
  "a third line with a blank behind it": `${HEADER}\ngAAA\n<end> \n`,
  "an empty line before it": `\n${frameOf("gAAA")}`,
};

const frameChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P9.1-reader",
    title: "a reader gives each frame once, in order, in whatever pieces it comes",
    likelyCause:
      "A chunk is taken for a frame, or a frame ends before the LF behind <end>. A frame may come in many pieces, and many may come in one: keep what is not complete.",
    async run(scene) {
      const [one, two] = [frameOf("gAAA"), frameOf("gB-_==", `<[::1]:65535> @ <${TEAM}>`)];
      const both = "gAAA from 10.0.0.1:5000, then gB-_== from [::1]:65535";
      await reads(scene, "one frame", [one], "gAAA from 10.0.0.1:5000");
      await reads(scene, "two frames at once", [one + two], both);
      await reads(scene, "two frames in single bytes", [...(one + two)], both);
      const cut = scene.random.integer(1, one.length - 1);
      await reads(
        scene,
        `two frames, cut after ${cut} bytes`,
        [one.slice(0, cut), one.slice(cut) + two],
        both,
      );
      await reads(scene, "a frame whose last LF is missing", [one.slice(0, -1)], "nothing");
      await reads(scene, "a frame with CRs", [frameOf("gAAA", HEADER, "\r\n")], "gAAA from 10.0.0.1:5000");
      await reads(scene, "nothing", [""], "nothing");
    },
  },
  {
    id: "P9.1-forms",
    title: "what has another form than a frame is bad, and nothing is read behind it",
    likelyCause:
      "A line is searched for its parts, and not compared as a whole; or reading goes on behind bytes that are no frame.",
    async run(scene) {
      for (const [what, text] of Object.entries(NO_FRAMES)) {
        await reads(scene, what, [text + frameOf("gAAA")], "bad");
        await reads(scene, `${what}, then a frame of its own`, [text, frameOf("gAAA")], "bad");
      }
      const after = [frameOf("gAAA"), frameOf("gAAA", "no header"), frameOf("gBBB")].join("");
      await reads(scene, "a frame, then none, then a frame", [after], "gAAA from 10.0.0.1:5000, then bad");
    },
  },
  {
    id: "P9.1-length",
    title: "a frame has its limit with all of its lines, and is bad as soon as it is longer",
    likelyCause:
      "The limit is looked at when the frame is complete, or counts only a part of it. Count every byte of a frame, also its LFs and CRs, as it comes.",
    async run(scene) {
      const { frame, token } = frameOfLength(LIMIT);
      await reads(scene, `a frame of ${LIMIT} bytes, the limit`, [frame], `${token} from 10.0.0.1:5000`);
      await reads(
        scene,
        "three of them",
        [frame, frame + frame],
        Array(3).fill(`${token} from 10.0.0.1:5000`).join(", then "),
      );
      await reads(scene, `a frame of ${LIMIT + 1} bytes`, [frameOfLength(LIMIT + 1).frame], "bad");
      await reads(
        scene,
        `a frame of ${LIMIT + 1} bytes in single bytes`,
        [...frameOfLength(LIMIT + 1).frame],
        "bad",
      );
      const long = frameOfLength(LIMIT - 2).frame.replaceAll("\n", "\r\n");
      await reads(scene, `a frame of ${LIMIT + 1} bytes, three of them CRs`, [long], "bad");
      await reads(scene, `${LIMIT + 1} bytes without a line feed`, ["x".repeat(LIMIT), "x"], "bad");
      await reads(
        scene,
        `a header, and a token that never ends`,
        [`${HEADER}\n`, ..."A".repeat(LIMIT)],
        "bad",
      );
    },
  },
]);

/** An identity in the process of the functions: an object with its keys. */
async function identityOf(scene: Scene, key: LanKey): Promise<unknown> {
  const pem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return (await scene.module("identity.ts")).calls("identityOf", [pem]);
}

type Role = "initiator" | "responder";

/** A proof that is right for this salt, and what may be wrong with it. */
function proofOf(
  key: LanKey,
  role: string,
  salt: Buffer,
  signed: Partial<{ label: string; der: Buffer }> = {},
): Record<string, unknown> {
  const { label = `proof ${role}`, der = key.der } = signed;
  const signature = sign(key.privateKey, label, Buffer.concat([salt, der]));
  return { seq: 0, type: "proof", key: key.der.toString("base64"), signature };
}

/** Expects that checkProof gives this fingerprint, or undefined. */
async function checksProof(
  scene: Scene,
  what: string,
  argv: readonly [object, Role, Buffer],
  expected: string | undefined,
  likelyCause?: string,
): Promise<void> {
  await scene.step(`checkProof ${expected === undefined ? "refuses" : "takes"} ${what}`, async () => {
    const file = await scene.module("proof.ts");
    const value = (await file.calls("checkProof", argv)) as Record<string, unknown> | undefined;
    const received = value?.fingerprint;
    if (received === expected) return;
    scene.fails({
      sent: `checkProof with ${what}`,
      expected: expected === undefined ? "undefined" : `the identity ${expected}`,
      received: received === undefined ? String(value) : `the identity ${String(received)}`,
      ...(likelyCause === undefined ? {} : { likelyCause }),
    });
  });
}

const proofChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P9.4-signs",
    title: "a proof is signed over its role, the salt and its own key",
    likelyCause:
      "What is signed is the label of the role, a NUL, then the salt, then the DER bytes of the key: sign() adds label and NUL itself.",
    async run(scene) {
      const file = await scene.module("proof.ts");
      const key = await KEYS.next();
      const identity = await scene.preparing(() => identityOf(scene, key));
      for (const role of ["initiator", "responder"] as const) {
        const salt = scene.random.bytes(32);
        const proof = (await file.calls("makeProof", [identity, role, salt])) as
          | Record<string, unknown>
          | undefined;
        await scene.step(`the ${role}'s proof has the form of P9.4`, () => {
          const wrong = proof?.type === "proof" ? "key" : "type";
          const isRight = proof?.type === "proof" && proof?.key === key.der.toString("base64");
          if (!isRight)
            scene.fails({
              expected: '{"type":"proof","key":"BASE64","signature":"BASE64"}, with our own key',
              received: JSON.stringify(proof),
              likelyCause: `The member ${wrong} is another one. The key is its SubjectPublicKeyInfo, identity.der, in base64.`,
            });
        });
        await scene.step(`the ${role}'s signature is over role, salt and key`, () => {
          const message = Buffer.concat([salt, key.der]);
          if (isSigned(key.publicKey, `proof ${role}`, message, proof?.signature)) return;
          const over = whatIsSigned(key, salt, proof?.signature);
          scene.fails({
            expected: `a signature over "p2p-mesh 05 proof ${role}", a NUL, the salt and the key`,
            received: over ?? "a signature over something else, or none",
          });
        });
      }
    },
  },
  {
    id: "P9.4-checks",
    title: "a proof is taken only for this role, this salt and its own key, whatever its members are",
    likelyCause:
      "A member is used before its form was checked, or the signature is checked over less than role, salt and key.",
    async run(scene) {
      const [key, other] = [await KEYS.next(), await KEYS.next()];
      const salt = scene.random.bytes(32);
      for (const role of ["initiator", "responder"] as const) {
        const good = proofOf(key, role, salt);
        const opposite = role === "initiator" ? "responder" : "initiator";
        await checksProof(scene, `the ${role}'s proof`, [good, role, salt], key.fingerprint);
        await checksProof(
          scene,
          `the ${opposite}'s own proof, sent back`,
          [proofOf(key, opposite, salt), role, salt],
          undefined,
          "The role is not a part of what is signed. Then a proof can be sent back to whom it came from.",
        );
        await checksProof(
          scene,
          "a proof of another session",
          [proofOf(key, role, scene.random.bytes(32)), role, salt],
          undefined,
          "The salt is not a part of what is signed. Then a proof of yesterday is good today.",
        );
        await checksProof(
          scene,
          "a signature over the salt alone",
          [{ ...good, signature: sign(key.privateKey, `proof ${role}`, salt) }, role, salt],
          undefined,
          "The key is not a part of what is signed. Then somebody may find another key that fits the signature.",
        );
        const stolen = { ...proofOf(other, role, salt), signature: good.signature };
        await checksProof(scene, "a signature of somebody else", [stolen, role, salt], undefined);
        const named = proofOf(other, role, salt, { der: key.der });
        await checksProof(
          scene,
          "somebody else's signature over our peer's key",
          [{ ...named, key: good.key }, role, salt],
          undefined,
        );
        await checksProof(
          scene,
          "a signature that was made for a beacon",
          [proofOf(key, role, salt, { label: "beacon" }), role, salt],
          undefined,
        );
      }
      await checksForms(scene, key, salt);
    },
  },
]);

/** What a signature is over instead, if it is one of the likely mistakes. */
function whatIsSigned(key: LanKey, salt: Buffer, signature: unknown): string | undefined {
  const messages = {
    "the salt alone": salt,
    "the key alone": key.der,
    "key and salt": Buffer.concat([key.der, salt]),
  };
  const labels = ["proof initiator", "proof responder", "proof", "beacon"];
  for (const label of labels)
    for (const [what, message] of Object.entries({
      ...messages,
      "salt and key": Buffer.concat([salt, key.der]),
    }))
      if (isSigned(key.publicKey, label, message, signature))
        return `a signature over "p2p-mesh 05 ${label}", a NUL, and ${what}`;
  return undefined;
}

/** Members of other types and forms. */
async function checksForms(scene: Scene, key: LanKey, salt: Buffer): Promise<void> {
  const good = proofOf(key, "initiator", salt);
  const [text, signature] = [String(good.key), String(good.signature)];
  const changes: object[] = [
    ...["hello", "", undefined].map((type) => ({ type })),
    ...[undefined, 7, "", "AAAA", `${text}AAAA`, `${text}\n`, ` ${text}`, [text]].map((member) => ({
      key: member,
    })),
    ...[undefined, null, 0, "", "AAAA", `${signature}\n`, signature.replace("=", ""), {}].map((member) => ({
      signature: member,
    })),
  ];
  for (const change of changes) {
    const what = `a proof whose ${JSON.stringify(change)?.slice(1, 40)}`;
    await checksProof(scene, what, [{ ...good, ...change }, "initiator", salt], undefined);
  }
}

/** Whoever writes, by their fingerprint. */
const BOB = "B".repeat(43);

/** A history of which nothing is on a disk: its functions note their calls. */
interface Stands {
  /** What keepMessage says: whether the message was new. */
  isNew: readonly boolean[];
  /** Why no transaction is possible. */
  failure?: string;
}

/** What is done with the messages that come in, and all that it does. */
interface Desk {
  conversations: ModuleUnderTest;
  receives(message: object): Promise<string[]>;
}

async function deskOf(scene: Scene, { isNew, failure }: Stands): Promise<Desk> {
  const history = {
    transaction: new NotesCalls("transaction", failure === undefined ? { runs: true } : { throws: failure }),
    keepMessage: new NotesCalls("keepMessage", { gives: isNew }),
    noteShown: new NotesCalls("noteShown"),
    rooms: givesInTurn([]),
    room: givesInTurn(undefined),
  };
  const settings = {
    history,
    identity: { fingerprint: "A".repeat(43) },
    name: "alice",
    dir: ".",
    shown: givesInTurn("bob"),
    sessionOf: givesInTurn(undefined),
    activePeers: givesInTurn([]),
    reach: givesInTurn(undefined),
    trusted: givesInTurn(undefined),
    show: new NotesCalls("show"),
    note: new NotesCalls("note"),
    now: givesInTurn(1_764_360_000_000),
  };
  const session = {
    fingerprint: BOB,
    name: "bob",
    isOpen: true,
    send: new NotesCalls("send", { gives: [true] }),
    end: new NotesCalls("end"),
  };
  const conversations = await (await scene.module("conversations.ts")).creates("Conversations", [settings]);
  return {
    conversations,
    async receives(message) {
      await conversations.notedCalls();
      await conversations.calls("received", [session, { type: "message", to: "you", ...message }]);
      // What was gathered is kept when the program has nothing else to do, at the latest before the next call.
      await conversations.calls("rooms", []);
      return (await conversations.notedCalls()).map(inWords);
    },
  };
}

/** A call in one word or a few: what matters of its arguments. */
function inWords(call: string): string {
  if (call === "transaction") return "begin to write";
  if (call === "end of transaction") return "it is on the disk";
  if (call.startsWith("keepMessage ")) return "keepMessage";
  if (call.startsWith("noteShown ")) return "noteShown";
  if (call.startsWith("send "))
    return `send ${String((JSON.parse(call.slice(5)) as { type?: unknown }).type)}`;
  if (call.startsWith('show "error: ')) return "show an error";
  if (call.startsWith("show ")) return "show the message";
  return call;
}

/** Expects these calls in this order. */
async function does(
  scene: Scene,
  what: string,
  done: Promise<readonly string[]>,
  expected: readonly string[],
): Promise<void> {
  await scene.step(`${what}: ${expected.join(", ")}`, async () => {
    const received = await done;
    scene.observe();
    if (received.join() === expected.join()) return;
    scene.fails({
      sent: what,
      expected: expected.join(", "),
      received: received.join(", ") || "nothing",
      exact: true,
    });
  });
}

const STORED = ["begin to write", "keepMessage", "it is on the disk"];
const NOTED = ["begin to write", "noteShown", "it is on the disk"];

const messageChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P9.7-four-steps",
    title:
      "a new message is stored, shown, noted as shown and acknowledged, each when the disk has the one before",
    likelyCause:
      "A step comes before the disk has what the one before it wrote. What is done outside of the functions that writes.add gets is done at once.",
    async run(scene) {
      const desk = await deskOf(scene, { isNew: [true] });
      const id = scene.random.bytes(16).toString("hex");
      const done = desk.receives({ id, text: scene.random.word() });
      await does(scene, "a message that is new", done, [...STORED, "show the message", ...NOTED, "send ack"]);
    },
  },
  {
    id: "P9.7-shown-once",
    title: "a message whose id is known is acknowledged again, and not shown again",
    likelyCause:
      "keepMessage says whether the message was new. Only a new one is shown and noted; each one is acknowledged.",
    async run(scene) {
      const desk = await deskOf(scene, { isNew: [true, false, false, true] });
      const [id, another] = [scene.random.bytes(16).toString("hex"), scene.random.bytes(16).toString("hex")];
      const text = scene.random.word();
      const isNew = [...STORED, "show the message", ...NOTED, "send ack"];
      await does(scene, "a message that is new", desk.receives({ id, text }), isNew);
      for (const time of ["again", "a third time"]) {
        await scene.step(`the same ${time}: acknowledged, and nothing is shown`, async () => {
          const calls = await desk.receives({ id, text });
          const seen = calls.filter((call) => ["show the message", "noteShown", "send ack"].includes(call));
          if (seen.join() === "send ack" && calls.at(-1) === "send ack") return;
          scene.fails({
            sent: `the same message ${time}`,
            expected: "it is asked for in the history, then: send ack",
            received: calls.join(", ") || "nothing",
          });
        });
      }
      await does(scene, "another message with the same text", desk.receives({ id: another, text }), isNew);
    },
  },
  {
    id: "P9.7-not-kept",
    title:
      "what the disk does not take is neither shown nor acknowledged: an error says so, and the session ends",
    likelyCause:
      "failed is called if the disk has not taken it. Say so with show, and end the session, so that the message is sent again in the next one.",
    async run(scene) {
      const desk = await deskOf(scene, { isNew: [true], failure: "no space left on the disk" });
      const done = desk.receives({ id: scene.random.bytes(16).toString("hex"), text: "hi" });
      // In which order the error is shown and the session ends, nobody cares.
      const sorted = done.then((calls) => [...calls].sort());
      await does(scene, "a message while the disk is full", sorted, [
        "begin to write",
        "end",
        "show an error",
      ]);
    },
  },
  {
    id: "P9.10-no-member",
    title: "a message to a room that its sender is no member of is answered with refused, and not kept",
    likelyCause: "Ask isMember before keepMessage: what is refused is neither kept nor shown.",
    async run(scene) {
      const desk = await deskOf(scene, { isNew: [true] });
      const room = `${"C".repeat(42)}A.${scene.random.bytes(8).toString("hex")}`;
      await scene.step("a message to an unknown room: refused, and not kept", async () => {
        const calls = await desk.receives({
          id: scene.random.bytes(16).toString("hex"),
          to: room,
          text: "hi",
        });
        const done = calls.filter((call) => !["begin to write", "it is on the disk"].includes(call));
        if (done.join() === "send refused") return;
        scene.fails({
          sent: "a message to a room that nobody knows",
          expected: "send refused",
          received: done.join(", ") || "nothing",
        });
      });
    },
  },
]);

/** What is kept of a key. */
interface Kept {
  name: string;
  fingerprint: string;
  isPinned?: boolean;
  isVerified?: boolean;
  standing?: "usual" | "blocked" | "allowed";
}

/** Asks for verdicts, given what is kept, and expects each; nothing of it may change what is kept. */
async function judges(
  scene: Scene,
  kept: readonly Kept[],
  cases: readonly (readonly [who: Kept, says: string, access: string, verdict: string])[],
): Promise<void> {
  const stored = kept.map((key) => ({
    isPinned: true,
    isVerified: false,
    standing: "usual",
    der: scene.random.bytes(294),
    ...key,
  }));
  const file = await scene.module("trust.ts");
  const trust = await file.creates("Trust", [stored, new NotesCalls("save"), new NotesCalls("remove")]);
  for (const [who, says, access, verdict] of cases)
    await scene.step(`judge: ${inShort(who)}, says "${says}", access ${access}: ${verdict}`, async () => {
      const received = await trust.calls("judge", [who.fingerprint, says, access]);
      const changes = await trust.notedCalls();
      const sent = `judge: ${inShort(who)}, who says to be "${says}", access ${access}`;
      if (changes.length > 0)
        scene.fails({
          sent,
          expected: "nothing is changed",
          received: `a call of ${changes[0]?.split(" ")[0]}`,
        });
      if (received !== verdict) scene.fails({ sent, expected: verdict, received: String(received) });
    });
}

function inShort({ name, isPinned = true, isVerified, standing = "usual" }: Kept): string {
  const words = [
    isPinned ? `pinned to ${name}` : "not pinned",
    isVerified === true ? "verified" : "",
    standing,
  ];
  return `a key that is ${words.filter((word) => word !== "" && word !== "usual").join(", ")}`;
}

const trustChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P9.5-verdicts",
    title: "a key is known by its fingerprint: welcome under its name, renamed under another one, else first",
    likelyCause:
      "The key is looked up by the name that it says. Anybody can say any name: look it up by its fingerprint.",
    async run(scene) {
      const [bob, ann, stranger] = ["F", "G", "H"].map((letter) => letter.repeat(43)) as [
        string,
        string,
        string,
      ];
      const keys: Kept[] = [
        { name: "bob", fingerprint: bob },
        { name: "ann", fingerprint: ann },
      ];
      const [one, two] = keys as [Kept, Kept];
      const unknown: Kept = { name: "", fingerprint: stranger, isPinned: false };
      await judges(scene, keys, [
        [one, "bob", "team", "welcome"],
        [one, "Bob", "team", "welcome"],
        [one, "robert", "team", "renamed"],
        [one, "ann", "team", "renamed"],
        [two, "bob", "team", "renamed"],
        [two, "ANN", "known", "welcome"],
        [unknown, "carol", "team", "first"],
      ]);
    },
  },
  {
    id: "P9.5-changed-verdict",
    title:
      "a key that is not pinned, under a name that is pinned to another key, is changed, whatever else is known of it",
    likelyCause:
      "A key that comes under a name of somebody else is let in, or another question is asked before this one. /allow and /verified override no changed key.",
    async run(scene) {
      const bob: Kept = { name: "bob", fingerprint: "F".repeat(43), isVerified: true };
      const others: Kept[] = [
        { name: "bob", fingerprint: "G".repeat(43), isPinned: false, standing: "allowed" },
        { name: "bob", fingerprint: "H".repeat(43), isPinned: false, isVerified: true },
        { name: "bob", fingerprint: "I".repeat(43), isPinned: false },
      ];
      const [allowed, verified, known] = others as [Kept, Kept, Kept];
      const unknown: Kept = { name: "", fingerprint: "J".repeat(43), isPinned: false };
      await judges(
        scene,
        [bob, ...others],
        [
          [unknown, "bob", "team", "changed"],
          [unknown, "BOB", "team", "changed"],
          [unknown, "bob", "verified", "changed"],
          [allowed, "bob", "team", "changed"],
          [verified, "bob", "verified", "changed"],
          [known, "bob", "team", "changed"],
          [allowed, "carol", "verified", "first"],
          [bob, "bob", "team", "welcome"],
        ],
      );
    },
  },
  {
    id: "P9.5-levels",
    title: "who may have a session: the level, and above it /block and /allow",
    likelyCause:
      "Block stands above everything, and allow above the level: ask for them first. known means pinned, verified means that the number was compared.",
    async run(scene) {
      const letters = [..."FGHIJK"].map((letter) => letter.repeat(43));
      const kept: readonly Omit<Kept, "fingerprint">[] = [
        { name: "ann" },
        { name: "bob", isVerified: true },
        { name: "carol", isPinned: false, standing: "allowed" },
        { name: "dave", isVerified: true, standing: "blocked" },
        { name: "eve", isPinned: false },
        { name: "fred", isPinned: false, standing: "blocked" },
      ];
      const keys = kept.map((key, index) => ({ ...key, fingerprint: letters[index] ?? "" }));
      const [pinned, verified, allowed, blocked, loose, banned] = keys as [
        Kept,
        Kept,
        Kept,
        Kept,
        Kept,
        Kept,
      ];
      await judges(
        scene,
        [pinned, verified, allowed, blocked, loose, banned],
        [
          [pinned, "ann", "team", "welcome"],
          [pinned, "ann", "known", "welcome"],
          [pinned, "ann", "verified", "refused"],
          [verified, "bob", "verified", "welcome"],
          [verified, "bobby", "verified", "renamed"],
          [allowed, "carol", "team", "first"],
          [allowed, "carol", "known", "first"],
          [allowed, "carol", "verified", "first"],
          [loose, "eve", "team", "first"],
          [loose, "eve", "known", "refused"],
          [loose, "eve", "verified", "refused"],
          [blocked, "dave", "team", "refused"],
          [blocked, "dave", "verified", "refused"],
          [banned, "fred", "team", "refused"],
        ],
      );
    },
  },
]);

export const checks = [...frameChecks, ...proofChecks, ...trustChecks, ...messageChecks];
