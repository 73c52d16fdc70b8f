// npm start: shows the first five stages, one after the other. Real programs talk through a relay. The relay records what an
// observer would see, and changes one message of each stage.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { hexDump } from "../captures/explain/hex-dump.ts";
import { type ChildProgram, ProgramError } from "../programs/child-program.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram, startServer } from "../programs/stage-programs.ts";
import { fitted, printError } from "../terminal/fitted.ts";
import { paintFor } from "../terminal/paint.ts";
import { column, wrap } from "../terminal/text.ts";
import {
  CLOSING_WORDS,
  type Finding,
  isReadable,
  STAGE_ROWS,
  type StageNumber,
  TABLE_TITLE,
} from "./findings.ts";
import { Relay } from "./relay.ts";
import { changeLetter, flipOneToNine, makeNineHundred } from "./tampering.ts";
import { startPauses } from "./tour-pause.ts";
import { TourTeam } from "./tour-team.ts";

/** How many rows of a message on the wire are shown at most; fewer in the last stage, where more happens. */
const MAX_ROWS = 8;
const FEW_ROWS = 2;

/** A message: what was typed, what the other side read, and the bytes in between. */
interface Message {
  typed: string;
  read: string;
  wire: Buffer;
}

const wide = (process.stdout.columns ?? 80) >= 112;
const paint = paintFor(process.stdout, process.env);

function say(text = ""): void {
  console.log(text);
}

/** Prints a message in three columns: typed, read, on the wire. */
function showMessage(
  { typed, read, wire }: Message,
  [typist, reader]: readonly [string, string],
  maxRows = MAX_ROWS,
): void {
  const dump = hexDump(wire, wide ? 16 : 8);
  const rows = dump.slice(0, maxRows);
  if (dump.length > maxRows) rows.push(`... ${wire.length} bytes in all`);
  say(paint("dim", `  ${column(`${typist} typed`, 20)}${column(`${reader} read`, 20)}on the wire`));
  const [typedRows, readRows] = [wrap(typed, 18), wrap(read, 18)];
  for (let i = 0; i < Math.max(rows.length, typedRows.length, readRows.length); i += 1) {
    const colour = isReadable(typed, wire) ? "bad" : "good";
    say(`  ${column(typedRows[i] ?? "", 20)}${column(readRows[i] ?? "", 20)}${paint(colour, rows[i] ?? "")}`);
  }
  say();
}

/** Stage 01: one client asks the calculator through a relay. */
async function visitCalculator(): Promise<Finding> {
  say(paint("heading", "Stage 01 - a calculator over a socket"));
  say("A line goes to the server, and a line comes back. TCP carries both in clear.\n");
  const { server, port } = await startServer("01-calculator/server.ts");
  const relay = await Relay.start(port);
  const client = startProgram("01-calculator/client.ts", ["--port", String(relay.port)]);

  const ask = async (request: string): Promise<Message> => {
    client.enter(request);
    const read = await client.line(/^= /);
    return {
      typed: request,
      read,
      wire: relay.passed.filter(({ from }) => from === "caller").at(-1)?.bytes ?? Buffer.alloc(0),
    };
  };

  const plain = await ask("2 + 3 * 4");
  showMessage(plain, ["Alice", "Alice"]);
  relay.change = (line, from) => (from === "caller" ? (makeNineHundred(line) ?? line) : line);
  const changed = await ask("100 + 1");
  say("  On its way, somebody makes 100 into 900:");
  say(`  Alice typed "${changed.typed}" and read "${changed.read}".\n`);

  client.endInput();
  await client.exitCode();
  relay.close();
  await server.kill();
  return {
    stage: "01",
    readable: isReadable(plain.typed, plain.wire),
    noticed: changed.read !== "= 901",
  };
}

interface ChatStage {
  number: StageNumber;
  folder: string;
  title: string;
  /** What is new in this stage, in a line or two. */
  about: string;
  /** Changes "pay 100" to "pay 900" on the way, or tries to. */
  change: (line: Buffer) => Buffer;
  changeInWords: string;
}

/** In stage 05 a message is a frame of three lines; the first and the last begin with an angle bracket. */
const FRAME_LINES = 3;
const FRAME_BRACKET = "<".charCodeAt(0);

/** The text of the line that the relay changes, before any cipher. */
const PAYMENT = "pay 100 to carol";
const PAYMENT_LINE = `{"type":"message","id":2,"text":"${PAYMENT}"}`;

/** Flips a bit in the amount. */
function flipBit(line: Buffer): Buffer {
  return flipOneToNine(line, PAYMENT_LINE.indexOf("100"));
}

