// Checks functions of stage 04, file by file (P6.1 to P6.3): keys, cipher with tag, sealed lines. The expected values
// come from the checker's own cryptography.ts or from the RFCs.

import { createHash } from "node:crypto";
import { expectCalls } from "./engine/calls-in-order.ts";
import { defineChecks } from "./engine/check.ts";
import {
  encryptBlocks,
  open,
  type SealedLine,
  seal,
  sessionKeys,
  TOY,
  tagged,
  tagOf,
} from "./engine/cryptography.ts";
import type { ModuleUnderTest } from "./engine/module-under-test.ts";
import type { Scene } from "./engine/scene.ts";
import { type GivesInTurn, givesInTurn } from "./engine/values.ts";

/** How this stage calls what expectCalls looks at. */
const WORDS = { name: "decrypt", tag: "tag" };

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");

const SEQUENCE_ZERO = Buffer.alloc(8);

/** How many lines are sealed in order to compare their IVs. */
const SEALED_LINES = 300;

/** A number that does not fit into a byte. Who counts in a byte begins at 0 again. */
const MORE_THAN_A_BYTE = 257;

/** RFC 7518, appendix B.3: the key is 00 01 02 … 3f; the text and the additional data quote Kerckhoffs. */
const RFC_7518 = {
  key: Buffer.from(Array.from({ length: 64 }, (_, index) => index)),
  iv: hex("1af38c2dc2b96ffdd86694092341bc04"),
  plaintext: Buffer.from(
    "A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience",
  ),
  additionalData: Buffer.from("The second principle of Auguste Kerckhoffs"),
  tag: hex("4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"),
};

/** SP 800-38A, section F.2.5: the first two of four blocks. */
const SP_800_38A = {
  key: hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
  iv: hex("000102030405060708090a0b0c0d0e0f"),
  plaintext: hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"),
  ciphertext: "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
};

/** RFC 5869, appendices A.1 and A.3. */
const RFC_5869 = [
  {
    salt: hex("000102030405060708090a0b0c"),
    info: hex("f0f1f2f3f4f5f6f7f8f9"),
    material: hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
  },
  {
    salt: hex(""),
    info: hex(""),
    material: hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
  },
];

/** The value that deriveKeys() must return. */
interface ChatKeys {
  initiator: unknown;
  responder: unknown;
}

/** The arguments of decrypt(). Default for the additional data: those of line 0. */
interface Received {
  key: Buffer;
  iv: Buffer;
  ciphertext: Buffer;
  tag: Buffer;
  additionalData?: Buffer;
}

/** Makes arguments that decrypt() must accept: a text, sealed as line 0. */
function sealedRightly(scene: Scene, text: Buffer): Received {
  const [key, iv] = [scene.random.bytes(64), scene.random.bytes(16)];
  const { ciphertext, tag } = seal(key, 0, text, iv);
  return { key, iv, ciphertext: hex(ciphertext), tag: hex(tag) };
}

/** The arguments of decrypt() as an array. */
function toDecrypt({ key, iv, ciphertext, tag, additionalData = SEQUENCE_ZERO }: Received): unknown[] {
  return [key, iv, { ciphertext, tag }, additionalData];
}

function digitsOf(key: unknown): string {
  return key instanceof Uint8Array ? Buffer.from(key).toString("hex") : `no bytes: ${String(key)}`;
}

/**
 * Seals lines with one Sealer, and returns the sealed lines, parsed.
 * @param drawIv the source of IVs; without it, the Sealer uses its own
 */
