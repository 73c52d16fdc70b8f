// The place "wire" of the server: its calls, and the file of what was seen.

import type { IncomingMessage, ServerResponse } from "node:http";
import { CLOSING_WORDS } from "../../course/findings.ts";
import type { Page, Place } from "../serve/place.ts";
import type { OwnRoute } from "../serve/web-server.ts";
import { CallError, type Fields } from "../shared/fields.ts";
import { MOST_COLUMNS, MOST_ROWS } from "../shared/terminals.ts";
import {
  type Direction,
  LINKS,
  MOST_ADDRESS_CHARACTERS,
  MOST_LINE_BYTES,
  MOST_SCENES,
  MOST_SCENES_OF_PAGE,
  PARTIES,
  PCAP_PATH,
  type Said,
  WIRE_STAGES,
  type WireStage,
} from "../shared/wire.ts";
import type { Terminals } from "../terminals/terminals.ts";
import { SceneError } from "./actor.ts";
import { CALCULATOR_PLAN } from "./calculator-plan.ts";
import { chatPlan } from "./chat-plan.ts";
import { type Mallory, MalloryError, type Step } from "./mallory.ts";
import { Scene } from "./scene.ts";
import { pcapOf } from "./seen.ts";
import { explainLine, isAnswer } from "./shown-line.ts";
import type { StagePlan } from "./stage-plan.ts";
import { Table } from "./table.ts";
import { TEAM_PLAN } from "./team-plan.ts";

const PLANS: Readonly<Record<WireStage, StagePlan>> = {
  "01": CALCULATOR_PLAN,
  "02": chatPlan("02"),
  "03": chatPlan("03"),
  "04": chatPlan("04"),
  "05": TEAM_PLAN,
};

const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;

export class Wire implements Place {
  readonly #terminals: Terminals;
  readonly #failed: (error: unknown) => void;
  readonly #scenes = new Map<number, Scene>();
  readonly #tables = new WeakMap<Page, Table>();
  /** What was said in the scenes of a page that have ended, by their numbers. */
  readonly #said = new WeakMap<Page, Map<number, readonly Said[]>>();
  /** How many scenes of each page are there or about to be. */
  readonly #counts = new Map<Page, number>();
  #opened = 0;

  /** @param failed is told of what is a mistake of ours */
  constructor(terminals: Terminals, failed: (error: unknown) => void) {
    this.#terminals = terminals;
    this.#failed = failed;
  }