const CHAT_STAGES: readonly ChatStage[] = [
  {
    number: "02",
    folder: "02-basic-p2p",
    title: "Stage 02 - chats from peer to peer",
    about: "A registry says where Bob is; the chat goes directly there, as JSON, in clear.",
    change: (line) => makeNineHundred(line) ?? line,
    changeInWords: "somebody makes 100 into 900",
  },
  {
    number: "03",
    folder: "03-dh-chat",
    title: "Stage 03 - keys from Diffie-Hellman, and a toy cipher",
    about: "Both agree on a key in public. The cipher, repeated XOR, is weak on purpose.",
    change: flipBit,
    changeInWords: "somebody without the key flips one bit of the ciphertext",
  },
  {
    number: "04",
    folder: "04-aes-chat",
    title: "Stage 04 - AES-256-CBC, and a MAC over every line",
    about: "The same key exchange, a real cipher, and a tag that nobody can compute without a key.",
    change: flipBit,
    changeInWords: "somebody without the key flips the same bit of the ciphertext",
  },
];

/** Stages 02 to 04: Alice calls Bob. The registry sends Alice to the relay. */
async function visitChat(stage: ChatStage): Promise<Finding> {
  say(paint("heading", stage.title));
  say(`${stage.about}\n`);
  const { server, port } = await startServer(`${stage.folder}/server.ts`);
  const chatRelay = await Relay.start(0);
  // Bob registers through another relay, which replaces that port by the chat relay's. So Alice calls that relay.
  const registryRelay = await Relay.start(port);
  registryRelay.change = (line) => {
    const bobsPort = /"type":"register".*"port":([0-9]+)/.exec(line.toString())?.[1];
    if (bobsPort === undefined) return line;
    chatRelay.targetPort = Number(bobsPort);
    return Buffer.from(line.toString().replace(`"port":${bobsPort}`, `"port":${chatRelay.port}`));
  };

  const client = (name: string, registryPort: number): ChildProgram =>
    startProgram(`${stage.folder}/client.ts`, ["--name", name, "--registry", `127.0.0.1:${registryPort}`]);
  const alice = client("alice", port);
  const bob = client("bob", registryRelay.port);
  await Promise.all([alice.line(/^registered as/), bob.line(/^registered as/)]);

  alice.enter("/chat bob");
  await bob.line(/^alice wants to chat/);
  bob.enter("/accept alice");
  await Promise.all([alice.line(/^chat with bob started/), bob.line(/^chat with alice started/)]);

  /** Lets Alice send a text. Returns it with the next line that passes the relay. */
  const sendToBob = async (typed: string, read: RegExp): Promise<Message> => {
    const fromAlice = (): Buffer[] =>
      chatRelay.passed.filter(({ from }) => from === "caller").map(({ bytes }) => bytes);
    const before = fromAlice().length;
    alice.enter(typed);
    const shown = await bob.line(read);
    return { typed, read: shown, wire: fromAlice()[before] ?? Buffer.alloc(0) };
  };

  const plain = await sendToBob("hello, Bob", /^alice> /);
  await alice.line(/^delivered to bob: 1$/);
  showMessage(plain, ["Alice", "Bob"]);

  let changed = false;
  chatRelay.change = (line, from) => {
    if (from !== "caller" || changed) return line;
    changed = true;
    return stage.change(line);
  };
  const payment = await sendToBob(PAYMENT, /^alice> |^chat with alice lost/);
  say(`  On its way, ${stage.changeInWords}:`);
  say(fitted(`  Alice typed:            ${payment.typed}`, process.stdout.columns));
  say(fitted(`  Bob's program printed:  ${payment.read}\n`, process.stdout.columns));

  for (const program of [alice, bob]) program.endInput();
  await Promise.all([alice.exitCode(), bob.exitCode()]);
  for (const relay of [chatRelay, registryRelay]) relay.close();
  await server.kill();
  return {
    stage: stage.number,
    readable: isReadable(plain.typed, plain.wire),
    noticed: payment.read.startsWith("chat with alice lost"),
  };
}