async function sealLines(
  scene: Scene,
  key: Buffer,
  lines: readonly string[],
  drawIv?: GivesInTurn,
): Promise<SealedLine[]> {
  const argv = drawIv === undefined ? [key] : [key, drawIv];
  const sealer = await (await scene.module("sealed-lines.ts")).creates("Sealer", argv);
  const sealed: SealedLine[] = [];
  for (const [index, line] of lines.entries()) {
    const received = await sealer.calls("seal", [line]);
    await scene.step("seal gives the line of P6.2", () => {
      const one = sealedLineOf(scene, received);
      if (one.seq !== index)
        scene.fails({
          expected: `"seq":${index}`,
          received: `"seq":${JSON.stringify(one.seq)}`,
          likelyCause: COUNTS,
        });
      sealed.push(one);
    });
  }
  return sealed;
}

const COUNTS = "seq counts the lines that are sealed, from 0: it is one more for each.";

const SEALED_FORM = '{"type":"sealed","seq":0,"iv":"HEX","ciphertext":"HEX","tag":"HEX"}';

/** The members of a sealed line. Fails unless it has the form of P6.2. */
function sealedLineOf(scene: Scene, received: unknown): SealedLine {
  const expected = `a string: ${SEALED_FORM}`;
  if (typeof received !== "string")
    return scene.fails({
      expected,
      received: received instanceof Object ? `an object: ${JSON.stringify(received)}` : String(received),
      likelyCause: "What goes over the wire is text. Return the line, made with JSON.stringify.",
    });
  let line: unknown;
  try {
    line = JSON.parse(received);
  } catch {
    return scene.fails({ expected, received: JSON.stringify(received), likelyCause: "The line is no JSON." });
  }
  const members = Object.entries(line ?? {});
  const isHex = (value: unknown): boolean => typeof value === "string" && /^(?:[0-9a-f]{2})*$/.test(value);
  const names = members.map(([name]) => name).sort();
  const form = names.join(" ") === "ciphertext iv seq tag type";
  const digits = members.filter(([name]) => ["iv", "ciphertext", "tag"].includes(name));
  if (!form || (line as SealedLine).type !== "sealed")
    scene.fails({
      expected,
      received: JSON.stringify(received),
      likelyCause: "The line has these five members, and the type is sealed.",
    });
  const wrong = digits.find(([, value]) => !isHex(value));
  if (wrong !== undefined)
    scene.fails({
      expected,
      received: JSON.stringify(received),
      likelyCause: `The member ${wrong[0]} is not in hexadecimal: bytes.toString("hex") writes it so.`,
    });
  return line as SealedLine;
}

/** Expects undefined from a function. `what` describes its arguments, because nobody reads hexadecimal. */
async function refuses(
  scene: Scene,
  module: ModuleUnderTest,
  name: "decrypt" | "open",
  what: string,
  argv: readonly unknown[],
): Promise<void> {
  await scene.step(`${name} refuses ${what}`, async () => {
    const value = await module.calls(name, argv);
    if (value === undefined) return;
    const received =
      value instanceof Uint8Array ? JSON.stringify(Buffer.from(value).toString()) : String(value);
    scene.fails({ sent: `${name} with ${what}`, expected: "undefined", received });
  });
}

/** Expects that an Opener returns this line. */
async function opens(scene: Scene, opener: ModuleUnderTest, sealed: object, line: string): Promise<void> {
  await scene.step(`open gives the line "${line}"`, async () => {
    const value = await opener.calls("open", [sealed]);
    const received = value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
    const sent = `open with the line "${line}", which is the next one`;
    if (received !== line) scene.fails({ sent, expected: line, received, exact: true });
  });
}

