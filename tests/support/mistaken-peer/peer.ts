// A peer of stage 05 for trying the checks: it does what the protocol says, and with `--mistake NAME` one thing wrongly.
// A check that this program passes with its mistake proves nothing.

import { randomBytes } from "node:crypto";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { lanSafetyNumber, teamKeyOf } from "../../../checks/engine/lan-cryptography.ts";
import { Discovery, isAddress, isName, type Known, NAME } from "./discovery.ts";
import { Files } from "./files.ts";
import { Letters } from "./letters.ts";
import { takeMistakes, wrongly } from "./mistakes.ts";
import { isText, type Peer, show, visible } from "./parts.ts";
import { type Members, type Session, Sessions } from "./sessions.ts";
import { type Kept, type Pin, Refused, type Room, Store } from "./store.ts";

const HEX_32 = /^[0-9a-f]{32}$/;
const LEVELS = ["team", "known", "verified"];
const WORDS = "apple bear cloud dream eagle fire grape house ice jungle king lemon moon night ocean".split(
  " ",
);

function fail(code: number, why: string): never {
  console.error(`error: ${why}`);
  process.exit(code);
}

function options() {
  const argv = takeMistakes(process.argv.slice(2));
  const string = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        name: string,
        team: string,
        "passphrase-file": string,
        port: string,
        host: string,
        peer: { type: "string", multiple: true },
        data: string,
        beacon: string,
        inactive: string,
        access: string,
        "no-discovery": { type: "boolean" },
        "new-team": { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    return fail(2, (error as Error).message);
  }
}

function checked(values: ReturnType<typeof options>) {
  const wrong = (why: string): never => fail(2, why);
  const { name = "", team = "", port = "5000", access = "team", peer = [] } = values;
  const lax = wrongly("takes-any-option");
  if (!isName(name) && !lax) wrong(`the name ${name} is not allowed`);
  if (!NAME.test(team) && !lax) wrong(`the team ${team} is not allowed`);
  if (!lax && !(/^\d+$/.test(port) && (port === "0" || (Number(port) >= 1024 && Number(port) <= 65_535))))
    wrong("--port takes 0, or 1024 to 65535");
  if (!LEVELS.includes(access) && !lax) wrong("--access takes team, known or verified");
  for (const one of peer) if (!isAddress(one) && !lax) wrong(`--peer takes HOST:PORT, not ${one}`);
  const seconds = (text: string | undefined, usual: number): number => {
    const value = Number(text ?? usual);
    if (!(value > 0) && !lax) wrong("seconds are a number above 0");
    return value > 0 ? value : usual;
  };
  return {
    name,
    team,
    port: Number(port),
    access,
    peers: peer,
    host: values.host ?? "127.0.0.1",
    beacon: seconds(values.beacon, 5),
    inactive: seconds(values.inactive, 600),
  };
}

function passphraseOf(file: string | undefined): string {
  if (file === undefined) return fail(1, "no terminal: give the passphrase with --passphrase-file");
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return fail(1, `cannot read ${file}`);
  }
  const end = bytes.indexOf(10);
  const line = end === -1 || wrongly("whole-file") ? bytes : bytes.subarray(0, end);
  let text = line.toString();
  if (!wrongly("keeps-cr")) text = text.replace(/\r$/, "");
  if (wrongly("any-passphrase")) return text || "empty";
  if (text === "") return fail(1, `the first line of ${file} is empty`);
  if (!Buffer.from(text).equals(Buffer.from(line.toString("latin1").replace(/\r$/, ""), "latin1")))
    if (!wrongly("keeps-cr")) return fail(1, `${file} is not UTF-8`);
  if (text.length < (wrongly("warns-always") ? 99 : 16) && !wrongly("never-warns"))
    console.error("warning: this passphrase has fewer than 16 characters");
  return text;
}