/** Stage 05: Alice and Bob find each other. Alice calls Bob through the relay. */
async function visitNetwork(): Promise<Finding> {
  say(paint("heading", "Stage 05 - no registry: they find each other, and prove who they are"));
  say("Each says where it is in datagrams that only their team reads, signed by a key that stays.\n");
  const team = await TourTeam.make();
  try {
    const bob = await team.start("bob");
    const relay = await Relay.start(bob.port);
    const alice = await team.start("alice", bob.port);
    const shown = (line: string): void => say(fitted(`  Alice's program:  ${line}`, process.stdout.columns));
    shown(await alice.program.line("found: bob"));
    const found = await bob.program.line("found: alice");
    showMessage({ typed: "(nothing)", read: found, wire: await team.beacon }, ["Alice", "Bob"], FEW_ROWS);

    alice.program.enter(`/connect 127.0.0.1:${relay.port}`);
    await alice.program.line("connected to bob");
    await alice.program.line("new key for bob");
    shown(await alice.program.line(/^safety number with bob: /));

    /** Lets Alice send a text. Returns it with the frame that passes the relay. */
    const sendToBob = async (typed: string, read: RegExp): Promise<Message> => {
      const fromAlice = (): Buffer[] =>
        relay.passed.filter(({ from }) => from === "caller").map(({ bytes }) => bytes);
      const before = fromAlice().length;
      alice.program.enter(`/msg bob ${typed}`);
      const printed = await bob.program.line(read);
      return { typed, read: printed, wire: Buffer.concat(fromAlice().slice(before, before + FRAME_LINES)) };
    };
    const plain = await sendToBob("hello, Bob", /^alice> /);
    await alice.program.line("delivered to bob: 1");
    showMessage(plain, ["Alice", "Bob"], FEW_ROWS);

    let changed = false;
    relay.change = (line, from) => {
      if (from !== "caller" || changed || line[0] === FRAME_BRACKET) return line;
      changed = true;
      return changeLetter(line);
    };
    const payment = await sendToBob(PAYMENT, /^alice> |^disconnected from alice/);
    say("  On its way, somebody changes one letter of the ciphertext:");
    say(fitted(`  Alice typed:      ${payment.typed}`, process.stdout.columns));
    say(fitted(`  Bob's program:    ${payment.read}`, process.stdout.columns));
    await alice.program.line("queued for bob: 2");
    // Not through the relay: to the address that Bob's beacon has named.
    alice.program.enter("/connect bob");
    const again = await bob.program.line(/^alice> /);
    say(fitted(`  Bob's program:    ${again} (Alice has called again)`, process.stdout.columns));
    bob.program.endInput();
    shown(await alice.program.line("left: bob"));
    say();
    alice.program.endInput();
    await Promise.all([alice.program.exitCode(), bob.program.exitCode()]);
    relay.close();
    return {
      stage: "05",
      readable: isReadable(plain.typed, plain.wire),
      noticed: payment.read.startsWith("disconnected from alice"),
    };
  } finally {
    team.close();
  }
}

/** Prints the table at the end, made from what really happened. */
function showFindings(findings: readonly Finding[]): void {
  say(paint("heading", TABLE_TITLE));
  say(paint("dim", `  ${"stage".padEnd(28)}${"readable".padEnd(12)}changed on the way`));
  let mark = "";
  const remarks: string[] = [];
  for (const { stage, readable, noticed } of findings) {
    const { title, remark } = STAGE_ROWS[stage];
    if (remark !== "") {
      mark += "*"; // Each remark has a mark of its own: *, then **.
      remarks.push(`  ${mark.padEnd(4)}${remark}`);
    }
    const answer = readable ? "yes" : `no ${remark && mark}`;
    const first = paint(readable ? "bad" : "good", answer.padEnd(12));
    const second = paint(noticed ? "good" : "bad", noticed ? "noticed, chat ended" : "not noticed");
    say(`  ${title.padEnd(28)}${first}${second}`);
  }
  for (const remark of remarks) say(fitted(remark, process.stdout.columns));
  say();
  for (const line of CLOSING_WORDS) say(line);
}

/** Stage 06 runs in a browser and needs packages of its own, so the tour only names it. A copy for students may not have it. */
function showStage06(): void {
  if (!existsSync(join(COURSE_FOLDER, "06-dht-chat"))) return;
  say("Stage 06, a messenger in the browser without a server:");
  say("  npm run 06:setup           its packages, once (80 MB on the disk)");
  say("  npm run 06                 a node; open the page that it prints");
  say();
}

function showWhatNext(): void {
  showStage06();
  say("Your turn, in the browser:");
  say("  npm run web                the wire live, Mallory on it; lessons, exercises");
  say();
  say("Or in two terminals:");
  say("  npm run lesson             the pages, one by one");
  say("  npm run learn              the exercises, checked whenever you save");
  say("  npm run learn -- --short   those of the short way, for the cryptography");
}

endWhenOutputCloses();
// exit() also ends the programs that we have started (programs/child-program.ts).
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

const pauses = startPauses();
try {
  const findings = [await visitCalculator()];
  const rest = [...CHAT_STAGES.map((stage) => () => visitChat(stage)), visitNetwork];
  while (await pauses.wait()) {
    const visit = rest.shift();
    if (visit === undefined) {
      showFindings(findings);
      break;
    }
    findings.push(await visit());
  }
  showWhatNext();
} catch (error) {
  if (!(error instanceof ProgramError)) throw error;
  printError(`error: the tour stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  pauses.end();
}
