// Checks functions of stage 06 that conversations are made of (P10.6, P10.8, P10.10): the keys of a stream, and what
// becomes of a message. The expected keys come from the checker's own dht-cryptography.ts.

import { defineChecks } from "./engine/check.ts";
import { hkdfKey, sha256, withLength } from "./engine/dht-cryptography.ts";
import type { ModuleUnderTest } from "./engine/module-under-test.ts";
import type { Scene } from "./engine/scene.ts";

type Role = "initiator" | "responder";

/** What the keys of a stream are made from. */
interface Material {
  agreed: Buffer;
  cardSecret: Buffer;
  initiatorHello: Buffer;
  responderHello: Buffer;
}

function infoOf(role: Role, attempt: number): string {
  return `p2p-chat 06 ${role}${attempt === 0 ? "" : ` direct ${attempt}`}`;
}

/** A way to make one part of a key, and the mistake if it is not the right one. */
type Way<Part> = readonly [part: Part, mistake: string | undefined];

function secretsOf({ agreed, cardSecret }: Material): Way<Buffer>[] {
  return [
    [Buffer.concat([agreed, cardSecret]), undefined],
    [
      agreed,
      "The card's secret is not in the key: so a relay that answers in the place of the other page has it, too.",
    ],
    [
      Buffer.concat([cardSecret, agreed]),
      "The two secrets have changed places: what X25519 gave comes first, then the card's secret.",
    ],
    [cardSecret, "What X25519 gave is not in the key: so who finds the card later can read what was said."],
  ];
}

function saltsOf({ initiatorHello: mine, responderHello: theirs }: Material): Way<Buffer>[] {
  const without =
    "The hellos stand in the salt without their lengths: what of them belongs to whom, it does not say.";
  const order = "The hellos have changed places in the salt: the initiator's comes first.";
  const one = "One of the two hellos is not in the salt.";
  return [
    [sha256(withLength(mine), withLength(theirs)), undefined],
    [sha256(mine, theirs), without],
    [sha256(withLength(theirs), withLength(mine)), order],
    [sha256(theirs, mine), order],
    [sha256(withLength(mine)), one],
    [sha256(withLength(theirs)), one],
    [
      Buffer.concat([withLength(mine), withLength(theirs)]),
      "The salt is the hash of both hellos, not the hellos themselves.",
    ],
    [Buffer.alloc(0), "The hellos are not in the salt."],
  ];
}

function infosOf(role: Role, attempt: number): Way<string>[] {
  const other: Role = role === "initiator" ? "responder" : "initiator";
  const path =
    "The direct path has the stream's key: its counter begins at 0 again, and a nonce comes a second time.";
  return [
    [infoOf(role, attempt), undefined],
    [infoOf(other, attempt), "The roles have changed places: the info names who sends."],
    [
      "p2p-chat 06",
      "Both roles have the same key: both count from 0, so a nonce comes twice. The info names the role.",
    ],
    [infoOf("initiator", attempt), "Both roles have the same key: the info names the role that sends."],
    [infoOf(role, 0), path],
    [
      `${infoOf(role, 0)} direct`,
      "All direct paths have the same key: the info ends with the number of the attempt.",
    ],
    [`${infoOf(role, 0)} ${attempt}`, "The word direct is missing in the info of a direct path."],
    attempt === 0
      ? [`${infoOf(role, 0)} direct 0`, "The stream itself is no direct path: its info ends with the role."]
      : [
          `${infoOf(role, 0)} direct ${attempt - 1}`,
          "Attempts are counted from 1: the info has that number.",
        ],
  ];
}

/** The mistakes by which just this key is made; undefined if no way of those above leads to it. */
function mistakeBehind(key: Buffer, material: Material, role: Role, attempt: number): string | undefined {
  for (const [secret, noCard] of secretsOf(material))
    for (const [salt, noHello] of saltsOf(material))
      for (const [info, noRole] of infosOf(role, attempt))
        if (hkdfKey(secret, salt, info).equals(key)) return noCard ?? noHello ?? noRole;
  return undefined;
}

