// The page's window over a scripted messenger: tests reach it as `window.fixture`. It is bundled in place of page/main.ts.

import "../page/app.ts";
import { emptyView, ScriptedMessenger } from "./scripted-messenger.ts";

const OWN_ID = "141065404484172";

/** What tests use in the page. */
export interface Fixture {
  messenger: ScriptedMessenger;
  /** The page's clock, in milliseconds since 1970. A test sets it. */
  now: number;
  /** What the content security policy has refused. */
  violations: string[];
}

declare global {
  interface Window {
    fixture: Fixture;
  }
}

const fixture: Fixture = {
  messenger: new ScriptedMessenger(emptyView(OWN_ID)),
  now: Date.UTC(2030, 0, 15, 12, 0, 0),
  violations: [],
};
window.fixture = fixture;
document.addEventListener("securitypolicyviolation", (event) => {
  fixture.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});

const app = document.createElement("p2p-app");
Object.assign(app, { messenger: fixture.messenger, clock: () => fixture.now });
document.querySelector("#page")?.replaceChildren(app);
