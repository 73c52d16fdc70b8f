// Checks functions of stage 05 by which peers find each other (P8): tokens, the gate for beacons, names. The expected
// values come from the checker's own lan-cryptography.ts, or from Fernet's specification.

import { expectCalls } from "./engine/calls-in-order.ts";
import { defineChecks } from "./engine/check.ts";
import { KEYS, type LanKey, sealToken, sign, tokenOf } from "./engine/lan-cryptography.ts";
import type { ModuleUnderTest } from "./engine/module-under-test.ts";
import type { Scene } from "./engine/scene.ts";
import { givesInTurn } from "./engine/values.ts";

/** How this stage calls what expectCalls looks at. */
const WORDS = { name: "decryptToken", tag: "MAC" };

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");

/** The example of Fernet's specification: generate.json and verify.json. */
const SPECIFICATION = {
  key: hex("730ff4c7af3d46923e8ed451ee813c87f790b0a226bc96a92de49b5e9c05e1ee"),
  token:
    "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==",
  seconds: 499_162_800,
  plaintext: Buffer.from("hello"),
};

/** A time that needs more than four bytes: in the year 2514. */
const LATE = 2 ** 34 + 5;

/** Where the parts of a token begin. */
const PARTS = { version: 0, "the time": 8, "the IV": 9, "the ciphertext": 25 };

const MAC_BYTES = 32;

/** Expects that decryptToken refuses a token. `what` describes it, because nobody reads base64. */
async function refusesToken(
  scene: Scene,
  module: ModuleUnderTest,
  what: string,
  key: Buffer,
  token: string,
): Promise<void> {
  await scene.step(`decryptToken refuses ${what}`, async () => {
    const value = await module.calls("decryptToken", [key, token]);
    if (value === undefined) return;
    scene.fails({
      sent: `decryptToken with ${what}`,
      expected: "undefined",
      received: JSON.stringify(value),
    });
  });
}

