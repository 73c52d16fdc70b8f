// The frame of the page: the menu, the place that is open, and what to do when the server has gone.

import { html, nothing, type TemplateResult } from "lit";
import { PageElement } from "./page-element.ts";
import { linkTo, PLACES, type PlaceName, type Route, readRoute } from "./route.ts";
import { server } from "./server.ts";
import { problemWords } from "./words.ts";

const NAMES: Readonly<Record<PlaceName, string>> = {
  wire: "The wire",
  captures: "Captures",
  lessons: "Lessons",
  figures: "Figures",
};

/** Each place is loaded when it is first opened. */
const LOADERS: Readonly<Record<PlaceName, () => Promise<unknown>>> = {
  wire: () => import("./wire/wire-place.ts"),
  captures: () => import("./captures/captures-place.ts"),
  lessons: () => import("./lessons/lessons-place.ts"),
  figures: () => import("./figures/figures-place.ts"),
};

class App extends PageElement {
  static override properties = {
    route: { state: true },
    loaded: { state: true },
    problem: { state: true },
    state: { state: true },
  };
  declare route: Route;
  declare loaded: ReadonlySet<PlaceName>;
  /** Why the place that was opened last could not be loaded; empty if it could. */
  declare problem: string;
  declare state: string;

  constructor() {
    super();
    this.loaded = new Set();
    this.problem = "";
    this.state = server.state;
    this.#open();
    addEventListener("hashchange", () => this.#open());
    server.watch(() => {
      this.state = server.state;
    });
  }

  protected override updated(): void {
    this.dataset.state = this.state;
  }

  #open(): void {
    const route = readRoute(location.hash);
    const isMove = this.route !== undefined && this.route.place !== route.place;
    this.route = route;
    document.title = `${NAMES[route.place]} · From plaintext to ciphertext`;
    if (isMove) scrollTo(0, 0);
    this.problem = "";
    if (!this.loaded.has(route.place)) void this.#load(route.place);
  }

  async #load(place: PlaceName): Promise<void> {
    try {
      await LOADERS[place]();
      this.loaded = new Set([...this.loaded, place]);
    } catch (problem) {
      if (place === this.route.place) this.problem = problemWords(problem);
      throw problem;
    }
  }

  protected override render(): TemplateResult {
    return html`<a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
      <header class="top">
        <a class="home" href=${linkTo("wire")}><img src="/icon.svg" alt="" width="24" height="24"> <span>From plaintext to ciphertext</span></a>
        <nav aria-label="Places">${PLACES.map(
          (place) =>
            html`<a href=${linkTo(place)} aria-current=${place === this.route.place ? "page" : nothing}>${NAMES[place]}</a>`,
        )}</nav>
      </header>
      ${this.state === "gone" ? this.#gone() : nothing}
      <main id="main" tabindex="-1">${this.#place()}</main>`;
  }

  #place(): TemplateResult {
    const { place, parts } = this.route;
    if (this.problem !== "")
      return html`<p class="problem" role="alert">This place could not be loaded: ${this.problem}. Load the page again.</p>`;
    if (!this.loaded.has(place)) return html`<p class="loading" role="status">Loading …</p>`;
    switch (place) {
      case "wire":
        return html`<wire-place .parts=${parts}></wire-place>`;
      case "captures":
        return html`<captures-place .parts=${parts}></captures-place>`;
      case "lessons":
        return html`<lessons-place .parts=${parts}></lessons-place>`;
      case "figures":
        return html`<figures-place .parts=${parts}></figures-place>`;
    }
  }

  #gone(): TemplateResult {
    return html`<div class="gone" role="alert">
      <p><strong>The program behind this page does not answer.</strong> In a terminal, type <code>npm run web</code>: it opens a page of its
        own. (This page goes on by itself if the program comes back at the same port, with <code>--port</code>.)</p>
      <button type="button" @click=${() => server.tryNow()}>Try now</button>
    </div>`;
  }

  #skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>("#main")?.focus();
  }
}

customElements.define("course-app", App);
