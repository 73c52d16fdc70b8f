// The page's token. It comes in the address, is taken out of it at once (an address is shown, shared and kept), and stays in
// this tab. Other tabs of the same server ask for it: only pages of this server hear them.

import { readArrival } from "./route.ts";

const KEY = "token";
const CHANNEL = "course-token";

/** What tabs say to each other. */
type Said = { wanted: true } | { token: string };

/** Holds the token of this tab, and hands it to other tabs of this server. */
export class TokenKeeper {
  #token = sessionStorage.getItem(KEY) ?? "";
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #onNew: () => void;

  /** @param onNew called when another token than the last one has come */
  constructor(onNew: () => void) {
    this.#onNew = onNew;
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Said>) => {
      if ("wanted" in data) this.#tell();
      else if (data.token !== this.#token) this.#take(data.token);
    });
  }

  /** Takes the token of the address, or asks the other tabs for theirs. */
  start(): void {
    this.readAddress();
    if (this.#token === "") this.ask();
    else this.#tell();
  }

  /** Empty if none is known. */
  get token(): string {
    return this.#token;
  }

  /** Asks the other tabs. */
  ask(): void {
    this.#channel.postMessage({ wanted: true } satisfies Said);
  }

  /** Takes the token out of the address, if it holds one. */
  readAddress(): void {
    const arrival = readArrival(location.hash);
    if (arrival === undefined) return;
    history.replaceState(null, "", arrival.at === "" ? location.pathname : `#${arrival.at}`);
    this.#take(arrival.token);
    this.#tell();
  }

  #take(token: string): void {
    this.#token = token;
    sessionStorage.setItem(KEY, token);
    this.#onNew();
  }

  #tell(): void {
    if (this.#token !== "") this.#channel.postMessage({ token: this.#token } satisfies Said);
  }
}
