// The page's token. It comes in the address, is taken out of it at once (an address is shown, shared and kept), and stays in
// this tab. Other tabs of the same server ask for it: only pages of this server hear them.

import { isToken, readArrival } from "./route.ts";

const KEY = "token";
const CHANNEL = "course-token";

/** What tabs say to each other. */
type Said = { wanted: true } | { token: string };

/** Holds the token of this tab, and hands it to other tabs of this server. */
export class TokenKeeper {
  #token = sessionStorage.getItem(KEY) ?? "";
  /** The server has let us in with it. A tab that was open before the server was started again has one that is no good. */
  #works = false;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #onNew: () => void;

  /** @param onNew called when another token than the last one has come */
  constructor(onNew: () => void) {
    this.#onNew = onNew;
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Said>) => {
      if ("wanted" in data) this.#tell();
      else if (!this.#works && data.token !== this.#token && isToken(data.token)) this.#take(data.token);
    });
  }

  /** Takes the token of the address, or asks the other tabs for theirs. */
  start(): void {
    this.readAddress();
    if (this.#token === "") this.ask();
  }

  /** Empty if none is known. */
  get token(): string {
    return this.#token;
  }

  /** Asks the other tabs. */
  ask(): void {
    this.#channel.postMessage({ wanted: true } satisfies Said);
  }

  /** The server has let us in, or has gone. */
  set works(works: boolean) {
    this.#works = works;
    this.#tell();
  }

  /** Takes the token out of the address, if it holds one. */
  readAddress(): void {
    const arrival = readArrival(location.hash);
    if (arrival === undefined) return;
    history.replaceState(null, "", arrival.at === "" ? location.pathname : `#${arrival.at}`);
    // Whoever has opened this address means this one, also if another works.
    if (!this.#works || arrival.token !== this.#token) this.#take(arrival.token);
  }

  #take(token: string): void {
    this.#works = false;
    this.#token = token;
    sessionStorage.setItem(KEY, token);
    this.#onNew();
  }

  #tell(): void {
    if (this.#works) this.#channel.postMessage({ token: this.#token } satisfies Said);
  }
}