/** The bytes of a token in another spelling: padded base64url is the only right one. */
function spelled(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** A copy of the bytes with one flipped bit in the byte at this place. */
function flipped(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

/** Sets a bit that means nothing: the lowest one of the last letter before the padding. */
function withOtherLastBits(token: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = token.search(/=/) - 1;
  const other = letters[letters.indexOf(token[last] ?? "") ^ 1] ?? "";
  return `${token.slice(0, last)}${other}${token.slice(last + 1)}`;
}

const MAC_FIRST =
  "Compute the MAC, compare it as a whole with timingSafeEqual, and call createDecipheriv only if it is right.";

const tokenChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P8.4-opens",
    title: "decryptToken opens the specification's token, and tokens of every length and time",
    likelyCause:
      "The two halves of the key have changed places (the first is for the MAC), or the time is not read from all its eight bytes.",
    async run(scene) {
      const file = await scene.module("fernet.ts");
      const { key, token, seconds, plaintext } = SPECIFICATION;
      await file.returns("decryptToken", [key, token], { seconds, plaintext });
      const own = scene.random.bytes(32);
      for (const [length, time] of [
        [0, 0],
        [15, 1],
        [16, 1_764_360_000],
        [17, LATE],
        [1000, 2 ** 32],
      ] as const) {
        const text = scene.random.bytes(length);
        const made = sealToken(own, text, { seconds: time });
        await file.returns("decryptToken", [own, made], { seconds: time, plaintext: text });
      }
    },
  },
  {
    id: "P8.4-changed-token",
    title:
      "decryptToken refuses a token that was changed, cut, or made wrong under a right MAC, and throws nothing",
    likelyCause:
      "The MAC is not compared as a whole, or something is taken from the token before its form was checked.",
    async run(scene) {
      const file = await scene.module("fernet.ts");
      const key = scene.random.bytes(32);
      const text = Buffer.from("what nobody has made counts for nothing");
      const token = sealToken(key, text, { seconds: 1_764_360_000 });
      const bytes = Buffer.from(token, "base64url");
      await file.returns("decryptToken", [key, token], { seconds: 1_764_360_000, plaintext: text });
      for (const [what, place] of Object.entries(PARTS))
        await refusesToken(scene, file, `a changed bit in ${what}`, key, spelled(flipped(bytes, place)));
      for (const [what, place] of [
        ["the first", bytes.length - MAC_BYTES],
        ["the last", bytes.length - 1],
      ] as const)
        await refusesToken(
          scene,
          file,
          `a changed bit in ${what} byte of the MAC`,
          key,
          spelled(flipped(bytes, place)),
        );
      await refusesToken(scene, file, "another team's key", scene.random.bytes(32), token);
      const swapped = Buffer.concat([key.subarray(16), key.subarray(0, 16)]);
      await refusesToken(scene, file, "the halves of the key the wrong way round", swapped, token);
      for (const length of [0, 1, 9, 31, 32, 57, 72])
        await refusesToken(
          scene,
          file,
          `only its first ${length} bytes`,
          key,
          spelled(bytes.subarray(0, length)),
        );
      await refusesWrongContents(scene, file, key);
    },
  },
  {
    id: "P8.4-spelling",
    title: "decryptToken takes a token in the one spelling that encoding gives, and in no other",
    likelyCause:
      "Buffer.from passes over blanks, missing padding and spare bits. fromTokenText takes only the one right spelling.",
    async run(scene) {
      const file = await scene.module("fernet.ts");
      const key = scene.random.bytes(32);
      // 93 and 109 bytes end with one and two letters of padding.
      const token = sealToken(key, "x".repeat(15), { seconds: 1 });
      const other = sealToken(key, "x".repeat(31), { seconds: 1, iv: Buffer.alloc(16, 0xff) });
      const spellings: Record<string, string> = {
        "a token without its padding": token.replaceAll("=", ""),
        "a token with one = too few": token.slice(0, -1),
        "a token with one = too many": `${token}=`,
        "a token whose last bits, which mean nothing, are others": withOtherLastBits(token),
        "a token with a line feed behind it": `${token}\n`,
        "a token with a blank before it": ` ${token}`,
        "a token with a blank in it": `${token.slice(0, 20)} ${token.slice(20)}`,
        "a token in the other alphabet of base64": other.replaceAll("-", "+").replaceAll("_", "/"),
        "a token with something behind it": `${token}AAAA`,
        "an empty text": "",
        "a text of other letters": "%%%%",
      };
      for (const [what, text] of Object.entries(spellings)) await refusesToken(scene, file, what, key, text);
      await file.returns("decryptToken", [key, token], {
        seconds: 1,
        plaintext: Buffer.from("x".repeat(15)),
      });
    },
  },
  {
    id: "P8.4-mac-first",
    title: "the MAC is compared in constant time, and nothing is decrypted before",
    likelyCause: MAC_FIRST,
    async run(scene) {
      const file = await scene.module("fernet.ts");
      const key = scene.random.bytes(32);
      const token = sealToken(key, "nothing to see before the MAC is right", { seconds: 7 });
      const bytes = Buffer.from(token, "base64url");
      await file.cryptoCalls();
      await refusesToken(scene, file, "a wrong MAC", key, spelled(flipped(bytes, bytes.length - 1)));
      await expectCalls(scene, file, WORDS, "with a wrong MAC", ["timingSafeEqual"]);
      await file.calls("decryptToken", [key, token]);
      await expectCalls(scene, file, WORDS, "with a right MAC", ["timingSafeEqual", "createDecipheriv"]);
    },
  },
]);

/** Tokens with a right MAC that whoever has the key has made wrong. */
async function refusesWrongContents(scene: Scene, file: ModuleUnderTest, key: Buffer): Promise<void> {
  const iv = scene.random.bytes(16);
  await refusesToken(
    scene,
    file,
    "another version under a right MAC",
    key,
    sealToken(key, "text", { version: 0x81 }),
  );
  for (const last of [0, 17]) {
    const padding = Buffer.alloc(16, last);
    const token = sealToken(key, "sixteen letters!", { padding });
    await refusesToken(scene, file, `padding of ${last} under a right MAC`, key, token);
  }
  for (const length of [0, 1, 17]) {
    const token = tokenOf(key, 0x80, 1, iv, Buffer.alloc(length));
    await refusesToken(scene, file, `${length} bytes of ciphertext under a right MAC`, key, token);
  }
}