/** Derives a key, and expects the checker's own. */
async function derives(
  scene: Scene,
  file: ModuleUnderTest,
  what: string,
  material: Material,
  role: Role,
  attempt = 0,
): Promise<void> {
  const path = attempt === 0 ? "" : ` on direct path ${attempt}`;
  await scene.step(`the key of the ${role}${path}, with ${what}`, async () => {
    const source = await file.calls("keySource", [material]);
    const value = await file.calls("keyOf", [source, role, attempt]);
    const [secret] = secretsOf(material)[0] ?? [];
    const [salt] = saltsOf(material)[0] ?? [];
    if (secret === undefined || salt === undefined) throw new Error("the first way is the right one");
    const expected = hkdfKey(secret, salt, infoOf(role, attempt));
    const bytes = value instanceof Uint8Array ? Buffer.from(value) : undefined;
    if (bytes?.equals(expected)) return;
    const likelyCause = bytes && mistakeBehind(bytes, material, role, attempt);
    scene.fails({
      sent: `keySource, then keyOf for the ${role}${path}, with ${what}`,
      expected: `bytes ${expected.toString("hex")}`,
      received: bytes === undefined ? String(value) : `bytes ${bytes.toString("hex")}`,
      exact: true,
      ...(likelyCause && { likelyCause }),
    });
  });
}

function drawMaterial({ random }: Scene): Material {
  const hello = (from: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: "hello",
        from,
        word: random.word(random.integer(1, 40)),
        share: random.bytes(32).toString("base64"),
      }),
    );
  return {
    agreed: random.bytes(32),
    cardSecret: random.bytes(32),
    initiatorHello: hello("initiator"),
    responderHello: hello("responder"),
  };
}

/** A conversation whose keys were computed once by other programs: tests/vectors/dht.json, the first session. */
const KNOWN = {
  material: {
    agreed: Buffer.from("730c3410e14c8d6993cbfd77b6f5d4f09026b90b50a910f201b6aa7539615a52", "hex"),
    cardSecret: Buffer.from("ca9482e7f5279c4e1a835cba98b0c6106201194f83c1863da3ebc22039844ada", "hex"),
    initiatorHello: Buffer.from(
      '{"type":"hello","stage":"06","from":"596934386853336","to":"141065404484172","key":"kc7Lz561c9mDalfcjtKsbsUQ5tlLk5QIu5x69TiteBs=","card":"28c26ad0a1e2abda","share":"luGotMa+CpwCO59SOrGiD3dje0WBWC2szWqYzi4NqD0="}',
    ),
    responderHello: Buffer.from(
      '{"type":"hello","stage":"06","from":"141065404484172","to":"596934386853336","key":"9EcsOW6j6qkL3kwhF1cDfEnYxpdynp4fnJUleAAGHuk=","card":"28c26ad0a1e2abda","share":"tOfNHehise03eLGPmJH6x/Ito2SaAnekaqlPwsjrUnw="}',
    ),
  },
  keys: {
    initiator: Buffer.from("868b759ec45ec94b4a273f24530783fa929e996ef5cfb16e38787464a5116336", "hex"),
    responder: Buffer.from("b142517ebdbd03a4de399235292201698f7bd2d8f9da5eea8adeb72274721c1d", "hex"),
  },
};

