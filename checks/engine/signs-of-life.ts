// Finds out, before any check, whether a program does anything at all. If it does not, every check of it would fail for
// the same reason, after a wait each; so the reason is told once. Any answer is a sign of life, a wrong one too.

import { ENDLESS } from "./busy.ts";
import type { Connection } from "./connection.ts";
import { Lan } from "./lan.ts";
import { type Place, SERVER_STAGES } from "./place.ts";
import { Pool } from "./pool.ts";
import type { ProgramUnderTest } from "./program-under-test.ts";
import { quote } from "./readable-bytes.ts";
import { Scene } from "./scene.ts";
import { CouldNotRun, StepFailure } from "./step-failure.ts";
import { within } from "./transcript.ts";

const FLUSH = "What is printed into a pipe may stay in a buffer until the program flushes it.";

/** The name of the client, and of a user at a registry. */
const NAME = "checker";

const REGISTRY_REQUESTS = [
  `{"type":"register","username":"${NAME}","port":50001}\n`,
  '{"type":"list"}\n',
  "?\n",
];

/** Lines that a server answers or that end the connection, each on a connection of its own. */
const REQUESTS: Readonly<Record<(typeof SERVER_STAGES)[number], readonly string[]>> = {
  "01": ["1 + 1\n", "END\n"],
  "02": REGISTRY_REQUESTS,
  "03": REGISTRY_REQUESTS,
  "04": REGISTRY_REQUESTS,
};

/**
 * @param timeout how long to wait for a sign, in milliseconds
 * @returns why every check of the program must fail; undefined if it lives
 */
export async function whyLifeless(
  of: "server" | "client" | "peer",
  place: Place,
  timeout: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const pool = new Pool();
  const scene = new Scene(place, pool, { timeout, seed: "signs of life" });
  const stop = new Promise<undefined>((resolve) => {
    if (signal?.aborted) resolve(undefined);
    signal?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    const looks = { server: lookAtServer, client: lookAtClient, peer: lookAtPeer };
    const why = await Promise.race([looks[of](scene), stop]);
    return why?.replace(new RegExp(`^${NAME} `), `the ${of} `);
  } catch (error) {
    if (error instanceof CouldNotRun) return error.message;
    if (error instanceof StepFailure) return undefined; // It does something wrong, so the checks will tell more.
    throw error;
  } finally {
    await scene.close(true);
    await pool.close();
  }
}

async function lookAtServer(scene: Scene): Promise<string | undefined> {
  const server = await scene.server();
  const stage = SERVER_STAGES.find((one) => one === scene.stage) ?? "01";
  const requests = REQUESTS[stage];
  const answers = requests.map(async (request) => {
    const connection = await scene.connect(server);
    connection.write(request);
    await signOn(connection);
  });
  if (await comes(scene.timeout, Promise.race(answers))) return undefined;
  const sent = requests.map((request) => quote(request)).join(" nor on ");
  const why = `the server accepts connections and never answers: in ${scene.timeout / 1000} s nothing came on ${sent}`;
  return describe(scene, why);
}

/** A client lives if it connects to the server that it was given, sends something there, and prints something. */
async function lookAtClient(scene: Scene): Promise<string | undefined> {
  return scene.stage === "01" ? lookAtCalculator(scene) : lookAtChat(scene);
}

async function lookAtCalculator(scene: Scene): Promise<string | undefined> {
  const calculator = await scene.listener("the calculator");
  const client = scene.runClient({ port: String(calculator.port) }, { argv: ["1 + 1"] });
  const connection = await calculator.next(scene, client.name).catch(() => undefined);
  const to = `port ${calculator.port}, which it was given`;
  if (connection === undefined) return whyNotConnected(scene, client, to);
  if (!(await comes(scene.timeout, signOn(connection))))
    return describe(
      scene,
      `${client.name} connects to ${to}, and sends nothing within ${scene.timeout / 1000} s`,
    );
  connection.write("= 2\n");
  connection.end();
  await client.waitFor(/^/);
  return client.hasPrinted ? undefined : whySpeechless(scene, client, "gets its answer");
}

async function lookAtChat(scene: Scene): Promise<string | undefined> {
  const registry = await scene.playRegistry();
  const client = scene.runClient({ name: NAME, registry: `127.0.0.1:${registry.port}` });
  await registry.hears(scene.timeout);
  const to = `the registry 127.0.0.1:${registry.port}, which it was given`;
  if (registry.heard === "nothing") return whyNotConnected(scene, client, to);
  if (registry.heard === "connection")
    return describe(scene, `${client.name} connects to ${to}, and sends no line`);
  if (registry.heard === "line") return undefined;
  await client.waitFor(/^/);
  return client.lines.length > 0 ? undefined : whySpeechless(scene, client, "is registered");
}

/** A peer lives if it prints something, or accepts a connection. */
async function lookAtPeer(scene: Scene): Promise<string | undefined> {
  const lan = await Lan.open(scene);
  const peer = lan.run(NAME);
  await peer.waitFor(/./);
  if (peer.hasEnded) return peer.lastWords;
  return peer.lines.length > 0 ? undefined : whySpeechless(scene, peer, "is started");
}

async function whyNotConnected(scene: Scene, client: ProgramUnderTest, to: string): Promise<string> {
  if (client.hasEnded) return client.lastWords;
  const printed = client.lines.at(-1);
  const last = printed === undefined ? "" : `; its last line: ${printed}`;
  return describe(scene, `${client.name} runs, and never connects to ${to}${last}`);
}

async function whySpeechless(scene: Scene, client: ProgramUnderTest, but: string): Promise<string> {
  if (client.hasEnded) return client.lastWords;
  return describe(scene, `${client.name} ${but}, runs on, and prints nothing on standard output. ${FLUSH}`);
}

/** Resolves when something comes on a connection, or it ends. */
function signOn({ socket }: Connection): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["data", "end", "close"]) socket.once(event, () => resolve());
  });
}

/** Whether it comes in time. */
async function comes(timeout: number, sign: Promise<unknown>): Promise<boolean> {
  try {
    await within(timeout, sign, () => new CouldNotRun("nothing comes"));
    return true;
  } catch (error) {
    if (error instanceof CouldNotRun) return false;
    throw error;
  }
}

/** Adds what else can be seen of the programs: what they have printed, and whether they compute. */
async function describe(scene: Scene, why: string): Promise<string> {
  if (await scene.anyBusy()) return `${why}\n${ENDLESS}`;
  const { lastWords } = await scene.lastWords();
  return lastWords === undefined ? why : `${why}\n${lastWords}`;
}