const TEAM = "rocket";
const HOST = "10.0.0.2";
const NOW = 1_764_360_000_000;
const SECONDS = NOW / 1000;

/** What a datagram says, and what is wrong with it. */
interface Datagram {
  teamKey: Buffer;
  sender: LanKey;
  type?: "beacon" | "bye";
  session?: number;
  seq?: number;
  /** Seconds that are added to the right time. */
  off?: number;
  name?: string;
  /** In place of the sender's key. */
  der?: Buffer;
  team?: string;
  isForged?: boolean;
  /** Bytes behind the token. */
  surplus?: number;
}

function datagramOf(one: Datagram): Buffer {
  const { sender, teamKey, off = 0, isForged, surplus = 0 } = one;
  const body = JSON.stringify({
    type: one.type ?? "beacon",
    name: one.name ?? "alice",
    team: one.team ?? TEAM,
    address: `${HOST}:5000`,
    session: one.session ?? NOW - 60_000,
    seq: one.seq ?? 5,
    key: (one.der ?? sender.der).toString("base64"),
  });
  const signature = sign(sender.privateKey, "beacon", isForged ? `${body} ` : body);
  const token = sealToken(teamKey, JSON.stringify({ body, signature }), { seconds: SECONDS + off });
  return Buffer.from(token + "A".repeat(surplus));
}

/** A gate, and what a receiver knows besides it. */
interface GateSetting {
  ownFingerprint: string;
  /** What hasPlace says, each time it is asked. */
  places: readonly boolean[];
}

/** Lets a datagram come in from a host, and expects this end of it: accepted, or the reason. */
async function comes(
  scene: Scene,
  gate: ModuleUnderTest,
  what: string,
  datagram: Buffer,
  expected: string,
  host = HOST,
  nowMs = NOW,
): Promise<void> {
  await scene.step(`judge: ${what}: ${expected}`, async () => {
    const value = (await gate.calls("judge", [datagram, host, nowMs])) as Record<string, unknown> | undefined;
    const { kind, reason } = value ?? {};
    const received = kind === "dropped" ? `dropped: ${String(reason)}` : String(kind);
    const wanted = expected === "accepted" ? expected : `dropped: ${expected}`;
    if (received !== wanted) scene.fails({ sent: `judge: ${what}`, expected: wanted, received });
  });
}

/** How a datagram fails at each check of P8.6, in their order. */
interface Defect {
  reason: string;
  /** Changes the datagram. */
  change?: (scene: Scene) => Partial<Datagram>;
  setting?: (sender: LanKey) => Partial<GateSetting>;
  /** What comes before it, rightly, from the same sender. */
  before?: Partial<Datagram>[];
  /** It comes from another host than it says. */
  host?: string;
  /** 20 datagrams with wrong signatures have come from the host, in the same second. */
  isBusy?: boolean;
}

const DEFECTS: readonly Defect[] = [
  { reason: "size", change: () => ({ surplus: 1000 }) },
  { reason: "token", change: (scene) => ({ teamKey: scene.random.bytes(32) }) },
  { reason: "time", change: () => ({ off: -31 }) },
  { reason: "shape", change: () => ({ name: "no name!" }) },
  { reason: "own", setting: ({ fingerprint }) => ({ ownFingerprint: fingerprint }) },
  { reason: "repeated", before: [{ seq: 5 }] },
  { reason: "old", before: [{ seq: 9 }] },
  { reason: "ended", before: [{ type: "bye", seq: 4 }] },
  { reason: "key", change: () => ({ der: WRONG_KEY }) },
  { reason: "rate", isBusy: true },
  { reason: "signature", change: () => ({ isForged: true }) },
  { reason: "address", host: "10.0.0.3" },
  { reason: "team", change: () => ({ team: "pocket" }) },
  { reason: "full", setting: () => ({ places: [false] }) },
];