const keyChecks = defineChecks({ stages: ["06"], of: "module" }, [
  {
    id: "P10.6-key-secret",
    title: "the keys of a stream come of what X25519 gave, followed by the card's secret",
    async run(scene) {
      const file = await scene.module("session-keys.ts");
      for (let count = 0; count < 4; count += 1)
        await derives(scene, file, "drawn secrets", drawMaterial(scene), "initiator");
      const source = await file.calls("keySource", [KNOWN.material]);
      for (const role of ["initiator", "responder"] as const)
        await file.returns("keyOf", [source, role, 0], KNOWN.keys[role]);
    },
  },
  {
    id: "P10.6-key-salt",
    title: "both hellos stand in the salt, the initiator's first, each with its length",
    async run(scene) {
      const file = await scene.module("session-keys.ts");
      const { agreed, cardSecret } = drawMaterial(scene);
      const letters = scene.random.word(12);
      for (const cut of [0, 1, 6, 11, 12]) {
        const hellos = {
          initiatorHello: Buffer.from(letters.slice(0, cut)),
          responderHello: Buffer.from(letters.slice(cut)),
        };
        const what = `hellos of ${cut} and ${12 - cut} bytes, which are always the same together`;
        await derives(scene, file, what, { agreed, cardSecret, ...hellos }, "responder");
      }
      const long = { ...drawMaterial(scene), responderHello: Buffer.alloc(4096, "y") };
      await derives(scene, file, "a hello of 4,096 bytes", long, "initiator");
    },
  },
  {
    id: "P10.6-key-directions",
    title: "each role has a key of its own",
    async run(scene) {
      const file = await scene.module("session-keys.ts");
      const material = drawMaterial(scene);
      await derives(scene, file, "drawn secrets", material, "initiator");
      await derives(scene, file, "drawn secrets", material, "responder");
    },
  },
  {
    id: "P10.10-direct-keys",
    title: "each direct path has keys of its own",
    async run(scene) {
      const file = await scene.module("session-keys.ts");
      const material = drawMaterial(scene);
      for (const attempt of [0, 1, 2, 12])
        for (const role of ["initiator", "responder"] as const)
          await derives(scene, file, "drawn secrets", material, role, attempt);
    },
  },
]);

const DELIVERY = 30_000;
const REACH = 10_000;
const WINDOW = 64;

/** What an outbox says is to be done. */
interface Work {
  drop?: readonly number[];
  send?: readonly number[];
}

/** An outbox, and messages that are numbered from 1. */
class PlayedOutbox {
  readonly #scene: Scene;
  readonly #outbox: ModuleUnderTest;
  #isConnected = false;

  private constructor(scene: Scene, outbox: ModuleUnderTest) {
    this.#scene = scene;
    this.#outbox = outbox;
  }

  static async at(scene: Scene, now: number, restored: readonly object[] = []): Promise<PlayedOutbox> {
    const file = await scene.module("outbox.ts");
    return new PlayedOutbox(scene, await file.creates("Outbox", [now, restored]));
  }

  /** Our user writes. */
  async writes(number: number, now: number, expected: Work): Promise<void> {
    await this.#does(`message ${number} is written`, "add", [messageOf(number, now)], now, expected);
  }

  async connects(now: number, expected: Work): Promise<void> {
    this.#isConnected = true;
    await this.#does("a session is ready", "connected", [], now, expected);
  }

  async isCut(now: number, expected: Work = {}): Promise<void> {
    this.#isConnected = false;
    await this.#does("the session is lost", "disconnected", [], now, expected);
  }

  async hears(number: number, now: number, expected: Work): Promise<void> {
    await this.#does(`message ${number} is acknowledged`, "acknowledged", [idOf(number)], now, expected);
  }

  async looks(now: number, expected: Work = {}, what = "it looks"): Promise<void> {
    await this.#does(what, "look", [], now, expected);
  }

  async #does(
    what: string,
    method: string,
    argv: readonly unknown[],
    now: number,
    work: Work,
  ): Promise<void> {
    const expected = shownWork(work);
    const when = `after ${now / 1000} s, ${this.#isConnected ? "" : "without a session, "}${what}`;
    await this.#scene.step(`${when}: ${expected}`, async () => {
      const value = (await this.#outbox.calls(method, [...argv, now])) as Record<string, unknown> | undefined;
      const received = receivedWork(value);
      if (received !== expected)
        this.#scene.fails({
          sent: `${method}: ${when}`,
          expected,
          received,
          exact: true,
        });
    });
  }
}