async function bound(
  host: string,
  wanted: number,
): Promise<{ server: Server; udp: UdpSocket; port: number }> {
  const tried = 10;
  for (let count = 0; count < (wanted === 0 ? 50 : tried); count += 1) {
    const server = createServer({ allowHalfOpen: true });
    const udp = createSocket("udp4");
    try {
      server.listen({ host, port: wanted === 0 ? 0 : wanted + count });
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      if (!wrongly("tcp-only") || wanted === 0) {
        udp.bind(port, host);
        await once(udp, "listening");
      }
      if (wanted !== 0 && port !== wanted) console.error(`port ${wanted} is in use, took ${port}`);
      return { server, udp, port };
    } catch {
      server.close();
      udp.close();
    }
  }
  return fail(1, `ports ${wanted} to ${wanted + tried - 1} are in use: choose another with --port`);
}

class Program implements Peer {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly discovery: Discovery;
  readonly #letters: Letters;
  readonly #files: Files;
  readonly #name: string;
  #access: string;
  readonly #names = new Map<string, string>();
  readonly #order: string[] = [];
  readonly #announced = new Set<string>();
  #to: string | undefined;
  #isEnding = false;

  constructor(
    given: ReturnType<typeof checked>,
    store: Store,
    teamKey: Buffer,
    { server, udp, port }: Awaited<ReturnType<typeof bound>>,
    isQuiet: boolean,
  ) {
    this.store = store;
    this.#name = given.name;
    this.#access = given.access;
    const { name, team, host, peers, beacon, inactive } = given;
    this.sessions = new Sessions({
      name,
      team,
      teamKey,
      key: store.key,
      address: () => `${host}:${port}`,
      judge: (fingerprint, said, der) => this.#judge(fingerprint, said, der),
      opened: (session) => this.#opened(session),
      closed: (session, reason) => this.#closed(session, reason),
      received: (session, object) => this.#received(session, object),
    });
    this.discovery = new Discovery(
      { name, team, teamKey, host, port, peers, beacon, inactive, isQuiet, store, udp },
      {
        found: (known) => this.#found(known),
        left: (known, isSilent) => {
          show(`left: ${this.shown(known.fingerprint)}${isSilent ? " (silent)" : ""}`);
        },
        forgotten: (known) => show(`forgotten: ${this.shown(known.fingerprint)}`),
        again: (known) => void this.#flush(known.fingerprint),
        hasSession: (fingerprint) => this.sessions.get(fingerprint) !== undefined,
      },
    );
    this.#letters = new Letters(this);
    this.#files = new Files(this);
    server.on("connection", (socket) => this.sessions.accept(socket));
  }

  async start(): Promise<void> {
    for (const message of this.store.state.messages)
      if (message.state === "unshown") {
        this.#showMessage(message);
        message.state = "shown";
      }
    this.store.save();
    await this.discovery.start();
    const input = createInterface({ input: process.stdin });
    for await (const line of input) await this.#line(line);
    await this.quit();
  }

  known(fingerprint: string): Known | undefined {
    return this.discovery.known.get(fingerprint);
  }

