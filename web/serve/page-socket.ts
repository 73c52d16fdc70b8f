// One page's socket: answers its calls, one message each, and tells it events.

import type { RawData, WebSocket } from "ws";
import type { AllCalls, CallMessage, ServerMessage } from "../shared/calls.ts";
import { CallError, Fields } from "../shared/fields.ts";
import type { Answer, Page, Place } from "./place.ts";

/** A page that takes nothing is dropped when so much waits for it, in bytes. */
const MOST_WAITING = 67_108_864;
/** So much may wait before producers are asked to pause, in bytes. */
const MUCH_WAITING = 1_048_576;
/** How often we look whether a page has taken what waits, in milliseconds. `ws` tells nobody. */
const LOOK_AGAIN = 20;
/** How many calls of one page may be under way. */
const MOST_CALLS = 256;

/** @param failed is told of what is a mistake of ours */
export function servePage(
  socket: WebSocket,
  number: number,
  places: readonly Place[],
  failed: (error: unknown) => void,
): Page {
  const answers = new Map<string, Answer<unknown>>(
    places.flatMap(({ calls }) => Object.entries(calls) as [keyof AllCalls, Answer<unknown>][]),
  );
  const gone = new Set<() => void>();
  let isOpen = true;
  let underWay = 0;

  const send = (message: ServerMessage): void => {
    if (!isOpen) return;
    if (socket.bufferedAmount > MOST_WAITING) return socket.terminate();
    socket.send(JSON.stringify(message));
  };

  const page: Page = {
    number,
    tell: (event, data) => send({ event, data }),
    waiting: () => socket.bufferedAmount,
    drained: () =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isOpen || socket.bufferedAmount <= MUCH_WAITING) resolve();
          else setTimeout(look, LOOK_AGAIN);
        };
        look();
      }),
    onGone: (action) => {
      if (isOpen) gone.add(action);
      else action();
    },
  };

  const answer = async ({ id, call, given }: CallMessage): Promise<void> => {
    if (underWay >= MOST_CALLS) return send({ id, problem: "too many calls at once" });
    underWay += 1;
    try {
      const answerOne = answers.get(call);
      if (answerOne === undefined) throw new CallError("there is no such call");
      send({ id, result: (await answerOne(new Fields(given), page)) ?? null });
    } catch (error) {
      if (error instanceof CallError) return send({ id, problem: error.message });
      send({ id, problem: "something went wrong here; the program's terminal says what" });
      failed(error);
    } finally {
      underWay -= 1;
    }
  };

  socket.on("message", (data, isBinary) => {
    const message = isBinary ? undefined : readCall(data);
    // Only something else than our page sends this.
    if (message === undefined) return socket.close(1008, "no call");
    void answer(message);
  });
  socket.on("error", () => {}); // It is followed by `close`. Unheard, it would end the program.
  socket.on("close", () => {
    isOpen = false;
    for (const action of gone) action();
  });
  return page;
}

function readCall(data: RawData): CallMessage | undefined {
  try {
    const value: unknown = JSON.parse(String(data));
    const fields = new Fields(value);
    const id = fields.whole("id", 0, Number.MAX_SAFE_INTEGER);
    return { id, call: fields.text("call", 64), given: (value as { given?: unknown }).given };
  } catch {
    return undefined;
  }
}
