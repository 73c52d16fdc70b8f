// The user's side of the peer: commands and the menu in, events out (P9.12).

import { setImmediate } from "node:timers/promises";
import { parseDestination } from "./addresses.ts";
import { doctorLines } from "./doctor.ts";
import { callsOff, menuEntry, menuLines } from "./menu.ts";
import type { Mesh } from "./mesh.ts";
import { type Command, helpLines, parseCommand } from "./mesh-commands.ts";
import { compareNames, nameKey } from "./messages.ts";
import type { PeerOptions } from "./peer-options.ts";
import { UserError } from "./program.ts";
import { progressText } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** How often the prompt shows how far files have come, in milliseconds. */
const PROGRESS_PAUSE = 250;

export class MeshUser {
  readonly #mesh: Mesh;
  readonly #terminal: Terminal;
  readonly #options: PeerOptions;
  readonly #note: (line: string) => void;
  /** The key that the messaging session is with: lines that are no commands go to it. */
  #current: string | undefined;
  /** What stands before the prompt now; undefined while a question stands there. */
  #prompt = "";
  #isAsking = false;
  #hasQuit = false;

  constructor(mesh: Mesh, terminal: Terminal, options: PeerOptions, note: (line: string) => void) {
    this.#mesh = mesh;
    this.#terminal = terminal;
    this.#options = options;
    this.#note = note;
  }

