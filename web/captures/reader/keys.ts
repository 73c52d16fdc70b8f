// The keys that were given for a capture, and how much they open. They stay in this process, and nobody is told of them.

import {
  isSealedLine,
  isTokenLine,
  KeysError,
  keyLogFrom,
  teamKeyGiven,
} from "../../../captures/explain/given-keys.ts";
import { openToken } from "../../../captures/explain/team-tokens.ts";
import { tokenOf } from "../../../captures/explain/tokens.ts";
import type { KeysState } from "../../shared/captures.ts";
import { CallError } from "../../shared/fields.ts";
import type { OpenedCapture } from "./opened-capture.ts";

/** So many lines and datagrams are counted. */
const MOST_COUNTED = 200_000;

/** How many kinds of problems are told. */
const MOST_PROBLEMS = 8;

const NONE = { sealed: 0, opened: 0, problems: [] };

export class GivenKeys {
  readonly #capture: OpenedCapture;
  #state: KeysState = { keyLog: false, team: null, version: 0, ...NONE };

  constructor(capture: OpenedCapture) {
    this.#capture = capture;
  }

  get state(): KeysState {
    return this.#state;
  }

  /** @throws CallError if it holds no keys */
  addKeyLog(text: string): KeysState {
    const keyLog = usable(() => keyLogFrom(text, "the key log"));
    if (keyLog.size === 0) throw new CallError("the key log is empty");
    return this.#use({ ...this.#capture.keys, keyLog });
  }

  /** @throws CallError if there is no passphrase */
  async addPassphrase(passphrase: string, team: string): Promise<KeysState> {
    const teamKey = await usable(() => teamKeyGiven(Buffer.from(passphrase), "what was given", team));
    return this.#use({ ...this.#capture.keys, teamKey, team });
  }

  forget(): KeysState {
    return this.#use({});
  }

  #use(keys: OpenedCapture["keys"]): KeysState {
    this.#capture.keys = keys;
    this.#capture.views.use(keys);
    const { keyLog, teamKey, team = null } = keys;
    const hasKeys = keyLog !== undefined || teamKey !== undefined;
    const version = this.#state.version + 1;
    this.#state = { keyLog: keyLog !== undefined, team, version, ...(hasKeys ? this.#count() : NONE) };
    return this.#state;
  }

  /** What the keys are for: with a key log sealed lines, with a team's key tokens. */
  #count(): Pick<KeysState, "sealed" | "opened" | "problems"> {
    const { keyLog, teamKey } = this.#capture.keys;
    const problems = new Map<string, number>();
    const found = { sealed: 0, opened: 0 };
    const note = (problem: string | undefined): void => {
      found.sealed += 1;
      if (problem === undefined) found.opened += 1;
      else if (problems.has(problem) || problems.size < MOST_PROBLEMS)
        problems.set(problem, (problems.get(problem) ?? 0) + 1);
    };
    let left = MOST_COUNTED;
    for (const { lines, opened } of this.#capture.views.all()) {
      if (left <= 0) break;
      for (const line of lines.slice(0, left)) {
        const isFor =
          (keyLog !== undefined && isSealedLine(line)) || (teamKey !== undefined && isTokenLine(line));
        const inside = opened.get(line);
        if (isFor) note(inside === undefined ? SESSION : "problem" in inside ? inside.problem : undefined);
      }
      left -= lines.length;
    }
    for (const conversation of teamKey === undefined ? [] : this.#capture.loaded.conversations) {
      for (const { payload } of conversation.datagrams()) {
        if (left <= 0) break;
        left -= 1;
        if (teamKey === undefined || tokenOf(payload) === undefined) continue;
        note(openToken(payload, teamKey) === undefined ? "not sealed with this team's key" : undefined);
      }
    }
    return { ...found, problems: [...problems].map(([problem, count]) => ({ problem, count })) };
  }
}

/** Why the later tokens of a session stay closed. */
const SESSION = "sealed with a key that these two have made for this session alone";

/** Makes an error for the page of what is wrong with keys that were given. */
function usable<Result>(action: () => Result): Result {
  try {
    const result = action();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw problemOf(error);
    }) as Result;
  } catch (error) {
    throw problemOf(error);
  }
}

function problemOf(error: unknown): unknown {
  return error instanceof KeysError ? new CallError(error.message) : error;
}