/** As long as a key, and none. */
const WRONG_KEY = Buffer.alloc(294, 0x30);

/** Whose state is asked for, which needs a key that was taken before. */
const OF_STATE = ["repeated", "old", "ended"];

/** Whether a datagram can fail at both checks. */
function canMeet(first: Defect, second: Defect): boolean {
  const reasons = [first.reason, second.reason];
  const states = reasons.filter((reason) => OF_STATE.includes(reason));
  if (states.length === 2) return false;
  // Nothing can have been taken before from one's own key, or from bytes that are no key, or without a place.
  const hasNoState = reasons.some((reason) => ["own", "key"].includes(reason));
  return !(states.length === 1 && hasNoState) && !(reasons.includes("own") && reasons.includes("key"));
}

async function gateOf(
  scene: Scene,
  teamKey: Buffer,
  setting: Partial<GateSetting>,
): Promise<ModuleUnderTest> {
  const { ownFingerprint = "A".repeat(43), places = [true] } = setting;
  const options = {
    team: TEAM,
    teamKey,
    ownFingerprint,
    isPinned: givesInTurn(false),
    hasPlace: givesInTurn(...places),
  };
  return (await scene.module("beacon-gate.ts")).creates("BeaconGate", [options]);
}

/** Lets a datagram come that fails at both checks, and expects the first. */
async function meets(scene: Scene, teamKey: Buffer, first: Defect, second: Defect): Promise<void> {
  const [sender, stranger] = [await KEYS.next(), await KEYS.next()];
  const defects = [first, second];
  const before = defects.flatMap((defect) => defect.before ?? []);
  const settings = Object.assign({}, ...defects.map(({ setting }) => setting?.(sender) ?? {})) as GateSetting;
  // What comes before the datagram has a place.
  const places = [...before.map(() => true), ...(settings.places ?? [true])];
  const gate = await gateOf(scene, teamKey, { ...settings, places });
  for (const part of before)
    await comes(scene, gate, "a beacon that is right", datagramOf({ teamKey, sender, ...part }), "accepted");
  const host = defects.find((defect) => defect.host !== undefined)?.host ?? HOST;
  if (defects.some(({ isBusy }) => isBusy))
    for (let seq = before.length; seq < 20; seq += 1)
      await gate.calls("judge", [
        datagramOf({ teamKey, sender: stranger, isForged: true, seq: seq + 1 }),
        host,
        NOW,
      ]);
  const changes = Object.assign(
    {},
    ...defects.map(({ change }) => change?.(scene) ?? {}),
  ) as Partial<Datagram>;
  const what = `a datagram that fails at ${first.reason} and at ${second.reason}`;
  await comes(scene, gate, what, datagramOf({ teamKey, sender, ...changes }), first.reason, host);
}

const gateChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P8.6-gate-order",
    title: "a datagram that fails at two checks is dropped for the first of them",
    likelyCause:
      "Two checks have changed places. The order is: size, token, time, shape, own, repeated or old or ended, key, rate, signature, address, team, full.",
    async run(scene) {
      const teamKey = scene.random.bytes(32);
      for (const [index, first] of DEFECTS.entries())
        for (const second of DEFECTS.slice(index + 1))
          if (canMeet(first, second)) await meets(scene, teamKey, first, second);
    },
  },
  {
    id: "P8.6-gate-time",
    title: "a token's time may be off by 30 whole seconds, before and after",
    likelyCause:
      "The seconds are not whole (round down, with Math.floor), or the clock is compared in one direction only.",
    async run(scene) {
      const teamKey = scene.random.bytes(32);
      const sender = await KEYS.next();
      const gate = await gateOf(scene, teamKey, {});
      let seq = 0;
      for (const [off, nowMs, expected] of [
        [-30, NOW, "accepted"],
        [-30, NOW + 999, "accepted"],
        [-31, NOW, "time"],
        [30, NOW, "accepted"],
        [31, NOW, "time"],
        [31, NOW + 999, "time"],
      ] as const) {
        seq += 1;
        const what = `a token that is ${off} s off, ${nowMs - NOW} ms after the second has begun`;
        await comes(scene, gate, what, datagramOf({ teamKey, sender, off, seq }), expected, HOST, nowMs);
      }
    },
  },
  {
    id: "P8.6-gate-memory",
    title: "what was dropped changes nothing: the next right datagram is taken as if it had never come",
    likelyCause:
      "Session and seq are noted before all checks have passed. Then anybody in the team can make a peer deaf for somebody's beacons.",
    async run(scene) {
      const teamKey = scene.random.bytes(32);
      for (const defect of DEFECTS.filter(({ reason }) =>
        ["signature", "address", "team", "full"].includes(reason),
      ))
        for (const type of ["beacon", "bye"] as const) {
          if (type === "bye" && defect.reason === "full") continue; // A goodbye needs no place.
          const sender = await KEYS.next();
          const gate = await gateOf(scene, teamKey, {
            places: defect.reason === "full" ? [false, true] : [true],
          });
          const wrong = { teamKey, sender, type, session: NOW, seq: 1000, ...defect.change?.(scene) };
          const what = `${type === "bye" ? "a goodbye" : "a beacon"} of a later session that fails at ${defect.reason}`;
          await comes(scene, gate, what, datagramOf(wrong), defect.reason, defect.host);
          await comes(scene, gate, "then a right one", datagramOf({ teamKey, sender, seq: 1 }), "accepted");
        }
    },
  },
]);

/** A fingerprint that begins with these characters. Its last one is one of those that 32 bytes can end with. */
function printOf(scene: Scene, begin: string): string {
  return `${begin}${scene.random.bytes(32).toString("base64url").slice(begin.length)}`;
}

/** One of the calls that tell the names what has happened. */
type Event = readonly ["pin" | "heard", string, string] | readonly ["unpin" | "forget", string];

async function namesAfter(scene: Scene, events: readonly Event[]): Promise<ModuleUnderTest> {
  const names = await (await scene.module("names.ts")).creates("Names", []);
  for (const [name, ...argv] of events) await names.calls(name, argv);
  return names;
}

