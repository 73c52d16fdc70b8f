// npm run attack -- spoof: Mallory calls Bob under Alice's name. Bob has no way to check that.

import { awaited, type Lab } from "./lab.ts";
import { type Hello, type Members, PlayedPeer, parse } from "./played-peer.ts";
import { portOption, runAttack, textOption } from "./program.ts";
import { AttackError, proof, showScreen, showWire, step } from "./report.ts";

const OPTIONS = {
  text: textOption("lend me 100 until Friday", "what Mallory says in Alice's name"),
  registry: portOption(
    "the port of a registry where a Bob who accepts is registered (default: starts both)",
    "",
  ),
};

/** The two lines that make the victim's program show a message from `pretended`. */
function forge(stage: string, pretended: string, victim: string, text: string): [Hello, Members] {
  // BEGIN SOLUTION 02-spoof
  const hello: Hello = { type: "hello", stage, from: pretended, to: victim };
  const message = { type: "message", id: 1, text };
  return [hello, message];
  // END SOLUTION 02-spoof
}

await runAttack("spoof", OPTIONS, async (lab, { stage, option }) => {
  if (option("registry") !== "") return spoofRunningBob(lab, Number(option("registry")), option("text"));
  const registry = await lab.startRegistry();
  const [alice, bob] = await Promise.all([
    lab.startClient("alice", registry),
    lab.startClient("bob", registry),
  ]);

  step("Mallory asks the registry where Bob is, as everybody may.");
  const port = await lookUp(lab, registry, "bob");

  step("Mallory calls Bob, and says alice where a caller says who they are.");
  const [hello, message] = forge(stage, "alice", "bob", option("text"));
  showWire("mallory -> bob", JSON.stringify(hello));
  const call = awaited(PlayedPeer.call(await lab.connect(port), stage, hello));
  const request = await Promise.race([bob.shows(/ wants to chat: /), call.then(() => "")]);
  showScreen("bob", request);
  const [caller = ""] = request.split(" ");
  bob.types(`/accept ${caller}`);
  const mallory = await call;

  step(`Bob accepts, and Mallory talks${stage === "02" ? "" : ", encrypted like any user"}.`);
  showWire("mallory -> bob", mallory.say(message));
  const shown = await bob.shows(/^[^ ]+> |^chat with .* lost/);
  if (shown !== `alice> ${option("text")}`) throw new AttackError(`bob's screen: ${shown}`);
  proof("bob's screen", shown);

  if (mallory.safetyNumber === undefined) return;
  step("Bob rings Alice up, and they compare safety numbers.");
  bob.types("/verify");
  showScreen("bob", await bob.shows(/^safety number with /));
  alice.types("/verify");
  showScreen("alice", await alice.shows(/^error: |^safety number with /));
});

/** Mallory sees nothing but one connection: what Bob's screen shows, only Bob sees. */
async function spoofRunningBob(lab: Lab, registryPort: number, text: string): Promise<void> {
  step("Mallory asks the registry where Bob is, and calls Bob.");
  const [hello, message] = forge(lab.stage, "alice", "bob", text);
  const port = await lookUp(lab, registryPort, "bob");
  const mallory = await PlayedPeer.call(await lab.connect(port), lab.stage, hello);
  mallory.say(message);
  showWire("bob -> mallory", JSON.stringify(await mallory.hear()));
}

/** Registers first, because only registered users may look up others. @returns the port where the user listens */
async function lookUp(lab: Lab, registryPort: number, username: string): Promise<number> {
  const wire = await lab.connect(registryPort);
  wire.send(JSON.stringify({ type: "register", username: "mallory", port: 1 }));
  wire.send(JSON.stringify({ type: "lookup", username }));
  for (;;) {
    const line = await wire.line();
    if (line === undefined) throw new AttackError("the registry hung up");
    const { type, port } = parse(line);
    if (type === "error") throw new AttackError(`the registry answered: ${line}`);
    if (type !== "user") continue;
    showWire("registry -> mallory", line);
    return Number(port);
  }
}