function messageOf(number: number, since: number) {
  return { id: idOf(number), text: textOf(number), since };
}

function idOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}

function textOf(number: number): string {
  return `text ${number}`;
}

function shownWork({ drop = [], send = [] }: Work): string {
  return `it drops ${listed(drop.map(String))} and sends ${listed(send.map(String))}`;
}

function receivedWork(work: Record<string, unknown> | undefined): string {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const numberOf = (id: unknown): string =>
    /^[0-9a-f]{32}$/.test(String(id)) ? String(Number.parseInt(String(id), 16)) : String(id);
  const drop = list(work?.drop).map(numberOf);
  const send = list(work?.send).map((one) => {
    const { type, id, text } = (one ?? {}) as Record<string, unknown>;
    const number = numberOf(id);
    return type === "message" && text === textOf(Number(number))
      ? number
      : `${number} with another text or type`;
  });
  return `it drops ${listed(drop)} and sends ${listed(send)}`;
}

/** Numbers in a row are shown by the first and the last. */
function listed(numbers: readonly string[]): string {
  const isRow = numbers.every((number, index) => Number(number) === Number(numbers[0]) + index);
  if (numbers.length > 3 && isRow) return `${numbers[0]} to ${numbers.at(-1)}`;
  return numbers.length === 0 ? "nothing" : numbers.join(", ");
}

