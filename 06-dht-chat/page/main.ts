// Where the page starts: it takes its profile, opens its storage, joins the network, and shows the messenger. Whatever is
// in the way of that is said in words.

import { startEnginePage } from "../engine.ts";
import { Messenger } from "../messenger.ts";
import { sentenceOf } from "../problems.ts";
import "./app.ts";
import { askToKeep, openStore } from "./database.ts";
import { askNode } from "./node-addresses.ts";
import { showNotice } from "./notice.ts";
import { readProfile, takeProfile } from "./profile.ts";
import { makeAttempt } from "./rtc.ts";

/** Why the messenger cannot run here, in sentences for the user. */
class Obstacle extends Error {
  readonly sentences: readonly string[];
  readonly canTryAgain: boolean;

  constructor(sentences: readonly string[], canTryAgain = true) {
    super(sentences.join(" "));
    this.sentences = sentences;
    this.canTryAgain = canTryAgain;
  }
}

const NO_SECURE_CONTEXT = new Obstacle(
  [
    "A browser allows cryptography and storage only over https, or at this computer's own address. This is neither.",
    "Start a node on this computer, which joins the other one:",
    "`npm run 06 -- --host 0.0.0.0 --join ADDRESS`",
    "ADDRESS is the second line that the other computer's node has printed. It begins with /ip4/ or /ip6/.",
    "Then open the page that your own node prints in its first line.",
  ],
  false,
);

const OLD_BROWSER = new Obstacle(
  ["This browser has no Ed25519 or X25519, which the chat is built on. Update it, or use another one."],
  false,
);

function otherTab(name: string): Obstacle {
  const which = name === "default" ? "This chat" : `The profile ${name}`;
  return new Obstacle([
    `${which} is open in another tab or window of this browser. Go there, or close it and try again.`,
    "To try the chat alone, open a second person's page: add ?profile=second to the address.",
  ]);
}

const NO_NODE = new Obstacle([
  "The node that serves this page does not answer. Look whether it still runs (npm run 06), and try again.",
]);

async function start(place: HTMLElement): Promise<void> {
  if (!globalThis.isSecureContext) throw NO_SECURE_CONTEXT;
  await checkCurves();
  const profile = readProfile(location.search);
  if ("problem" in profile) throw new Obstacle([profile.problem], false);
  if ((await takeProfile(navigator.locks, profile.name)) === undefined) throw otherTab(profile.name);
  const askNodes = () => askNode((path, options) => fetch(path, options));
  const nodes = await askNodes().catch(() => {
    throw NO_NODE;
  });
  const store = await openStore(`p2p-chat-06 ${profile.name}`);
  const messenger = await Messenger.start({
    store,
    network: (events, identity) => startEnginePage({ identity: identity.seed, nodes, askNodes, events }),
    makeAttempt,
  });
  showMessenger(place, messenger, profile.name);
}

async function checkCurves(): Promise<void> {
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  } catch {
    throw OLD_BROWSER;
  }
}

function showMessenger(place: HTMLElement, messenger: Messenger, profile: string): void {
  const app = document.createElement("p2p-app");
  Object.assign(app, {
    messenger,
    clock: () => Date.now(),
    profile: profile === "default" ? undefined : profile,
  });
  place.replaceChildren(app);
  keepOnceMet(messenger);
  // Contacts see at once that this page is gone. If the browser shows it again later, it starts anew.
  window.addEventListener("pagehide", () => void messenger.stop());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

/** Some browsers ask their user before they promise to keep what is stored: so only when there is something to lose. */
function keepOnceMet(messenger: Messenger): void {
  const look = (): void => {
    if (messenger.view.contacts.length === 0) return;
    messenger.removeEventListener("change", look);
    void askToKeep();
  };
  messenger.addEventListener("change", look);
  look();
}

const place = document.querySelector<HTMLElement>("#page");
if (place !== null) {
  start(place).catch((error: unknown) => {
    if (error instanceof Obstacle) showNotice(place, error.sentences, error.canTryAgain);
    else showNotice(place, [sentenceOf(error)], true);
  });
}