  #pin(fingerprint: string): Pin | undefined {
    return this.store.state.pins.find((pin) => pin.fingerprint === fingerprint);
  }

  #said(fingerprint: string): string {
    return this.#pin(fingerprint)?.name ?? this.#names.get(fingerprint) ?? "unknown";
  }

  shown(fingerprint: string): string {
    if (fingerprint === this.store.key.fingerprint) return this.#name;
    const name = this.#said(fingerprint);
    if (wrongly("names-are-keys")) return name;
    const same = (one: string, other: string): boolean =>
      wrongly("names-with-case") ? one === other : one.toLowerCase() === other.toLowerCase();
    const pinned = this.store.state.pins.find((pin) => same(pin.name, name));
    const first = pinned?.fingerprint ?? this.#order.find((one) => same(this.#said(one), name));
    if (first === undefined || first === fingerprint) return name;
    return `${name}#${fingerprint.slice(0, 4)}`;
  }

  /** The key that a user means. */
  #find(text: string): string | undefined {
    const all = [...new Set([...this.#order, ...this.store.state.pins.map((pin) => pin.fingerprint)])];
    const [name = "", suffix] = text.split("#");
    const fits = (fingerprint: string): boolean => {
      const shown = this.shown(fingerprint);
      if (suffix === undefined) return shown.toLowerCase() === text.toLowerCase();
      return this.#said(fingerprint).toLowerCase() === name.toLowerCase() && fingerprint.startsWith(suffix);
    };
    return all.find(fits);
  }

  #hear(fingerprint: string, name: string): void {
    if (!this.#order.includes(fingerprint)) this.#order.push(fingerprint);
    this.#names.set(fingerprint, name);
  }

  #found(known: Known): void {
    this.#hear(known.fingerprint, known.name);
    const shown = this.shown(known.fingerprint);
    if (shown.includes("#")) console.error(`warning: ${shown} uses the name of another peer`);
    show(`found: ${shown}`);
    void this.#flush(known.fingerprint);
  }

  // Trust

  #judge(fingerprint: string, name: string, der: Buffer): boolean {
    this.#hear(fingerprint, name);
    this.#ders.set(fingerprint, der.toString("base64"));
    const pin = this.#pin(fingerprint);
    const other = this.store.state.pins.find(
      (one) => one.fingerprint !== fingerprint && one.name.toLowerCase() === name.toLowerCase(),
    );
    if (pin === undefined && other !== undefined && !wrongly("takes-changed-keys")) {
      show(`error: the key of ${other.name} has changed`);
      show(`safety number with ${this.shown(fingerprint)}: ${this.#number(der)}`);
      return false;
    }
    if (pin?.standing === "blocked" && !wrongly("block-is-nothing")) return false;
    if (pin?.standing === "allowed") return true;
    if (this.#access === "known" && pin === undefined) return false;
    if (this.#access === "verified" && !pin?.isVerified) return false;
    return true;
  }

  #number(der: Buffer): string {
    const other = wrongly("number-of-one-key") ? der : this.store.key.der;
    return lanSafetyNumber(other, der);
  }

  #pinNew(fingerprint: string, name: string, der: Buffer): void {
    const pin: Pin = {
      name,
      fingerprint,
      der: der.toString("base64"),
      isVerified: false,
      standing: "usual",
    };
    if (wrongly("takes-changed-keys"))
      this.store.state.pins = this.store.state.pins.filter((one) => one.name !== name);
    this.store.state.pins.push(pin);
    this.store.save();
    show(`new key for ${this.shown(fingerprint)}`);
    show(`safety number with ${this.shown(fingerprint)}: ${this.#number(der)}`);
  }

  #opened(session: Session): void {
    const { fingerprint, peerName, der } = session;
    const pin = this.#pin(fingerprint);
    if (pin === undefined || wrongly("new-each-time"))
      this.#pinNew(fingerprint, peerName, Buffer.from(der, "base64"));
    else if (pin.name !== peerName && !this.#announced.has(fingerprint)) {
      show(`${pin.name} is now called ${peerName}`);
      this.#announced.add(fingerprint);
    }
    show(`connected to ${this.shown(fingerprint)}`);
    this.#sendQueued(session);
    for (const room of this.store.state.rooms)
      if (room.maker === this.store.key.fingerprint && room.members.includes(fingerprint))
        if (!this.#roomsSent.has(`${room.room} ${fingerprint}`)) this.#sendRoom(session, room.room);
    this.#letters.opened(session);
    this.#files.opened(session);
  }

  #closed(session: Session, reason?: string): void {
    const shown = this.shown(session.fingerprint);
    const always = wrongly("always-ended") ? undefined : reason;
    show(`disconnected from ${shown}${always === undefined ? "" : `: ${always}`}`);
    for (const message of this.store.state.messages)
      if (message.direction === "out" && message.peer === session.fingerprint && message.state === "sent")
        if (message.to !== "all") {
          message.state = "queued";
          show(`queued for ${shown}: ${message.number}`);
        }
    this.store.save();
  }

  // Messages

  #received(session: Session, object: Members): boolean {
    const { type } = object;
    if (type === "message") return this.#message(session, object);
    if (type === "ack") return this.#ack(session, object);
    if (type === "refused") return this.#refusedMessage(session, object);
    if (type === "room") return this.#room(session, object);
    const taken = this.#letters.received(session, object) ?? this.#files.received(session, object);
    return taken ?? wrongly("unknown-types-pass");
  }

  #message(session: Session, message: Members): boolean {
    const { id, to } = message;
    const { text } = message;
    const { fingerprint } = session;
    const isId = typeof id === "string" && (HEX_32.test(id) || wrongly("any-id"));
    if (!isId || typeof to !== "string" || !isText(text)) return false;
    const before = this.store.state.messages.find(
      (one) => one.direction === "in" && one.id === id && one.peer === fingerprint,
    );
    if (before === undefined) {
      if (to !== "you" && to !== "all") {
        const room = this.store.state.rooms.find((one) => one.room === to);
        if (!room?.members.includes(fingerprint)) {
          session.send({ type: "refused", id });
          return true;
        }
      }
      const kept: Kept = {
        direction: "in",
        peer: fingerprint,
        id: String(id),
        to,
        text,
        time: Date.now(),
        number: 0,
        state: "unshown",
      };
      if (!wrongly("keeps-no-messages")) this.store.state.messages.push(kept);
      this.store.save();
      this.#showMessage(kept);
      kept.state = "shown";
      this.store.save();
    }
    if (!wrongly("no-acks")) session.send({ type: "ack", id });
    return true;
  }

  #showMessage({ peer, to, text }: Kept): void {
    const name = this.shown(peer);
    const where = to === "you" ? "" : to === "all" ? " to all" : ` in ${this.#roomName(to)}`;
    show(`${name}${where}> ${visible(text)}`);
  }

  #ack(session: Session, { id }: Members): boolean {
    const message = this.store.state.messages.find(
      (one) => one.direction === "out" && one.id === id && one.peer === session.fingerprint,
    );
    if (message === undefined) return true;
    this.delivered(message);
    return true;
  }

  delivered(message: Kept): void {
    if (message.state === "delivered") return;
    if (message.to === "all" && message.state === "failed") return;
    message.state = "delivered";
    this.store.save();
    show(`delivered to ${this.shown(message.peer)}: ${message.number}`);
  }

  #refusedMessage(session: Session, { id }: Members): boolean {
    const message = this.store.state.messages.find(
      (one) => one.direction === "out" && one.id === id && one.peer === session.fingerprint,
    );
    if (message !== undefined && message.state === "sent") this.#notDelivered(message);
    return true;
  }

  #notDelivered(message: Kept): void {
    message.state = "failed";
    this.store.save();
    show(`not delivered to ${this.shown(message.peer)}: ${message.number}`);
  }

  #number_(): number {
    if (wrongly("numbers-begin-again") && this.store.state.number > 0 && !this.#counted)
      this.store.state.number = 0;
    this.#counted = true;
    this.store.state.number += 1;
    return this.store.state.number;
  }
  #counted = false;

  #say(to: string, peers: readonly string[], text: string, shownTo: string): void {
    const number = this.#number_();
    show(shownTo.startsWith("in ") ? `${number} ${shownTo}> ${text}` : `${number} to ${shownTo}> ${text}`);
    for (const peer of peers) {
      const message: Kept = {
        direction: "out",
        peer,
        id: randomBytes(16).toString("hex"),
        to,
        text,
        time: Date.now(),
        number,
        state: "queued",
      };
      this.store.state.messages.push(message);
      this.store.save();
      void this.#deliver(message);
    }
  }

  async #deliver(message: Kept): Promise<void> {
    if (message.to === "all")
      setTimeout(() => {
        if (message.state !== "delivered" && message.state !== "failed") this.#notDelivered(message);
      }, 30_000);
    const session = this.sessions.get(message.peer);
    if (session !== undefined) return this.#sendQueued(session);
    const addresses = this.discovery.addressesOf(message.peer);
    let why = "nobody is there";
    try {
      if (addresses.length === 0 || !this.sessions.mayCall(message.peer)) throw new Error("not known");
      await this.sessions.call(addresses, message.peer);
      return;
    } catch (error) {
      why = (error as Error).message;
    }
    if (wrongly("waits-for-ever")) return;
    if (message.state === "queued" && message.to !== "all" && why !== "")
      show(`queued for ${this.shown(message.peer)}: ${message.number}`);
  }

  #sendQueued(session: Session): void {
    const queued = this.store.state.messages.filter(
      (one) => one.direction === "out" && one.peer === session.fingerprint && one.state === "queued",
    );
    if (wrongly("newest-first")) queued.reverse();
    for (const message of queued) {
      if (wrongly("new-ids")) message.id = randomBytes(16).toString("hex");
      message.state = "sent";
      const { id, to, text } = message;
      session.send({ type: "message", id, to, text });
    }
    this.store.save();
    if (wrongly("all-is-queued"))
      for (const message of this.store.state.messages)
        if (message.to === "all" && message.state === "failed" && message.peer === session.fingerprint) {
          const { id, to, text } = message;
          session.send({ type: "message", id, to, text });
        }
  }

  /** Calls a peer that is back, if something waits for it. */
  async #flush(fingerprint: string): Promise<void> {
    const waits = this.store.state.messages.some(
      (one) =>
        one.direction === "out" && one.peer === fingerprint && one.state === "queued" && one.to !== "all",
    );
    if (!waits || this.sessions.get(fingerprint) || !this.sessions.mayCall(fingerprint)) return;
    await this.sessions.call(this.discovery.addressesOf(fingerprint), fingerprint).catch(() => {});
  }

  // Rooms

  readonly #roomsSent = new Set<string>();

  #roomName(id: string): string {
    const room = this.store.state.rooms.find((one) => one.room === id);
    if (room === undefined) return "unknown";
    const first = this.store.state.rooms.find((one) => one.name.toLowerCase() === room.name.toLowerCase());
    return first === room ? room.name : `${room.name}#${id.slice(0, 4)}`;
  }

  #showRoom({ room, members }: Room): void {
    const names = members.map((one) => this.shown(one));
    if (!wrongly("members-unsorted")) names.sort();
    show(`room ${this.#roomName(room)}: ${names.join(", ")}`);
  }

  #bodies = new Map<string, Members>();

  #sendRoom(session: Session, room: string): void {
    const object = this.#bodies.get(room);
    if (object === undefined) return;
    this.#roomsSent.add(`${room} ${session.fingerprint}`);
    session.send(object);
  }

  #makeRoom(name: string, members: readonly string[]): void {
    const own = this.store.key.fingerprint;
    const room = `${own}.${randomBytes(8).toString("hex")}`;
    const made: Room = { room, name, members: [own, ...members], version: 1, maker: own };
    const body = JSON.stringify({
      room,
      name,
      members: made.members,
      version: 1,
      key: this.store.key.der.toString("base64"),
    });
    const signature = this.#letters.sign("room", body);
    this.#bodies.set(room, { type: "room", body, signature });
    this.store.state.rooms.push(made);
    this.store.save();
    this.#showRoom(made);
    for (const member of members) {
      const session = this.sessions.get(member);
      if (session !== undefined) this.#sendRoom(session, room);
      else void this.sessions.call(this.discovery.addressesOf(member), member).catch(() => {});
    }
  }

  #room(_session: Session, { body: written, signature }: Members): boolean {
    const room = this.#letters.readRoom(written, signature);
    if (room === undefined) return false;
    const own = this.store.key.fingerprint;
    const before = this.store.state.rooms.find((one) => one.room === room.room);
    if (before !== undefined && room.version <= before.version && !wrongly("any-version")) return true;
    if (!room.members.includes(own)) {
      if (before !== undefined && !wrongly("keeps-room"))
        this.store.state.rooms = this.store.state.rooms.filter((one) => one !== before);
      this.store.save();
      return true;
    }
    if (before !== undefined) Object.assign(before, room);
    else this.store.state.rooms.push(room);
    this.store.save();
    if (wrongly("forgets-rooms")) this.store.state.rooms = [];
    this.#showRoom(before ?? room);
    return true;
  }

  // Commands

  async #line(line: string): Promise<void> {
    if (this.#isEnding) return;
    if (this.#to !== undefined && line !== "exit" && !line.startsWith("/")) {
      this.#say("you", [this.#to], line, this.shown(this.#to));
      return;
    }
    if (line === "exit") {
      if (this.#to === undefined) return this.quit();
      this.#to = undefined;
      return;
    }
    const [command = "", ...words] = line.split(" ");
    const [first = ""] = words;
    const rest = words.slice(1).join(" ");
    try {
      await this.#command(command, first, rest, words);
    } catch (error) {
      show(`error: ${(error as Error).message}`);
    }
  }

  #mustFind(name: string): string {
    const found = this.#find(name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  }

  async #command(command: string, first: string, rest: string, words: readonly string[]): Promise<void> {
    switch (command) {
      case "/quit":
        return this.quit();
      case "/peers":
        return this.#peers();
      case "/stats":
        show(
          `stats: ${[...this.discovery.counts]
            .filter(([name]) => name !== "rate" || !wrongly("no-rate-counted"))
            .map(([name, count]) => `${name} ${count}`)
            .join(", ")}`,
        );
        return;
      case "/doctor":
        show(wrongly("no-doctor") ? "all is well" : "own address: 127.0.0.1");
        return;
      case "/help":
        show("/peers /connect /to /leave /msg /all /letter /remove /history /send /take /refuse /room /in …");
        return;
      case "/connect":
        return this.#connect(first);
      case "/to":
        this.#to = this.#mustFind(first);
        return;
      case "/leave":
        this.#to = undefined;
        return;
      case "/msg":
        return this.#say("you", [this.#mustFind(first)], rest, first);
      case "/all":
        return this.#say("all", this.#active(), words.join(" "), "all");
      case "/letter":
        return this.#letters.write(this.#mustFind(first), rest, this.#active(), this.#number_());
      case "/history":
        return this.#history(this.#mustFind(first), Number(rest || 1000));
      case "/verify": {
        const pin = this.#mustPin(first);
        show(`safety number with ${first}: ${this.#number(Buffer.from(pin.der, "base64"))}`);
        return;
      }
      case "/verified":
        this.#mustPin(first).isVerified = true;
        return this.store.save();
      case "/trust":
        return this.#trust(first);
      case "/block":
        this.#mustPin(first).standing = "blocked";
        return this.store.save();
      case "/allow":
        this.#mustPin(first).standing = "allowed";
        return this.store.save();
      case "/remove": {
        const found = this.#mustFind(first);
        this.sessions.get(found)?.bye();
        this.store.state.pins = this.store.state.pins.filter((pin) => pin.fingerprint !== found);
        return this.store.save();
      }
      case "/access":
        if (!LEVELS.includes(first)) throw new Error("team, known or verified");
        this.#access = first;
        return;
      case "/send":
        return this.#files.send(this.#mustFind(first), rest);
      case "/take":
        return this.#files.take(Number(first));
      case "/refuse":
        return this.#files.refuse(Number(first));
      case "/room":
        return this.#makeRoom(
          first,
          words.slice(1).map((name) => this.#mustFind(name)),
        );
      case "/in": {
        const room = this.store.state.rooms.find((one) => this.#roomName(one.room) === first);
        if (room === undefined) throw new Error(`there is no room ${first}`);
        const others = room.members.filter((one) => one !== this.store.key.fingerprint);
        return this.#say(room.room, others, rest, `in ${first}`);
      }
      default:
        throw new Error(`there is no command ${command}`);
    }
  }

  #mustPin(name: string): Pin {
    const pin = this.#pin(this.#mustFind(name));
    if (pin === undefined) throw new Error(`no key is known of ${name}`);
    return pin;
  }

  #trust(text: string): void {
    if (!text.includes("#") && !wrongly("trusts-names")) throw new Error("name the key, as in bob#F3kQ");
    const found =
      this.#order.find((one) => this.shown(one) === text) ??
      (wrongly("trusts-names") ? this.#order.findLast((one) => this.#said(one) === text) : undefined);
    const known = found === undefined ? undefined : this.known(found);
    const name = text.split("#")[0] ?? "";
    const der = known?.der ?? this.#ders.get(found ?? "");
    if (found === undefined) throw new Error(`nobody is called ${text}`);
    this.store.state.pins = this.store.state.pins.filter(
      (pin) => pin.name.toLowerCase() !== name.toLowerCase(),
    );
    this.store.state.pins.push({
      name,
      fingerprint: found,
      der: der ?? "",
      isVerified: false,
      standing: "usual",
    });
    this.store.save();
  }
  readonly #ders = new Map<string, string>();

  async #connect(text: string): Promise<void> {
    const isThere = isAddress(text);
    const found = isThere ? undefined : this.#mustFind(text);
    const addresses = found === undefined ? [text] : this.discovery.addressesOf(found);
    void this.sessions.call(addresses, found).catch((error: Error) => {
      show(`error: ${error.message}`);
    });
  }

  #active(): string[] {
    const all = [...this.discovery.known.values()].filter((known) => !known.isSilent);
    const open = this.sessions.all().map(({ fingerprint }) => fingerprint);
    return [...new Set([...all.map(({ fingerprint }) => fingerprint), ...open])];
  }

  #peers(): void {
    for (const known of this.discovery.known.values()) {
      const { fingerprint, isSilent, since } = known;
      const time = since.toTimeString().slice(0, 8);
      const state = isSilent ? "silent" : "active";
      const [address = "?"] = this.discovery.addressesOf(fingerprint);
      show(`peer ${this.shown(fingerprint)} ${state} ${address} since ${time}`);
    }
    show(`peers: ${this.discovery.known.size}`);
  }

  #history(fingerprint: string, count: number): void {
    const all = this.store.state.messages.filter(({ peer }) => peer === fingerprint);
    for (const { direction, time, text, state } of all.slice(-count)) {
      const at = new Date(time).toISOString().slice(0, 19).replace("T", " ");
      const mark = direction === "in" || wrongly("no-states") ? "" : ` [${state}]`;
      show(`${at} ${direction === "in" ? "<" : ">"} ${visible(text)}${mark}`);
    }
  }

  async quit(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (const session of this.sessions.all()) session.bye();
    await this.discovery.stop();
    const until = Date.now() + 2000;
    while (this.sessions.all().length > 0 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    process.exit(wrongly("exit-3") ? 3 : 0);
  }
}

async function main(): Promise<void> {
  const values = options();
  if (values.help) {
    console.log("usage: peer --name NAME --team TEAM [--passphrase-file FILE] …");
    process.exit(0);
  }
  if (values["new-team"]) {
    const pick = (): string => WORDS[randomBytes(1).readUInt8() % WORDS.length] ?? "";
    console.log(Array.from({ length: 6 }, pick).join(" "));
    process.exit(0);
  }
  const given = checked(values);
  const passphrase = passphraseOf(values["passphrase-file"]);
  const teamKey = await teamKeyOf(passphrase, given.team);
  const data = values.data ?? join("data", `${given.name}-${given.team}`);
  let store: Store;
  try {
    store = new Store(data);
  } catch (error) {
    if (error instanceof Refused) return fail(1, error.message);
    throw error;
  }
  mkdirSync(join(data, "files", ".part"), { recursive: true });
  const sockets = await bound(given.host, given.port);
  show(`listening on ${given.host}:${sockets.port}`);
  await new Program(given, store, teamKey, sockets, values["no-discovery"] ?? false).start();
}

await main();
