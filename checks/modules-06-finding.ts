// Checks functions of stage 06 by which somebody is found (P10.2 to P10.5): distances in the table, records, cards. The
// expected values come from the checker's own dht-cryptography.ts.

import { defineChecks } from "./engine/check.ts";
import {
  cardCode,
  checkBytesOf,
  type DhtIdentity,
  identityOf,
  RECORD_LABEL,
  signedRecord,
} from "./engine/dht-cryptography.ts";
import type { ModuleUnderTest } from "./engine/module-under-test.ts";
import type { Scene } from "./engine/scene.ts";

const ID_BYTES = 32;

/** The distance as P10.5's table has it: a number of 256 bits. */
function distance(one: Buffer, other: Buffer): bigint {
  return toNumber(one) ^ toNumber(other);
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** A copy with one flipped bit, counted from the highest one. */
function withBit(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return copy;
}

/** How the report names an id. */
function short(id: Buffer): string {
  const digits = id.toString("hex");
  return `${digits.slice(0, 6)}…${digits.slice(-4)}`;
}

const SIGNS: Readonly<Record<string, string>> = {
  "-1": "a negative number: the first is nearer",
  "0": "0: they are the same id",
  "1": "a positive number: the second is nearer",
};

async function compares(
  scene: Scene,
  module: ModuleUnderTest,
  what: string,
  target: Buffer,
  one: Buffer,
  other: Buffer,
): Promise<void> {
  const [mine, theirs] = [distance(target, one), distance(target, other)];
  const expected = SIGNS[mine < theirs ? "-1" : mine > theirs ? "1" : "0"] ?? "";
  await scene.step(`compareDistances with ${what}: ${expected}`, async () => {
    const value = await module.calls("compareDistances", [target, one, other]);
    const isNumber = typeof value === "number" && !Number.isNaN(value);
    const received = isNumber ? (SIGNS[String(Math.sign(value))] ?? "") : String(value);
    if (received === expected) return;
    const names = [target, one, other].map(short);
    scene.fails({
      sent: `compareDistances of ${what}: target, one, other = ${names.join(", ")}`,
      expected,
      received,
    });
  });
}

interface DrawnContact {
  number: number;
  id: Buffer;
}

async function chooses(
  scene: Scene,
  module: ModuleUnderTest,
  contacts: readonly DrawnContact[],
  target: Buffer,
  count: number,
): Promise<void> {
  const sorted = [...contacts].sort((one, other) =>
    distance(target, one.id) < distance(target, other.id) ? -1 : 1,
  );
  const expected = numbersOf(sorted.slice(0, count));
  const what = `${count} of ${contacts.length} contacts`;
  await scene.step(`closestOf: ${what}`, async () => {
    const value = await module.calls("closestOf", [contacts, target, count]);
    const received = Array.isArray(value) ? numbersOf(value as DrawnContact[]) : String(value);
    if (received !== expected)
      scene.fails({ sent: `closestOf for ${what}`, expected, received, exact: true });
  });
}

function numbersOf(contacts: readonly (Partial<DrawnContact> | undefined)[]): string {
  const numbers = contacts.map((contact) => String(contact?.number));
  return numbers.length === 0 ? "no contact" : `the contacts number ${numbers.join(", ")}`;
}

const distanceChecks = defineChecks({ stages: ["06"], of: "module" }, [
  {
    id: "P10.5-xor-distance",
    title: "compareDistances compares the XOR of ids, as numbers of 256 bits",
    likelyCause:
      "The distance is not the XOR of both ids, or its bytes are not compared from the first one to the last.",
    async run(scene) {
      const file = await scene.module("simulator.ts");
      const draw = (): Buffer => scene.random.bytes(ID_BYTES);
      for (let count = 0; count < 40; count += 1) {
        const [target, one] = [draw(), draw()];
        await compares(scene, file, "drawn ids", target, one, draw());
        // They differ from the target in one place more than each other: all bytes count, the last one too.
        const bit = scene.random.integer(8, 8 * ID_BYTES - 1);
        const near = withBit(target, bit);
        await compares(scene, file, "two ids near to the target", target, near, withBit(near, bit - 1));
        await compares(scene, file, "two ids near to the target", target, withBit(near, bit - 1), near);
      }
      const [target, one] = [draw(), draw()];
      for (const bit of [0, 7, 8, 8 * ID_BYTES - 1]) {
        const what = `two ids that differ in bit ${bit} alone, counted from the highest`;
        await compares(scene, file, what, target, one, withBit(one, bit));
        await compares(scene, file, what, target, withBit(one, bit), one);
      }
      await compares(scene, file, "the same id twice", target, one, Buffer.from(one));
    },
  },
  {
    id: "P10.5-closest",
    title: "closestOf chooses the nearest of all contacts, the nearest first",
    causes: [
      {
        received: /^no contact$/,
        cause: "If there are fewer contacts than are wanted, all of them are the nearest.",
      },
    ],
    likelyCause:
      "Look at all contacts before you cut the list, and sort them by their distance from the target.",
    async run(scene) {
      const file = await scene.module("simulator.ts");
      const target = scene.random.bytes(ID_BYTES);
      const contactsOf = (count: number): DrawnContact[] =>
        Array.from({ length: count }, (_, number) => ({ number, id: scene.random.bytes(ID_BYTES) }));
      for (const [contacts, count] of [
        [0, 8],
        [1, 8],
        [3, 8],
        [8, 8],
        [9, 8],
        [60, 8],
        [60, 1],
        [60, 20],
      ] as const)
        await chooses(scene, file, contactsOf(contacts), target, count);
      const near = contactsOf(20);
      const nearer = [0, 1, 2].map((place) => ({ number: 20 + place, id: withBit(target, 250 + place) }));
      await chooses(scene, file, [...near, ...nearer], target, 8);
      await chooses(scene, file, [...nearer, ...near], target, 8);
    },
  },
]);

const NOW = 1_764_360_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MOST_BYTES = 4096;

/** Somebody with a record, and somebody who wants to stand at their number. */
interface Cast {
  ann: DhtIdentity;
  mallory: DhtIdentity;
  relay: DhtIdentity;
}

function drawCast({ random }: Scene): Cast {
  const draw = (): DhtIdentity => identityOf(random.bytes(32));
  return { ann: draw(), mallory: draw(), relay: draw() };
}

/** What a record is made of: Ann's, unless told otherwise. */
interface RecordParts {
  owner: DhtIdentity;
  relay: DhtIdentity;
  id?: string;
  seq?: number;
  expires?: number;
  addresses?: readonly string[];
  /** Members behind the others. */
  more?: object;
}

function bodyOf({ owner, relay, ...parts }: RecordParts): string {
  const address = `/ip4/127.0.0.1/tcp/8060/ws/p2p/${relay.peerId}/p2p-circuit/p2p/${owner.peerId}`;
  return JSON.stringify({
    id: parts.id ?? owner.id,
    key: owner.publicKey.toString("base64"),
    seq: parts.seq ?? NOW - 1000,
    expires: parts.expires ?? NOW + 60 * MINUTE,
    addrs: parts.addresses ?? [address],
    ...parts.more,
  });
}

/** A record with a member that nobody knows, so that it has so many bytes. */
function padded(record: Buffer, bytes: number): Buffer {
  const text = record.toString();
  const member = ',"pad":""}';
  return Buffer.from(
    `${text.slice(0, -1)}${member.slice(0, -2)}${"x".repeat(bytes - text.length - member.length + 1)}"}`,
  );
}

/** Lets a record be checked, and expects that it is taken, or refused for this reason. */
async function judges(
  scene: Scene,
  file: ModuleUnderTest,
  what: string,
  key: string,
  value: Buffer,
  expected: string,
): Promise<void> {
  await scene.step(`checkRecord with ${what}: ${expected}`, async () => {
    const verdict = (await file.calls("checkRecord", [key, value, NOW])) as
      | Record<string, unknown>
      | undefined;
    const received = verdictOf(verdict);
    if (received !== expected) scene.fails({ sent: `checkRecord with ${what}`, expected, received });
  });
}

const TAKEN = "taken";

function verdictOf(verdict: Record<string, unknown> | undefined): string {
  if (verdict?.refused !== undefined) return `refused: ${String(verdict.refused)}`;
  return verdict?.record === undefined ? `neither a record nor a reason: ${String(verdict)}` : TAKEN;
}

/** How a record fails at each check of P10.4, in their order. */
interface Defect {
  reason: "size" | "form" | "id" | "expired" | "signature";
  what: string;
  parts?: (cast: Cast) => Partial<RecordParts>;
  /** It stands under this key of the table. */
  key?: (cast: Cast) => string;
  bytes?: number;
  isForged?: boolean;
}

const DEFECTS: readonly Defect[] = [
  { reason: "size", what: "a byte too many", bytes: MOST_BYTES + 1 },
  { reason: "form", what: "no address", parts: () => ({ addresses: [] }) },
  { reason: "form", what: "a seq of tomorrow", parts: () => ({ seq: NOW + DAY }) },
  { reason: "id", what: "somebody else's number", key: ({ mallory }) => `/u/${mallory.id}` },
  { reason: "expired", what: "an end that is over", parts: () => ({ expires: NOW - 1 }) },
  { reason: "signature", what: "a wrong signature", isForged: true },
];

function recordWith(cast: Cast, defects: readonly Defect[]): { key: string; value: Buffer } {
  const { ann, mallory, relay } = cast;
  const parts = Object.assign(
    {},
    ...defects.map((defect) => defect.parts?.(cast) ?? {}),
  ) as Partial<RecordParts>;
  const body = bodyOf({ owner: ann, relay, ...parts });
  const isForged = defects.some((defect) => defect.isForged);
  const record = signedRecord(body, isForged ? mallory : ann);
  const bytes = defects.find((defect) => defect.bytes !== undefined)?.bytes;
  const key = defects.find((defect) => defect.key !== undefined)?.key?.(cast) ?? `/u/${ann.id}`;
  return { key, value: bytes === undefined ? record : padded(record, bytes) };
}

async function takesRightRecord(scene: Scene, file: ModuleUnderTest, cast: Cast): Promise<void> {
  const { key, value } = recordWith(cast, []);
  await judges(scene, file, "a right record", key, value, TAKEN);
}

const WITHOUT_LABEL =
  "The label is missing in front of what is signed: it is SIGNATURE_LABEL, and the bytes of the body behind it.";

const recordChecks = defineChecks({ stages: ["06"], of: "module" }, [
  {
    id: "P10.4-record-order",
    title: "a record that fails at two checks is refused for the first of them",
    causes: [{ step: /a right record/, received: /signature/, cause: WITHOUT_LABEL }],
    likelyCause: "Two checks have changed places. The order is: size, form, id, expired, signature.",
    async run(scene) {
      const file = await scene.module("record.ts");
      const cast = drawCast(scene);
      await takesRightRecord(scene, file, cast);
      for (const [index, first] of DEFECTS.entries())
        for (const second of DEFECTS.slice(index)) {
          const { key, value } = recordWith(cast, [first, second]);
          const what = `a record that has ${first.what}${first === second ? "" : ` and ${second.what}`}`;
          await judges(scene, file, what, key, value, `refused: ${first.reason}`);
        }
    },
  },
  {
    id: "P10.3-record-size",
    title: "a record has at most 4,096 bytes",
    causes: [
      {
        received: /^refused: form/,
        cause: "The size comes first: a record that is too large is not read at all.",
      },
    ],
    async run(scene) {
      const file = await scene.module("record.ts");
      const cast = drawCast(scene);
      const { key, value } = recordWith(cast, []);
      for (const [bytes, expected] of [
        [MOST_BYTES, TAKEN],
        [MOST_BYTES + 1, "refused: size"],
        [MOST_BYTES * 20, "refused: size"],
      ] as const)
        await judges(scene, file, `a record of ${bytes} bytes`, key, padded(value, bytes), expected);
    },
  },
  {
    id: "P10.3-record-seq",
    title: "a record stands under /u/ID, and its seq is at most 10 minutes ahead",
    likelyCause:
      "A seq is refused only if it is more than MAX_SEQ_AHEAD above now; it may be as old as it likes.",
    causes: [
      {
        step: /the key/,
        received: /^(?:taken|refused: id)/,
        cause: "The key in the table must be /u/ and 15 digits: anything else has not the form.",
      },
    ],
    async run(scene) {
      const file = await scene.module("record.ts");
      const { ann, relay } = drawCast(scene);
      const key = `/u/${ann.id}`;
      for (const [ahead, expected] of [
        [-300 * DAY, TAKEN],
        [0, TAKEN],
        [10 * MINUTE, TAKEN],
        [10 * MINUTE + 1, "refused: form"],
      ] as const) {
        const value = signedRecord(bodyOf({ owner: ann, relay, seq: NOW + ahead }), ann);
        await judges(scene, file, `a seq that is ${ahead} ms ahead`, key, value, expected);
      }
      const right = signedRecord(bodyOf({ owner: ann, relay }), ann);
      for (const wrong of [
        ann.id,
        `/x/${ann.id}`,
        `u/${ann.id}`,
        `/u/${ann.id}/`,
        `/u/${ann.id.slice(1)}`,
        "",
      ])
        await judges(scene, file, `the key ${JSON.stringify(wrong)}`, wrong, right, "refused: form");
    },
  },
  {
    id: "P10.3-record-expires",
    title: "a record expires later than now, and at most 24 hours later",
    likelyCause: "A record that expires now has expired, and one that expires in 24 hours is just right.",
    async run(scene) {
      const file = await scene.module("record.ts");
      const { ann, relay } = drawCast(scene);
      for (const [left, expected] of [
        [-1, "refused: expired"],
        [0, "refused: expired"],
        [1, TAKEN],
        [DAY, TAKEN],
        [DAY + 1, "refused: expired"],
      ] as const) {
        const value = signedRecord(bodyOf({ owner: ann, relay, expires: NOW + left }), ann);
        await judges(scene, file, `a record with ${left} ms left`, `/u/${ann.id}`, value, expected);
      }
    },
  },
  {
    id: "P10.4-record-id",
    title: "the id of the table's key, that of the body and that of the public key are the same",
    likelyCause:
      "Anybody can write Ann's id into a record and sign it with a key of their own. Compare the body's id with the table's, and idOf(record.key) with it.",
    async run(scene) {
      const file = await scene.module("record.ts");
      const cast = drawCast(scene);
      const { ann, mallory, relay } = cast;
      await takesRightRecord(scene, file, cast);
      const foreign = signedRecord(bodyOf({ owner: mallory, relay }), mallory);
      await judges(
        scene,
        file,
        "Mallory's own record under Ann's id",
        `/u/${ann.id}`,
        foreign,
        "refused: id",
      );
      const claimed = signedRecord(bodyOf({ owner: mallory, relay, id: ann.id }), mallory);
      const claim = "Mallory's record that says Ann's id, under Ann's id";
      await judges(scene, file, claim, `/u/${ann.id}`, claimed, "refused: id");
      const other = signedRecord(bodyOf({ owner: ann, relay, id: mallory.id }), ann);
      const body = "Ann's record that says Mallory's id";
      await judges(scene, file, `${body}, under Ann's id`, `/u/${ann.id}`, other, "refused: id");
      await judges(scene, file, `${body}, under Mallory's id`, `/u/${mallory.id}`, other, "refused: id");
    },
  },
  {
    id: "P10.3-record-signature",
    title: "the signature is the key's, over the label, a NUL and the bytes of the body as they came",
    causes: [
      { step: /a right record/, received: /signature/, cause: WITHOUT_LABEL },
      {
        step: /written otherwise/,
        cause: "The body was parsed and written as JSON anew: take its bytes as they came.",
      },
    ],
    likelyCause: "A signature counts only for the public key in the record, and only behind the label.",
    async run(scene) {
      const file = await scene.module("record.ts");
      const cast = drawCast(scene);
      const { ann, mallory, relay } = cast;
      const key = `/u/${ann.id}`;
      await takesRightRecord(scene, file, cast);
      const body = bodyOf({ owner: ann, relay });
      const spaced = body.replaceAll(":", " : ").replaceAll(" : /", ":/");
      for (const otherwise of [` ${body}\n`, bodyOf({ owner: ann, relay, more: { mood: "\u00e9" } }), spaced])
        await judges(
          scene,
          file,
          "a body that is written otherwise",
          key,
          signedRecord(otherwise, ann),
          TAKEN,
        );
      const signatures: Record<string, Buffer> = {
        "Mallory's signature": signedRecord(body, mallory),
        "a signature without the label": signedRecord(body, ann, body),
        "a signature with the label of a group": signedRecord(body, ann, `p2p-chat 06 group\0${body}`),
        "a signature without the NUL": signedRecord(body, ann, RECORD_LABEL.slice(0, -1) + body),
        "a signature of another body": signedRecord(body, ann, `${RECORD_LABEL}${body} `),
      };
      for (const [what, value] of Object.entries(signatures))
        await judges(scene, file, what, key, value, "refused: signature");
    },
  },
  {
    id: "P10.4-record-select",
    title: "of several records the greatest seq wins, and of equals the bytewise greater body",
    causes: [
      {
        step: /beyond ASCII/,
        cause: "JavaScript compares texts by units of 16 bits. Compare the bytes of both bodies in UTF-8.",
      },
    ],
    likelyCause:
      "The order in which the records come decides here. What decides is the seq, then the bytes of the body.",
    async run(scene) {
      const file = await scene.module("record.ts");
      const { ann, relay } = drawCast(scene);
      const record = (seq: number, more: object = {}, behind = "", expires = NOW + MINUTE): Buffer =>
        signedRecord(bodyOf({ owner: ann, relay, seq, expires, more }) + behind, ann);
      const pairs: readonly (readonly [string, Buffer, Buffer])[] = [
        ["a greater seq", record(NOW), record(NOW - 1)],
        ["a greater seq and a smaller body", record(NOW, { a: "A" }), record(NOW - 1, { a: "z" })],
        ["a greater seq and an earlier end", record(NOW), record(NOW - 1, {}, "", NOW + DAY)],
        ["the same seq and a greater end", record(NOW, { a: "z" }), record(NOW, { a: "y" })],
        ["the same seq and a blank more", record(NOW, {}, " "), record(NOW)],
        [
          "the same seq and letters beyond ASCII",
          record(NOW, { a: "\u{1f600}" }),
          record(NOW, { a: "\uff5e" }),
        ],
      ];
      for (const [what, winner, loser] of pairs) {
        await selects(scene, file, `${what}, which comes first`, [winner, loser], 0);
        await selects(scene, file, `${what}, which comes last`, [loser, winner], 1);
        await selects(scene, file, `${what}, which comes between`, [loser, winner, loser], 1);
      }
    },
  },
]);

async function selects(
  scene: Scene,
  file: ModuleUnderTest,
  what: string,
  records: readonly Buffer[],
  expected: number,
): Promise<void> {
  await scene.step(`selectRecord with one that has ${what}`, async () => {
    const value = await file.calls("selectRecord", [records]);
    const place = (index: unknown): string => `the record number ${Number(index) + 1} of ${records.length}`;
    if (value !== expected)
      scene.fails({
        sent: `selectRecord with one that has ${what}`,
        expected: place(expected),
        received: place(value),
      });
  });
}

/** Reads a card, and expects its id and its secret. */
async function readsCard(
  scene: Scene,
  file: ModuleUnderTest,
  what: string,
  text: string,
  card: { id: string; secret: Buffer },
): Promise<void> {
  await scene.step(`parseCard with ${what}`, async () => {
    const value = (await file.calls("parseCard", [text])) as Record<string, unknown> | undefined;
    const received = shownCard(value);
    const expected = shownCard(card);
    if (received !== expected)
      scene.fails({ sent: `parseCard(${JSON.stringify(text)})`, expected, received, exact: true });
  });
}

function shownCard(value: Record<string, unknown> | undefined): string {
  if (typeof value?.problem === "string") return `the problem: ${value.problem}`;
  const { id, secret } = value ?? {};
  return `the id ${String(id)} and the secret ${secret instanceof Uint8Array ? Buffer.from(secret).toString("hex") : String(secret)}`;
}

/** Reads what is no card, and expects a problem that says this. */
async function refusesCard(
  scene: Scene,
  file: ModuleUnderTest,
  what: string,
  text: string,
  says: string,
): Promise<void> {
  await scene.step(`parseCard refuses ${what}`, async () => {
    const value = (await file.calls("parseCard", [text])) as Record<string, unknown> | undefined;
    const received = shownCard(value);
    if (!received.startsWith("the problem: ") || !received.includes(says))
      scene.fails({
        sent: `parseCard(${JSON.stringify(text)}), which has ${what}`,
        expected: `a problem that says ${says}`,
        received,
      });
  });
}

const WRONG_CHARACTER = "A character of the card is wrong.";

/** A card whose code holds two of each of these characters. */
function drawCard(scene: Scene, characters = ""): { id: string; secret: Buffer; code: string } {
  const { id } = identityOf(scene.random.bytes(32));
  for (;;) {
    const secret = scene.random.bytes(32);
    const code = cardCode(id, secret);
    if ([...characters].every((character) => code.split(character).length > 2)) return { id, secret, code };
  }
}

const cardChecks = defineChecks({ stages: ["06"], of: "module" }, [
  {
    id: "P10.2-card-code",
    title: "parseCard reads the secret of every card",
    causes: [
      {
        received: /secret [0-9a-f]{0,63}$/,
        cause:
          "The code has become too few bytes. A number forgets zeros in front: give it all of its 35 bytes.",
      },
    ],
    likelyCause:
      "Crockford's alphabet begins with the digits, and has no I, L, O and U: it stands in ALPHABET. The first character has the highest bits.",
    async run(scene) {
      const file = await scene.module("card.ts");
      const { id } = drawCard(scene);
      const secrets = [
        ...Array.from({ length: 6 }, () => scene.random.bytes(32)),
        Buffer.alloc(32),
        Buffer.alloc(32, 0xff),
        Buffer.concat([Buffer.alloc(5), scene.random.bytes(27)]),
        Buffer.concat([scene.random.bytes(29), Buffer.alloc(3)]),
      ];
      for (const secret of secrets)
        await readsCard(scene, file, "a card", `P2P06:${id}:${cardCode(id, secret)}`, { id, secret });
    },
  },
  {
    id: "P10.2-look-alikes",
    title: "O is read as 0, I and L as 1, and never a U",
    likelyCause:
      "asDigits makes a 0 of each O, and a 1 of each I and each L. It leaves all other characters alone.",
    async run(scene) {
      const file = await scene.module("card.ts");
      const { id, secret, code } = drawCard(scene, "01V");
      for (const [zero, one] of ["OI", "OL", "oi", "ol", "0l", "O1"].map((pair) => [...pair]) as [
        string,
        string,
      ][]) {
        const text = code.replaceAll("0", zero).replaceAll("1", one);
        await readsCard(scene, file, `${zero} for 0 and ${one} for 1`, `P2P06:${id}:${text}`, { id, secret });
      }
      await readsCard(scene, file, "P2PO6", `P2PO6:${id}:${code}`, { id, secret });
      await readsCard(scene, file, "small letters", `p2p06:${id}:${code.toLowerCase()}`, { id, secret });
      const withU = `P2P06:${id}:${code.replace("V", "U")}`;
      await refusesCard(scene, file, "a U", withU, "cannot hold the character U");
    },
  },
  {
    id: "P10.2-check-bytes",
    title: "a wrong character is found: all three check bytes are compared, for the id and the secret",
    likelyCause:
      "The check bytes are not compared, or not all three of them, or without the id. checkOf computes them of the card.",
    async run(scene) {
      const file = await scene.module("card.ts");
      const { id, secret } = drawCard(scene);
      const check = checkBytesOf(id, secret);
      const refuses = (what: string, number: string, part: Buffer, last: Buffer): Promise<void> =>
        refusesCard(scene, file, what, `P2P06:${number}:${cardCode(number, part, last)}`, WRONG_CHARACTER);
      await readsCard(scene, file, "a right card", `P2P06:${id}:${cardCode(id, secret)}`, { id, secret });
      for (const place of [0, 1, 2])
        await refuses(`a wrong bit in check byte ${place + 1}`, id, secret, withBit(check, 8 * place + 3));
      for (const place of [0, 15, 31])
        await refuses(
          `a wrong bit in byte ${place + 1} of the secret`,
          id,
          withBit(secret, 8 * place + 5),
          check,
        );
      const digit = (Number(id[7]) + 1) % 10;
      await refuses("a wrong digit in the number", `${id.slice(0, 7)}${digit}${id.slice(8)}`, secret, check);
    },
  },
  {
    id: "P10.2-card-problems",
    title: "a code of another length or alphabet is refused with a sentence",
    likelyCause:
      "Look at the characters first, then at the length, and read the code only if both are right.",
    async run(scene) {
      const file = await scene.module("card.ts");
      const { id, code } = drawCard(scene);
      const start = `P2P06:${id}:`;
      for (const text of ["", code.slice(1), code.slice(0, -1), `${code}0`, `0${code}`, code + code]) {
        const says = `56 characters, and here are ${text.length}`;
        await refusesCard(scene, file, `${text.length} characters in its code`, start + text, says);
      }
      for (const strange of ["*", "=", "$", "U"]) {
        const says = `cannot hold the character ${strange}`;
        await refusesCard(
          scene,
          file,
          strange,
          `${start}${code.slice(0, 30)}${strange}${code.slice(31)}`,
          says,
        );
        await refusesCard(
          scene,
          file,
          `${strange} at the end, one too many`,
          `${start}${code}${strange}`,
          says,
        );
        const two = `${start}${code.slice(0, 10)}${strange}${code.slice(11, 40)}#${code.slice(41)}`;
        await refusesCard(scene, file, `${strange}, and # behind it`, two, says);
      }
    },
  },
]);

export const checks = [...distanceChecks, ...recordChecks, ...cardChecks];