const outboxChecks = defineChecks({ stages: ["06"], of: "module" }, [
  {
    id: "P10.8-drop-late",
    title: "what a session has taken is dropped 30 seconds after it became sending, and once",
    causes: [
      {
        received: /sends [0-9]+(?:,| to)/,
        cause: "A session gets each message once: what it has taken is not sent again over it.",
      },
      {
        step: /it drops [0-9]/,
        received: /^it drops nothing/,
        cause:
          "30 seconds after it became sending a message is due: at that moment, not behind it, and not counted from a later one.",
      },
      {
        step: /once more/,
        cause: "What is dropped leaves the outbox: delete it from #waiting.",
      },
    ],
    likelyCause:
      "What a session has taken, or may take while there is one, has 30 seconds from the moment at which it became sending.",
    async run(scene) {
      const outbox = await PlayedOutbox.at(scene, 0);
      await outbox.connects(0, {});
      await outbox.writes(1, 1000, { send: [1] });
      await outbox.writes(2, 2000, { send: [2] });
      await outbox.looks(1000 + DELIVERY - 1);
      await outbox.looks(1000 + DELIVERY, { drop: [1] });
      await outbox.hears(2, 1000 + DELIVERY, {});
      await outbox.looks(2000 + DELIVERY);
      await outbox.looks(1000 + 2 * DELIVERY, {}, "it looks once more");
      await outbox.writes(3, 100_000, { send: [3] });
      await outbox.isCut(105_000);
      // It was taken: that nobody is there now does not make it shorter.
      await outbox.looks(105_000 + REACH);
      await outbox.connects(120_000, { send: [3] });
      await outbox.isCut(121_000);
      await outbox.connects(122_000, { send: [3] });
      await outbox.looks(100_000 + DELIVERY - 1);
      await outbox.looks(100_000 + DELIVERY, { drop: [3] });
      const restored = await PlayedOutbox.at(scene, 5000, [messageOf(1, 2000)]);
      await restored.looks(2000 + DELIVERY - 1);
      await restored.looks(2000 + DELIVERY, { drop: [1] });
    },
  },
  {
    id: "P10.8-drop-unreachable",
    title: "what no session has taken is dropped after 10 seconds without one",
    likelyCause:
      "The 10 seconds begin when it became sending, or when there was no session any more: the later of both. They never make it longer than 30.",
    async run(scene) {
      const outbox = await PlayedOutbox.at(scene, 0);
      await outbox.writes(1, 5000, {});
      await outbox.looks(5000 + REACH - 1);
      await outbox.looks(5000 + REACH, { drop: [1] });
      await outbox.writes(2, 50_000, {});
      await outbox.connects(55_000, { send: [2] });
      await outbox.looks(50_000 + REACH);
      await outbox.isCut(65_000);
      await outbox.writes(3, 66_000, {});
      await outbox.looks(66_000 + REACH - 1);
      await outbox.looks(66_000 + REACH, { drop: [3] });
      const full = await PlayedOutbox.at(scene, 0);
      await full.connects(0, {});
      for (let number = 1; number <= WINDOW; number += 1) await full.writes(number, 1000, { send: [number] });
      await full.writes(WINDOW + 1, 2000, {});
      await full.isCut(8000);
      await full.looks(2000 + REACH);
      await full.looks(8000 + REACH - 1);
      await full.looks(8000 + REACH, { drop: [WINDOW + 1] });
      await full.connects(19_000, { send: numbers(1, WINDOW) });
      await full.writes(WINDOW + 2, 20_000, {});
      // It waits for its turn while there is a session: that is not "cannot be reached".
      await full.looks(20_000 + REACH);
      const late = await PlayedOutbox.at(scene, 0);
      await late.connects(0, {});
      for (let number = 1; number <= WINDOW + 1; number += 1)
        await late.writes(number, 1000, { send: number <= WINDOW ? [number] : [] });
      await late.isCut(1000 + DELIVERY - 1);
      await late.looks(1000 + DELIVERY, { drop: numbers(1, WINDOW + 1) });
    },
  },
  {
    id: "P10.8-send-again",
    title: "a new session gets what is not acknowledged, in its order, and each message once",
    causes: [
      {
        step: /without a session/,
        received: /sends (?!nothing)/,
        cause: "There is no session: nothing can be sent now.",
      },
    ],
    likelyCause:
      "A session gets each message once: isOpen says whether this one has taken it. The order is that of #waiting.",
    async run(scene) {
      const outbox = await PlayedOutbox.at(scene, 0);
      await outbox.writes(1, 100, {});
      await outbox.connects(200, { send: [1] });
      await outbox.writes(2, 300, { send: [2] });
      await outbox.writes(3, 400, { send: [3] });
      await outbox.looks(500);
      await outbox.isCut(600);
      await outbox.writes(4, 700, {});
      await outbox.connects(800, { send: [1, 2, 3, 4] });
      await outbox.looks(900);
      await outbox.hears(2, 1000, {});
      await outbox.isCut(1100);
      await outbox.connects(1200, { send: [1, 3, 4] });
      await outbox.hears(4, 1300, {});
      await outbox.hears(1, 1400, {});
      await outbox.isCut(1500);
      await outbox.connects(1600, { send: [3] });
    },
  },
  {
    id: "P10.8-send-window",
    title: "at most 64 messages are sent and not acknowledged",
    likelyCause:
      "Count what is open already together with what you add: not more than MAX_OPEN_MESSAGES. Each acknowledgement makes room for one.",
    async run(scene) {
      const outbox = await PlayedOutbox.at(scene, 0);
      for (let number = 1; number <= WINDOW + 6; number += 1) await outbox.writes(number, 100, {});
      await outbox.connects(200, { send: numbers(1, WINDOW) });
      await outbox.looks(300);
      await outbox.hears(5, 400, { send: [WINDOW + 1] });
      await outbox.hears(1, 500, { send: [WINDOW + 2] });
      await outbox.looks(600);
      await outbox.isCut(700);
      const left = numbers(1, WINDOW + 2).filter((number) => number !== 1 && number !== 5);
      await outbox.connects(800, { send: left });
    },
  },
]);

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export const checks = [...keyChecks, ...outboxChecks];