  readonly calls: Place["calls"] = {
    "wire/open": async (fields, page) => this.#open(fields, page),
    "wire/end": async (fields, page) => {
      await this.#scene(fields, page).end();
      return null;
    },
    "wire/call": async (fields, page) => {
      try {
        await this.#scene(fields, page).call();
        return null;
      } catch (error) {
        if (error instanceof SceneError || error instanceof MalloryError) throw new CallError(error.message);
        throw error;
      }
    },
    "wire/explain": (fields, page) => {
      const scene = this.#scene(fields, page);
      return malloryDoes(() => {
        const { direction, bytes, changed } = scene.line(fields.whole("line", 1, LARGEST_NUMBER));
        const wanted = fields.flag("changed") ? (changed ?? bytes) : bytes;
        return explainLine(
          scene.stage,
          direction.link,
          wanted.subarray(0, MOST_LINE_BYTES),
          isAnswer(direction.from),
        );
      });
    },
    "wire/explain-bytes": (fields) => {
      const text = fields.text("bytes", MOST_ADDRESS_CHARACTERS);
      if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new CallError("the address holds no line");
      const bytes = Buffer.from(text, "base64url").subarray(0, MOST_LINE_BYTES);
      return explainLine(fields.oneOf("stage", WIRE_STAGES), fields.oneOf("link", LINKS), bytes);
    },
    "wire/hold": (fields, page) => {
      const direction = directionIn(fields);
      const holds = fields.flag("holds");
      return this.#act(fields, page, (mallory, now) => mallory.hold(direction, holds, now));
    },
    "wire/pass": (fields, page) => {
      const line = lineIn(fields);
      return this.#act(fields, page, (mallory, now) => mallory.pass(line, now));
    },
    "wire/drop": (fields, page) => {
      const line = lineIn(fields);
      return this.#act(fields, page, (mallory) => mallory.drop(line));
    },
    "wire/change": (fields, page) => {
      const line = lineIn(fields);
      return this.#act(fields, page, (mallory) =>
        mallory.change(line, bytesIn(fields, mallory.line(line).direction)),
      );
    },
    "wire/flip": (fields, page) => {
      const line = lineIn(fields);
      const byte = fields.whole("byte", 0, MOST_LINE_BYTES);
      const bit = fields.whole("bit", 0, 7);
      return this.#act(fields, page, (mallory) => mallory.flip(line, byte, bit));
    },
    "wire/tamper": (fields, page) => {
      const scene = this.#scene(fields, page);
      return malloryDoes(() => {
        scene.tamper(lineIn(fields));
        return null;
      });
    },
    "wire/again": (fields, page) => {
      const scene = this.#scene(fields, page);
      return malloryDoes(() => {
        scene.again(lineIn(fields));
        return null;
      });
    },
  };

  /** What was seen, as a file of packets. */
  readonly route: OwnRoute = {
    method: "GET",
    path: PCAP_PATH,
    mostBytes: 0,
    answer: async (request, response) => this.#answer(request, response),
  };

  async close(): Promise<void> {
    await Promise.all([...this.#scenes.values()].map((scene) => scene.end()));
  }

  async #open(fields: Fields, page: Page) {
    const plan = PLANS[fields.oneOf("stage", WIRE_STAGES)];
    const size = {
      columns: fields.whole("columns", 1, MOST_COLUMNS),
      rows: fields.whole("rows", 1, MOST_ROWS),
    };
    const said = fields.has("keep")
      ? await this.#takeOver(fields.whole("keep", 1, LARGEST_NUMBER), page)
      : [];
    this.#count(page);
    this.#opened += 1;
    const number = this.#opened;
    const table = this.#tables.get(page) ?? new Table();
    this.#tables.set(page, table);
    try {
      const scene = await Scene.open({
        number,
        plan,
        page,
        terminals: this.#terminals,
        table,
        size,
        said,
        onTable: () => {
          const rows = table.takeNews();
          if (rows !== undefined) page.tell("wire/table", { rows, closing: [...CLOSING_WORDS] });
        },
        failed: this.#failed,
        onEnd: () => {
          this.#remember(number, page);
          this.#scenes.delete(number);
          this.#uncount(page);
        },
      });
      this.#scenes.set(number, scene);
      page.onGone(() => void scene.end());
      return scene.shown;
    } catch (error) {
      if (error instanceof SceneError) throw new CallError(error.message);
      throw error;
    }
  }

  /** What was said in a scene, which ends with that. @throws CallError */
  async #takeOver(number: number, page: Page): Promise<readonly Said[]> {
    const scene = this.#scenes.get(number);
    if (scene?.page === page) await scene.end("another stage goes on with what was said");
    const said = this.#said.get(page)?.get(number);
    if (said === undefined) throw new CallError("there is no such scene in this page");
    return said;
  }

  #remember(number: number, page: Page): void {
    const said = new Map([
      ...(this.#said.get(page) ?? []),
      [number, this.#scenes.get(number)?.said ?? []] as const,
    ]);
    for (const old of [...said.keys()].slice(0, -MOST_SCENES_OF_PAGE)) said.delete(old);
    this.#said.set(page, said);
  }

  /** @throws CallError if there are enough */
  #count(page: Page): void {
    const own = this.#counts.get(page) ?? 0;
    const all = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    if (own >= MOST_SCENES_OF_PAGE)
      throw new CallError(`${MOST_SCENES_OF_PAGE} scenes are open in this page: end one of them`);
    if (all >= MOST_SCENES) throw new CallError(`${MOST_SCENES} scenes are open: end one of them`);
    this.#counts.set(page, own + 1);
  }

  #uncount(page: Page): void {
    const left = (this.#counts.get(page) ?? 1) - 1;
    if (left === 0) this.#counts.delete(page);
    else this.#counts.set(page, left);
  }

  #act(fields: Fields, page: Page, step: (mallory: Mallory, now: number) => Step): null {
    const scene = this.#scene(fields, page);
    return malloryDoes(() => {
      scene.act(step);
      return null;
    });
  }

  /** @throws CallError also for a scene of another page: a page learns nothing of those */
  #scene(fields: Fields, page: Page): Scene {
    const scene = this.#scenes.get(fields.whole("scene", 1, LARGEST_NUMBER));
    if (scene?.page !== page) throw new CallError("this scene has ended");
    return scene;
  }

  async #answer({ url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
    const number = /[?&]scene=([0-9]{1,15})(?:&|$)/.exec(url)?.[1];
    const scene = this.#scenes.get(Number(number));
    if (scene === undefined) {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("there is no such scene, or it has ended\n");
      return;
    }
    const file = pcapOf(scene.seen);
    response.writeHead(200, {
      "Content-Type": "application/vnd.tcpdump.pcap",
      "Content-Disposition": `attachment; filename="wire-${scene.stage}.pcap"`,
      "Content-Length": file.length,
    });
    response.end(file);
  }
}

function lineIn(fields: Fields): number {
  return fields.whole("line", 1, LARGEST_NUMBER);
}

function directionIn(fields: Fields): Direction {
  return {
    link: fields.oneOf("link", LINKS),
    from: fields.oneOf("from", PARTIES),
    to: fields.oneOf("to", PARTIES),
  };
}

/** The bytes that a line is changed into. @throws CallError */
function bytesIn(fields: Fields, { link }: Direction): Buffer {
  if (fields.has("text") === fields.has("hex"))
    throw new CallError("a line is changed by a text or by digits");
  const bytes = fields.has("text") ? textBytes(fields, link) : hexBytes(fields);
  if (bytes.length === 0) throw new CallError("nothing is left of the line: drop it instead");
  if (bytes.length > MOST_LINE_BYTES) throw new CallError(`a line has at most ${MOST_LINE_BYTES} bytes`);
  return bytes;
}

function textBytes(fields: Fields, link: Direction["link"]): Buffer {
  const text = fields.text("text", MOST_LINE_BYTES);
  return Buffer.from(link === "datagram" || text.endsWith("\n") ? text : `${text}\n`);
}

function hexBytes(fields: Fields): Buffer {
  const digits = fields.text("hex", 3 * MOST_LINE_BYTES).replace(/\s+/g, "");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits))
    throw new CallError("bytes are pairs of the digits 0 to 9 and a to f");
  return Buffer.from(digits, "hex");
}

/** @throws CallError for what does not fit */
function malloryDoes<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof MalloryError) throw new CallError(error.message);
    throw error;
  }
}