  /** Does what the user enters, until that ends or /quit. The caller stops the mesh then. */
  async run(): Promise<void> {
    if (this.#terminal.interactive) this.#showLines(menuLines());
    const timer = setInterval(() => this.#showPrompt(), PROGRESS_PAUSE);
    try {
      while (!this.#hasQuit) {
        const line = await this.#terminal.nextLine();
        if (line === undefined) break;
        await this.#follow(parseCommand(line, this.#current !== undefined));
      }
    } finally {
      clearInterval(timer);
    }
  }

  /** Does one command. What cannot be done is one line; the program goes on. */
  async #follow(command: Command): Promise<void> {
    try {
      await this.#do(command);
    } catch (error) {
      this.#showError(error);
    }
  }

  async #do(command: Command): Promise<void> {
    const { conversations } = this.#mesh;
    switch (command.kind) {
      case "nothing":
        return;
      case "wrong":
        throw new UserError(command.problem);
      case "text":
        if (this.#current !== undefined) conversations.say(this.#current, command.text);
        return;
      case "choice":
        return this.#choose(command.number);
      case "peers":
        return this.#showPeers();
      case "connect":
        // The next line is read meanwhile.
        return void this.#connect(command.name).catch((error: unknown) => this.#showError(error));
      case "to":
        return this.#openMessaging(this.#mesh.keyNamed(command.name));
      case "leave":
        return this.#leave();
      case "msg":
        return conversations.say(this.#mesh.keyNamed(command.name), command.text);
      case "all":
        return conversations.sayToAll(command.text);
      case "letter":
        return conversations.writeLetter(this.#mesh.keyNamed(command.name), command.text);
      case "in":
        return conversations.sayInRoom(this.#roomNamed(command.room), command.text);
      case "room":
        conversations.makeRoom(command.room, this.#keysOfOthers(command.names));
        // It is there when it is on the disk. The next line may be for it.
        return void (await setImmediate());
      case "send":
        return void (await conversations.offer(this.#mesh.keyNamed(command.name), command.path));
      case "take":
        return conversations.take(command.number);
      case "refuse":
        return conversations.refuse(command.number);
      case "history":
        return this.#showHistory(command.name, command.count);
      case "verify":
      case "verified":
      case "trust":
      case "block":
      case "allow":
      case "remove":
        return this.#decide(command.kind, command.name);
      case "access":
        this.#mesh.setAccess(command.level);
        return this.#note(`access: ${command.level}, until this program ends (--access for longer)`);
      case "stats":
        return this.#terminal.show(
          `stats: ${this.#mesh
            .stats()
            .map(([reason, count]) => `${reason} ${count}`)
            .join(", ")}`,
        );
      case "doctor":
        return this.#showDoctor();
      case "menu":
        return this.#showLines(menuLines());
      case "help":
        return this.#showLines(helpLines());
      case "quit":
        this.#hasQuit = true;
        return;
    }
  }

  /** Asks what an entry of the menu needs, and does it. An empty answer calls it off. */
  async #choose(number: number): Promise<void> {
    const entry = menuEntry(number);
    if (entry === undefined) throw new UserError(`the menu has no ${number}; /menu shows it`);
    const answers: string[] = [];
    this.#isAsking = true;
    try {
      for (
        let question = entry.question(answers);
        question !== undefined;
        question = entry.question(answers)
      ) {
        const answer = await this.#terminal.ask(question);
        if (answer === undefined) {
          this.#hasQuit = true; // The input has ended.
          return;
        }
        if (callsOff(entry, answers, answer)) return this.#note("nothing is done");
        answers.push(answer);
      }
    } finally {
      this.#isAsking = false;
    }
    await this.#do(entry.command(answers));
  }

  async #connect(name: string): Promise<void> {
    if (name.includes(":")) {
      if (parseDestination(name) === undefined)
        throw new UserError(`${name.slice(0, 80)} is no HOST:PORT, such as 192.168.1.20:5000`);
      return this.#mesh.connectTo(name);
    }
    await this.#mesh.connect(this.#mesh.keyNamed(name));
  }

  /** Every line goes to this peer from now on, also before it answers, or while it is away. */
  #openMessaging(fingerprint: string): void {
    this.#current = fingerprint;
    this.#showPrompt();
    if (this.#mesh.hasSession(fingerprint)) return;
    this.#mesh.connect(fingerprint).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      this.#note(`${error.message}; what you write waits for them`);
    });
  }

  #leave(): void {
    if (this.#current === undefined) throw new UserError("no messaging session is open");
    this.#current = undefined;
    this.#showPrompt();
  }

  /** What the user decides about a key. */
  #decide(what: "verify" | "verified" | "trust" | "block" | "allow" | "remove", name: string): void {
    const fingerprint = this.#mesh.keyNamed(name);
    const shown = this.#mesh.shown(fingerprint);
    switch (what) {
      case "verify":
        this.#terminal.show(this.#mesh.safetyNumber(fingerprint));
        return this.#note(
          this.#mesh.isVerified(fingerprint)
            ? `you have compared it before (/verified ${shown})`
            : `compare it by voice or in person; if it is the same on both sides: /verified ${shown}`,
        );
      case "verified":
        this.#mesh.verify(fingerprint);
        return this.#note(`${shown} is verified`);
      case "trust":
        return this.#mesh.trust(fingerprint);
      case "block":
        this.#mesh.block(fingerprint);
        return this.#note(`${shown} is blocked`);
      case "allow":
        this.#mesh.allow(fingerprint);
        return this.#note(`${shown} is allowed`);
      case "remove":
        this.#mesh.remove(fingerprint);
        if (this.#current === fingerprint) this.#leave();
        return;
    }
  }

  /** The members of a room beside us. We are in it anyway. */
  #keysOfOthers(names: readonly string[]): string[] {
    const others = names.filter((name) => nameKey(name) !== nameKey(this.#options.name));
    return [...new Set(others.map((name) => this.#mesh.keyNamed(name)))];
  }

  #roomNamed(name: string): string {
    const [room, ...more] = this.#mesh.conversations.findRooms(name);
    if (room === undefined)
      throw new UserError(`no room ${name.slice(0, 80)}; /room ${name.slice(0, 32)} NAME... makes it`);
    if (more.length > 0)
      throw new UserError(
        `${name} may be ${[room, ...more].map(({ shown }) => shown).join(" or ")}: type more of it`,
      );
    return room.id;
  }

  #showPeers(): void {
    const peers = this.#mesh.peers().map((peer) => ({ ...peer, shown: this.#mesh.shown(peer.fingerprint) }));
    peers.sort((one, other) => compareNames(one.shown, other.shown));
    for (const { shown, isActive, addresses, since } of peers)
      this.#terminal.show(
        `peer ${shown} ${isActive ? "active" : "silent"} ${addresses[0] ?? "-"} since ${timeOfDay(since)}`,
      );
    if (peers.length === 0)
      this.#terminal.show(
        `nobody found yet: is another program running with --team ${this.#options.team} and the same passphrase? More: /doctor`,
      );
    this.#terminal.show(`peers: ${peers.length}`);
  }

  #showHistory(name: string, count: number): void {
    const fingerprint = this.#mesh.keyNamed(name);
    const lines = this.#mesh.conversations.historyOf(fingerprint, count);
    if (lines.length === 0) this.#note(`no messages from or to ${this.#mesh.shown(fingerprint)}`);
    this.#showLines(lines);
  }

  #showDoctor(): void {
    const { host, team } = this.#options;
    const active = this.#mesh.activePeers().length;
    this.#showLines(doctorLines(this.#mesh.doctor(), { host, port: this.#mesh.port, team, active }));
  }

  #showLines(lines: readonly string[]): void {
    for (const line of lines) this.#terminal.show(line);
  }

  #showError(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.#terminal.show(`error: ${error.message}`);
  }

  /** The prompt names the one that lines go to, and how far files have come. */
  #showPrompt(): void {
    if (this.#isAsking || this.#hasQuit) return;
    const name = this.#current === undefined ? [] : [this.#mesh.shown(this.#current)];
    const progress = this.#terminal.interactive
      ? progressText(this.#mesh.conversations.transfers())
      : undefined;
    const prompt = [...name, ...(progress === undefined ? [] : [progress])].join(", ");
    if (prompt === this.#prompt) return;
    this.#prompt = prompt;
    this.#terminal.setCurrentChat(prompt === "" ? undefined : prompt);
  }
}

/** HH:MM:SS of this machine's time zone. */
function timeOfDay(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