/** A copy of the bytes with one flipped bit in the byte at this place. */
function flipped(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

/** Judges whether IVs are unpredictable: none may repeat, or follow from the line before. */
function judgeIvs(scene: Scene, sealed: readonly SealedLine[], others: readonly SealedLine[]): void {
  const ivs = sealed.map(({ iv }) => iv);
  const twice = ivs.findIndex((iv, index) => ivs.indexOf(iv) < index);
  if (twice !== -1)
    scene.fails({
      expected: `an IV for line ${twice} that no line before it has had`,
      received: `the IV of line ${ivs.indexOf(ivs[twice] ?? "")} again: ${ivs[twice]}`,
      likelyCause:
        "The IV is drawn once, or not at all. Draw it where the line is sealed: with an IV used twice, equal beginnings show.",
    });
  const shared = ivs.findIndex((iv, index) => iv === others[index]?.iv);
  if (shared !== -1)
    scene.fails({
      expected: `in another chat, another IV for line ${shared}`,
      received: `the same: ${ivs[shared]}`,
      likelyCause: "The IV is computed, from the number or the text of the line. It has to be random.",
    });
  const chained = sealed.findIndex(({ iv }, index) => sealed[index - 1]?.ciphertext.endsWith(iv));
  if (chained !== -1)
    scene.fails({
      expected: `a random IV for line ${chained}`,
      received: `the last block of line ${chained - 1}: ${ivs[chained]}`,
      likelyCause:
        "The last block of ciphertext is taken as the next IV. Then everybody knows it before the line is written: TLS 1.0 did that, and fell to BEAST.",
    });
  for (let place = 0; place < 16; place += 1) {
    const values = new Set(ivs.map((iv) => iv.slice(2 * place, 2 * place + 2)));
    if (values.size < 8)
      scene.fails({
        expected: `random bytes: byte ${place} of ${ivs.length} IVs with many different values`,
        received: `${values.size} different values, such as ${[...values][0]}`,
        likelyCause:
          "A part of the IV does not change, or counts. It must be foretold by nobody: take it from randomBytes.",
      });
  }
}

/** Judges where the IVs come from if nobody hands in a source. */
async function judgeSource(scene: Scene, key: Buffer, lines: readonly string[]): Promise<void> {
  const file = await scene.module("sealed-lines.ts");
  await file.cryptoCalls();
  await sealLines(scene, key, lines);
  const { calls, hasDrawn } = await file.cryptoCalls();
  await scene.step("the IVs come from the system's cryptographic source", () => {
    if (calls.includes("Math.random"))
      scene.fails({
        expected: "IVs from randomBytes",
        received: "a call of Math.random",
        likelyCause:
          "Math.random is for games: from a few of its values all others can be computed. An IV must be foretold by nobody: take it from randomBytes.",
      });
    if (!hasDrawn)
      scene.fails({
        expected: "IVs from randomBytes",
        received: "no random value was ever drawn from the system's source",
        likelyCause: "The IVs are computed, perhaps from the time. Who knows how can foretell them.",
      });
  });
}

/** Hands in a source of IVs, and expects its bytes in the lines, each once. */
async function judgeDrawn(scene: Scene, key: Buffer, lines: readonly string[]): Promise<void> {
  const drawn = Array.from({ length: 4 * lines.length }, () => scene.random.bytes(16));
  const sealed = await sealLines(scene, key, lines, givesInTurn(...drawn));
  await scene.step("each line has an IV that drawIv has given", () => {
    const left = new Set(drawn.map((iv) => iv.toString("hex")));
    for (const [index, { iv }] of sealed.entries())
      if (!left.delete(iv))
        scene.fails({
          expected: `in line ${index} an IV that drawIv has given for it`,
          received: `"iv":"${iv}"`,
          likelyCause:
            "The IV does not come from drawIv, which was handed to the constructor: call it for each line, and use what it gives as it is.",
        });
  });
}

export const checks = defineChecks({ stages: ["04"], of: "module" }, [
  {
    id: "P6.1-hkdf",
    title: "hkdf gives the answers of RFC 5869",
    likelyCause: "Secret, salt and info have changed places, or the material is not cut to its length.",
    async run(scene) {
      const file = await scene.module("key-schedule.ts");
      for (const { salt, info, material } of RFC_5869)
        await file.returns("hkdf", [Buffer.alloc(22, 0x0b), salt, info, 42], material);
    },
  },
  {
    id: "P6.1-two-keys",
    title: "the shared secret gives 64 bytes for what the initiator sends, and 64 others for the responder",
    likelyCause:
      "The two keys have changed places, or come from another salt, info or length than the clause has.",
    async run(scene) {
      const file = await scene.module("key-schedule.ts");
      const secret = scene.random.bytes(256);
      const handshake = ["initiator's hello", "responder's hello", "initiator's key", "responder's key"];
      const { initiator, responder, transcript } = sessionKeys(secret, handshake);
      const derived = (await file.calls("deriveKeys", [secret, transcript])) as Partial<ChatKeys> | undefined;
      const sent = "deriveKeys(the shared secret, the hash of the transcript)";
      const [own, others] = [derived?.initiator, derived?.responder].map(digitsOf);
      await scene.step("deriveKeys gives two keys", () => {
        if (own === others)
          scene.fails({
            sent,
            expected: "two keys that differ",
            received: `twice ${own?.slice(0, 32)}…`,
            likelyCause:
              "One key for both directions. With it, a line can be sent back to whom it came from, and is accepted there.",
          });
      });
      await scene.step("deriveKeys gives the initiator's key", () => {
        const expected = initiator.toString("hex");
        if (own !== expected) scene.fails({ sent, expected, received: own ?? "nothing", exact: true });
      });
      await scene.step("deriveKeys gives the responder's key", () => {
        const expected = responder.toString("hex");
        if (others !== expected) scene.fails({ sent, expected, received: others ?? "nothing", exact: true });
      });
    },
  },
  {
    id: "P6.1-transcript",
    title: "the transcript's hash is that of the four lines exactly as they were sent",
    likelyCause:
      "The lines are parsed and written anew, or the LF of each, or the order of the four, is not that of the clause.",
    async run(scene) {
      const file = await scene.module("key-schedule.ts");
      const transcripts = [
        {
          initiatorHello: '{"type":"hello","stage":"04","from":"alice","to":"bob"}',
          responderHello: '{"type":"hello","stage":"04","from":"bob","to":"alice"}',
          initiatorKey: `{"type":"key","group":"toy","publicKey":"08"}`,
          responderKey: `{"type":"key","group":"toy","publicKey":"13"}`,
        },
        {
          initiatorHello:
            '{"type": "hello", "stage": "04", "from": "bob", "to": "alice", "client": "café 2"}',
          responderHello: '{"to":"b\\u006fb","from":"alice","stage":"04","type":"hello"}',
          initiatorKey: '{ "type":"key",\t"group":"toy","publicKey":"08" }',
          responderKey: '{"publicKey":"13","group":"toy","type":"key","version":1.0}',
        },
      ];
      for (const transcript of transcripts) {
        const { initiatorHello, responderHello, initiatorKey, responderKey } = transcript;
        const text = [initiatorHello, responderHello, initiatorKey, responderKey]
          .map((line) => `${line}\n`)
          .join("");
        await file.returns("transcriptHash", [transcript], createHash("sha256").update(text).digest());
      }
    },
  },
  {
    id: "P6.2-cbc",
    title: "encrypt is AES-256 in CBC mode, with padding",
    likelyCause:
      "Another cipher or mode, or the first half of the key instead of the second: that one is for the MAC.",
    async run(scene) {
      const file = await scene.module("aes-cbc-hmac.ts");
      const { key, iv, plaintext, ciphertext } = SP_800_38A;
      const whole = Buffer.concat([Buffer.alloc(32), key]);
      const sealed = (await file.calls("encrypt", [whole, iv, plaintext, SEQUENCE_ZERO])) as {
        ciphertext?: Buffer;
      };
      await scene.step("the ciphertext is that of SP 800-38A, F.2.5, and a block of padding", () => {
        const received = Buffer.from(sealed.ciphertext ?? []).toString("hex");
        if (!received.startsWith(ciphertext) || received.length !== 96)
          scene.fails({
            expected: `${ciphertext} and 16 bytes more`,
            received: received || "nothing",
            exact: true,
          });
      });
    },
  },
  {
    id: "P6.2-fresh-iv",
    title: "every line has an IV of its own that nobody can foretell",
    likelyCause: "The IV is not drawn anew for each line, from the system's cryptographic source.",
    async run(scene) {
      const key = scene.random.bytes(64);
      const lines = Array.from({ length: SEALED_LINES }, () => '{"type":"message","id":1,"text":"the same"}');
      const sealed = await sealLines(scene, key, lines);
      const others = await sealLines(scene, key, lines);
      await scene.step("the IVs are random", () => judgeIvs(scene, sealed, others));
      await judgeSource(scene, key, lines);
      await judgeDrawn(scene, key, lines.slice(0, 4));
    },
  },
  {
    id: "P6.2-sealed",
    title: "what is sealed has the next number and can be opened with the key",
    likelyCause:
      "The number is not counted up, is not what the tag is computed with, or the IV on the wire is not the one that was used.",
    async run(scene) {
      const key = scene.random.bytes(64);
      const lines = [
        '{"type":"bye"}',
        '{"type":"message","id":1,"text":"Grüße"}',
        '{"type":"message","id":2,"text":"sixteen bytes"}',
        "x".repeat(3000),
      ];
      const sealed = await sealLines(scene, key, lines);
      await scene.step("the lines can be opened", () => {
        for (const [index, line] of sealed.entries())
          judgeSealed(scene, key, line, index, lines[index] ?? "");
      });
    },
  },
  {
    id: "P6.2-tag",
    title: "the tag is that of A256CBC-HS512, over additional data, IV, ciphertext and length",
    likelyCause:
      "Something is missing in what the tag is computed over, or in another order: additional data, IV, ciphertext, the additional data's length in bits.",
    async run(scene) {
      const file = await scene.module("aes-cbc-hmac.ts");
      const { key, iv, plaintext, additionalData, tag } = RFC_7518;
      const missing = 16 - (plaintext.length % 16);
      const padded = Buffer.concat([plaintext, Buffer.alloc(missing, missing)]);
      const ciphertext = encryptBlocks(key, iv, padded);
      await file.returns("encrypt", [key, iv, plaintext, additionalData], { ciphertext, tag });
      await file.returns("decrypt", [key, iv, { ciphertext, tag }, additionalData], plaintext);
    },
  },
  {
    id: "P6.3-changed",
    title: "decrypt refuses whatever was changed: ciphertext, IV, additional data, tag",
    likelyCause:
      "The tag is not compared, or not as a whole, or it does not cover everything that the receiver gets.",
    async run(scene) {
      const file = await scene.module("aes-cbc-hmac.ts");
      const text = Buffer.from("sixteen bytes ofciphertext");
      const right = sealedRightly(scene, text);
      const { iv, ciphertext, tag } = right;
      await file.returns("decrypt", toDecrypt(right), text);
      const changed: Record<string, Partial<Received>> = {
        "a bit of the tag changed": { tag: flipped(tag, 0) },
        "the last bit of the tag changed": { tag: flipped(tag, 31) },
        "a bit of the IV changed": { iv: flipped(iv, 0) },
        "a bit of the ciphertext changed": { ciphertext: flipped(ciphertext, 3) },
        "other additional data": { additionalData: flipped(SEQUENCE_ZERO, 7) },
        "no tag": { tag: Buffer.alloc(0) },
        "half of the tag": { tag: tag.subarray(0, 16) },
        "a tag and a byte more": { tag: Buffer.concat([tag, Buffer.alloc(1)]) },
      };
      for (const [what, change] of Object.entries(changed))
        await refuses(scene, file, "decrypt", what, toDecrypt({ ...right, ...change }));
      // Moves the borders by one byte: from the IV into the additional data, and from the ciphertext into the IV.
      const row = Buffer.concat([SEQUENCE_ZERO, iv, ciphertext]);
      const moved = {
        additionalData: row.subarray(0, 9),
        iv: row.subarray(9, 25),
        ciphertext: row.subarray(25),
      };
      const what = "the borders between additional data, IV and ciphertext moved";
      await refuses(scene, file, "decrypt", what, toDecrypt({ ...right, ...moved }));
    },
  },
  {
    id: "P6.3-wrong-padding",
    title: "decrypt answers wrong padding and wrong tags in the same way",
    likelyCause:
      "An error of the cipher gets out, or something else than undefined is returned. Who can tell wrong padding from a wrong tag can read the text: the padding oracle.",
    async run(scene) {
      const file = await scene.module("aes-cbc-hmac.ts");
      const key = scene.random.bytes(64);
      const iv = scene.random.bytes(16);
      const blocks = {
        "padding of zeros": Buffer.alloc(32, 0),
        "padding longer than a block": Buffer.alloc(32, 17),
        "padding whose bytes differ": Buffer.concat([Buffer.alloc(29, 65), hex("020103")]),
      };
      for (const [what, plain] of Object.entries(blocks)) {
        const ciphertext = encryptBlocks(key, iv, plain);
        const right = { key, iv, ciphertext, tag: tagOf(key, 0, iv, ciphertext) };
        const wrong = { ...right, tag: flipped(right.tag, 3) };
        await refuses(scene, file, "decrypt", `${what} and a right tag`, toDecrypt(right));
        await refuses(scene, file, "decrypt", `${what} and a wrong tag`, toDecrypt(wrong));
      }
      for (const length of [0, 1, 17]) {
        const ciphertext = Buffer.alloc(length);
        const { tag } = tagged(key, 0, iv, ciphertext);
        const what = `${length} bytes of ciphertext and a right tag`;
        await refuses(scene, file, "decrypt", what, toDecrypt({ key, iv, ciphertext, tag: hex(tag) }));
      }
    },
  },
  {
    id: "P6.3-tag-first",
    title: "the tag is compared in constant time, and nothing is decrypted before",
    likelyCause:
      "Compute the tag, compare it with timingSafeEqual, and call createDecipheriv only if it is right.",
    async run(scene) {
      const file = await scene.module("aes-cbc-hmac.ts");
      const text = Buffer.from("nothing to see before the tag is right");
      const right = sealedRightly(scene, text);
      const wrong = { ...right, tag: flipped(right.tag, 31) };
      await file.cryptoCalls();
      await file.returns("decrypt", toDecrypt(wrong), undefined);
      await expectCalls(scene, file, WORDS, "with a wrong tag", ["timingSafeEqual"]);
      await file.returns("decrypt", toDecrypt(right), text);
      await expectCalls(scene, file, WORDS, "with the right tag", ["timingSafeEqual", "createDecipheriv"]);
    },
  },
  {
    id: "P6.3-next-number",
    title: "an Opener opens the next line and no other: none again, too early, renumbered, or sent back",
    likelyCause:
      "The number in the line is not compared with the one that is due, or a line that was refused is counted.",
    async run(scene) {
      const file = await scene.module("sealed-lines.ts");
      const key = scene.random.bytes(64);
      const lines = ["first", "second", "third"].map((text, seq) => seal(key, seq, Buffer.from(text)));
      const [first, second, third] = lines;
      const opener = await file.creates("Opener", [key]);
      const refusesLine = (what: string, line: object | undefined): Promise<void> =>
        refuses(scene, opener, "open", what, [line]);
      await refusesLine("line 1, when line 0 is due", second);
      await opens(scene, opener, first ?? {}, "first");
      await refusesLine("line 0 again", first);
      await refusesLine("line 0 again, with the number 1 that is due", { ...first, seq: 1 });
      await refusesLine("line 2, when line 1 is due", third);
      await refusesLine("line 2, with the number 1 that is due", { ...third, seq: 1 });
      await opens(scene, opener, second ?? {}, "second");
      await refusesLine("line 0, long after it was due", first);
      const reflected = seal(scene.random.bytes(64), 2, Buffer.from("reflected"));
      await refusesLine("a line of the other direction, with the number that is due", reflected);
      await opens(scene, opener, third ?? {}, "third");
      for (let seq = lines.length; seq <= MORE_THAN_A_BYTE; seq += 1)
        await opens(scene, opener, seal(key, seq, Buffer.from(`line ${seq}`)), `line ${seq}`);
    },
  },
  {
    id: "P6.3-error-codes",
    title: "every code of an error within a chat becomes bad-record, but line-too-long",
    likelyCause: "errorCode says bad-record for whatever was found in a line that was opened.",
    async run(scene) {
      const file = await scene.module("channel.ts");
      const group = { ...TOY, smallestPrivateKey: 2n, largestPrivateKey: 21n };
      const hellos = { initiator: "{}", responder: "{}" };
      const channel = await file.creates("SealedChannel", [group, "initiator", hellos]);
      for (const code of ["bad-request", "bad-encoding", "bad-record", "wrong-stage"])
        await channel.returns("errorCode", [code], "bad-record");
      await channel.returns(
        "errorCode",
        ["line-too-long"],
        "line-too-long",
        () => "A line that is too long keeps its own code: nobody has to decrypt anything to see that.",
      );
    },
  },
  {
    id: "P6.3-members",
    title: "an Opener refuses a line whose members are not what they should be",
    likelyCause: "A member is used before its type, its form or its length was checked.",
    async run(scene) {
      const file = await scene.module("sealed-lines.ts");
      const key = scene.random.bytes(64);
      const good = { ...seal(key, 0, Buffer.from("text"), Buffer.alloc(16, 0xab)) };
      const opener = await file.creates("Opener", [key]);
      const changes: object[] = [
        { type: "message" },
        ...["0", -0.5, -1, 2 ** 64, null, [0], true].map((seq) => ({ seq })),
        ...["", 0, "ab".repeat(15), "ab".repeat(17), "AB".repeat(16), null].map((iv) => ({ iv })),
        ...["", "zz", `${good.ciphertext}0`, good.ciphertext.slice(2), {}].map((ciphertext) => ({
          ciphertext,
        })),
        ...["", `${good.tag}00`, good.tag.slice(2), null, ["00"]].map((tag) => ({ tag })),
      ];
      for (const change of changes) {
        const what = `a line whose ${JSON.stringify(change).slice(1, -1)}`;
        await refuses(scene, opener, "open", what, [{ ...good, ...change }]);
      }
      for (const member of ["seq", "iv", "ciphertext", "tag"]) {
        const rest = Object.fromEntries(Object.entries(good).filter(([name]) => name !== member));
        await refuses(scene, opener, "open", `a line without ${member}`, [rest]);
      }
      await opens(scene, opener, good, "text");
    },
  },
]);

/** Fails unless the line has this number, and opens to this text. */
function judgeSealed(scene: Scene, key: Buffer, line: SealedLine, index: number, text: string): void {
  if (line.seq !== index)
    scene.fails({
      expected: `"seq":${index}`,
      received: `"seq":${JSON.stringify(line.seq)}`,
      likelyCause: COUNTS,
    });
  let opened: string;
  try {
    opened = open(key, line).toString();
  } catch (error) {
    return scene.fails({
      expected: "a line that can be opened with the key",
      received: `${(error as Error).message}, in ${JSON.stringify(line)}`,
    });
  }
  if (opened !== text)
    scene.fails({
      expected: text,
      received: opened,
      exact: true,
      likelyCause: "What is encrypted is not the line as it is: its bytes are Buffer.from(line).",
    });
}