const namesChecks = defineChecks({ stages: ["05"], of: "module" }, [
  {
    id: "P8.10-plain-name",
    title: "the plain name belongs to the key that is pinned to it, else to the one heard first",
    likelyCause:
      "The newest key takes the name, or a pin counts only while its key is heard. Then whoever comes later gets what is meant for somebody else.",
    async run(scene) {
      const [bob, other, third] = ["F3kQ", "Xy_1", "a-9Z"].map((begin) => printOf(scene, begin)) as [
        string,
        string,
        string,
      ];
      const both: Event[] = [
        ["heard", "bob", bob],
        ["heard", "bob", other],
      ];
      const first = await namesAfter(scene, both);
      await first.returns("shown", [bob], "bob");
      await first.returns("shown", [other], "bob#Xy_1");
      await first.returns("isPlain", [bob], true);
      await first.returns("isPlain", [other], false);
      await first.calls("heard", ["bob", bob]);
      await first.calls("heard", ["bob", other]);
      await first.returns("shown", [bob], "bob");
      await first.calls("forget", [bob]);
      await first.returns("shown", [other], "bob");
      const pinned = await namesAfter(scene, [...both, ["pin", "bob", other]]);
      await pinned.returns("shown", [other], "bob");
      await pinned.returns("shown", [bob], "bob#F3kQ");
      const away = await namesAfter(scene, [
        ["pin", "bob", bob],
        ["heard", "bob", other],
        ["heard", "bob", third],
      ]);
      await away.returns("shown", [other], "bob#Xy_1");
      await away.returns("shown", [third], "bob#a-9Z");
      await away.returns("find", ["bob"], [bob]);
      await away.calls("unpin", [bob]);
      await away.returns("shown", [other], "bob");
    },
  },
  {
    id: "P8.10-suffix",
    title: "any other key has as many characters of its fingerprint as make it the only one, at least four",
    likelyCause:
      "The suffix has a fixed length, or is compared with keys of other names. It has to tell the keys of one name apart.",
    async run(scene) {
      const [bob, near, nearer, ann] = ["F3kQzzzz", "F3kQabcA", "F3kQabcB", "F3kQabcA"].map((begin, index) =>
        printOf(scene, `${begin}${index}`),
      ) as [string, string, string, string];
      const names = await namesAfter(scene, [
        ["heard", "bob", bob],
        ["heard", "bob", near],
      ]);
      await names.returns("shown", [near], `bob#${near.slice(0, 5)}`);
      await names.calls("heard", ["bob", nearer]);
      await names.returns("shown", [near], `bob#${near.slice(0, 8)}`);
      await names.returns("shown", [nearer], `bob#${nearer.slice(0, 8)}`);
      await names.returns("shown", [bob], "bob");
      const apart = await namesAfter(scene, [
        ["heard", "bob", printOf(scene, "QQQQ")],
        ["heard", "bob", near],
        ["heard", "ann", ann],
      ]);
      await apart.returns("shown", [near], `bob#${near.slice(0, 4)}`);
      await apart.returns("shown", [printOf(scene, "0000")], "?#0000");
    },
  },
  {
    id: "P8.10-case",
    title: "names are one name in any case, each shown as its owner writes it; what follows # is exact",
    likelyCause:
      "Names are compared as they are written: compare nameKey of both. And show what the key itself says.",
    async run(scene) {
      const [bob, other, low] = ["F3kQ", "Xy_1", "xy_1"].map((begin) => printOf(scene, begin)) as [
        string,
        string,
        string,
      ];
      const names = await namesAfter(scene, [
        ["heard", "Bob", bob],
        ["heard", "BOB", other],
        ["heard", "bob", low],
      ]);
      await names.returns("shown", [bob], "Bob");
      await names.returns("shown", [other], "BOB#Xy_1");
      await names.returns("shown", [low], "bob#xy_1");
      await names.returns("find", ["boB"], [bob]);
      await names.returns("find", ["bob#Xy_1"], [other]);
      await names.returns("find", ["bob#xy_1"], [low]);
      await names.returns("find", ["bob#XY_1"], []);
      const pinned = await namesAfter(scene, [
        ["pin", "bob", bob],
        ["heard", "BOB", bob],
        ["heard", "Bob", other],
      ]);
      await pinned.returns("shown", [bob], "BOB");
      await pinned.returns("shown", [other], "Bob#Xy_1");
      await pinned.calls("heard", ["robert", bob]);
      await pinned.returns("shown", [bob], "bob", () => "A pinned key keeps the name that it was pinned to.");
      await pinned.returns("find", ["robert"], []);
    },
  },
  {
    id: "P8.10-find",
    title: "a plain name means its owner, and name#… every key of that name that begins so",
    likelyCause: "A plain name means one key: its owner. Only what follows # can fit several.",
    async run(scene) {
      const [bob, one, two, ann] = ["QQQQ", "F3kQa", "F3kQb", "F3kQc"].map((begin) =>
        printOf(scene, begin),
      ) as [string, string, string, string];
      const names = await namesAfter(scene, [
        ["heard", "bob", bob],
        ["heard", "bob", one],
        ["heard", "bob", two],
        ["heard", "ann", ann],
      ]);
      for (const [text, found] of [
        ["bob", [bob]],
        ["bob#F3kQa", [one]],
        ["bob#F3kQ", [one, two]],
        [`bob#${bob}`, [bob]],
        ["bob#F3kQc", []],
        ["bob#", []],
        ["carol", []],
        ["", []],
      ] as const)
        await names.returns("find", [text], found);
    },
  },
]);

export const checks = [...tokenChecks, ...gateChecks, ...namesChecks];
