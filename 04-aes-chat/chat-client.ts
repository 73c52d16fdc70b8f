// The chat program between its user, the registry and the peers: commands in, events out (P7).

import { createServer } from "node:net";
import { type Command, completions, helpLines, parseCommand } from "./commands.ts";
import { Contacts } from "./contacts.ts";
import { hostAndPort, listen } from "./listening.ts";
import { compareNames, isUsername, nameKey } from "./messages.ts";
import type { Outcome, Peer, PeerSettings } from "./peer.ts";
import { isText, MAX_TEXT_BYTES } from "./peer-messages.ts";
import { UserError } from "./program.ts";
import { RegistryError, RegistryLink } from "./registry-link.ts";
import type { Terminal } from "./terminal.ts";

/** How many connections from peers are open at most; more are closed at once. */
const MAX_CONNECTIONS = 512;

export interface ChatSettings extends Omit<PeerSettings, "ownName"> {
  /** The name to register; if undefined, the user is asked. */
  name: string | undefined;
  /** Opens the terminal, which calls `complete` to learn what the beginning of a line can become. */
  openTerminal: (complete: (line: string) => string[]) => Terminal;
  registry: { host: string; port: number };
  /** Where to listen for peers. */
  host: string;
  port: number;
  /** Accept every chat without asking. */
  acceptAll: boolean;
}

export class ChatClient {
  readonly #settings: ChatSettings & PeerSettings;
  readonly #terminal: Terminal;
  readonly #listener = createServer({ allowHalfOpen: true, noDelay: true });
  readonly #registry: RegistryLink;
  readonly #contacts: Contacts;
  /** HOST:PORT where we listen for peers. */
  #address = "";
  /** The name of whoever the current chat is with: lines that are no commands go to them. */
  #current: string | undefined;
  /** Names heard of, by their lower case, for completion. */
  readonly #names = new Map<string, string>();
  #stopped = false;

  constructor(settings: ChatSettings) {
    this.#settings = { ...settings, ownName: "" };
    this.#contacts = new Contacts(this.#settings, {
      onRequest: ({ name }) => this.#receiveRequest(name),
      onStarted: (peer) => {
        this.#show(`chat with ${peer.name} started`);
        this.#showSafetyNumber(peer);
      },
      onMessage: ({ name }, text) => this.#show(`${name}> ${text}`),
      onDelivered: ({ name }, id) => this.#show(`delivered to ${name}: ${id}`),
      onOver: ({ name }, outcome, undelivered) => this.#receiveOver(name, outcome, undelivered),
    });
    this.#listener.maxConnections = MAX_CONNECTIONS;
    this.#listener.on("connection", (socket) => this.#contacts.answer(socket));
    this.#terminal = settings.openTerminal((line) => completions(line, [...this.#names.values()]));
    this.#registry = new RegistryLink(settings.registry, {
      onJoined: ({ username }) => {
        this.#names.set(nameKey(username), username);
        this.#show(`joined: ${username}`);
      },
      onLeft: (username) => {
        this.#names.delete(nameKey(username));
        this.#show(`left: ${username}`);
      },
      onLost: (reason) =>
        this.#show(`error: lost the registry (${reason}); chats go on, and so do attempts to come back`),
      onRefused: ({ message }) =>
        this.#show(`error: the registry is back but refuses: ${message}; trying again`),
      onRegistered: (name) => this.#show(`registered as ${name}, listening on ${this.#address}`),
    });
  }

  /**
   * Listens, registers, and does what the user enters, until that ends or stop() is called.
   * @throws UserError if it cannot start; the terminal is closed by then
   */
  async run(): Promise<void> {
    try {
      const port = await listen(this.#listener, this.#settings.host, this.#settings.port, "--listen");
      this.#address = hostAndPort(this.#settings.host, port);
      const registered = await this.#register(port);
      while (registered && !this.#stopped) {
        const line = await this.#terminal.nextLine();
        if (line === undefined) break;
        await this.#follow(parseCommand(line));
      }
    } finally {
      await this.stop();
    }
  }

  /** Says goodbye to every peer and to the registry. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#listener.close();
    await Promise.all([this.#contacts.endAll(), this.#registry.leave()]);
    this.#terminal.close();
  }

  /** Registers the name given, or asks for one until the registry takes it. Returns false if the user gives up. */
  async #register(port: number): Promise<boolean> {
    const { registry, stage } = this.#settings;
    let { name } = this.#settings;
    for (;;) {
      name ??= (await this.#terminal.ask("your name: "))?.trim();
      if (this.#stopped || (name === undefined && this.#terminal.interactive)) return false; // Ctrl-C or Ctrl-D.
      if (name === undefined) throw new UserError("no name; give one with --name NAME");
      try {
        // The registry would say no; so do we, without asking it.
        const problem = `the name "${name.slice(0, 40)}" is not allowed: 1 to 32 of A-Z a-z 0-9 _ -, and not you`;
        if (!isUsername(name)) throw new RegistryError("bad-username", problem);
        this.#settings.ownName = name; // Others may hear of us, and call, before the registry answers us.
        await this.#registry.register(name, port);
        break;
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        if (this.#stopped) return false;
        const where = hostAndPort(registry.host, registry.port);
        if (error.code === "no-registry")
          throw new UserError(
            `no registry at ${where} (${error.message}); start one with: npm run ${stage}:server`,
          );
        if (!this.#terminal.interactive) throw new UserError(error.message);
        this.#show(`error: ${error.message}`);
        name = undefined;
      }
    }
    // Tab completes names from the beginning, before the user has asked for them.
    if (this.#terminal.interactive) void this.#listUsers(false);
    return true;
  }

  #receiveRequest(name: string): void {
    if (!this.#settings.acceptAll)
      return this.#show(`${name} wants to chat: /accept ${name} or /decline ${name}`);
    if (this.#current === undefined) this.#setCurrent(name);
    this.#contacts.accept(name);
  }

  #receiveOver(name: string, outcome: Outcome, undelivered: readonly number[]): void {
    // After /end there may be another chat with the same name by now.
    if (this.#isCurrent(name) && this.#contacts.stateOf(name) === undefined) this.#setCurrent(undefined);
    for (const event of describe(name, outcome)) this.#show(event);
    for (const id of undelivered) this.#show(`not delivered to ${name}: ${id}`);
  }

  async #follow(command: Command): Promise<void> {
    switch (command.kind) {
      case "nothing":
        return;
      case "wrong":
        return this.#show(`error: ${command.problem}`);
      case "text":
        return this.#send(command.text);
      case "users":
        // We do not wait for the registry: the next line is read meanwhile.
        return void this.#listUsers(true);
      case "chat":
        return void this.#call(command.name);
      case "accept":
      case "decline":
        return this.#answer(command.name, command.kind);
      case "switch":
        return this.#switchTo(command.name);
      case "chats":
        return this.#showChats();
      case "end":
        return this.#end();
      case "verify":
        return this.#verify();
      case "help":
        for (const line of helpLines()) this.#show(line);
        return;
      case "quit":
        return this.stop();
    }
  }

  async #send(text: string): Promise<void> {
    const name = this.#current;
    if (name === undefined)
      return this.#show("error: no current chat; /chat NAME starts one, /switch NAME goes to another");
    const peer = this.#contacts.chatWith(name);
    if (peer === undefined) return this.#show(`error: not sent: ${name} has not answered yet`);
    if (!isText(text)) {
      const size = Buffer.byteLength(text);
      return this.#show(`error: not sent: a message has at most ${MAX_TEXT_BYTES} bytes, this one ${size}`);
    }
    await peer.room();
    if (peer.phase !== "open") return this.#show(`error: not sent: the chat with ${name} is over`);
    peer.send(text);
    this.#terminal.showOwn(text);
  }

  async #call(name: string): Promise<void> {
    if (nameKey(name) === nameKey(this.#settings.ownName)) return this.#show("error: that is you");
    if (!isUsername(name)) return this.#showUnknown(name);
    switch (this.#contacts.stateOf(name)) {
      case "requesting":
        return this.#answer(name, "accept");
      case "calling":
        return this.#show(`error: you have asked ${name} already; /end withdraws that`);
      case "chatting":
        return this.#show(
          `error: there is a chat with ${name} already: /switch ${name} makes it the current one`,
        );
    }
    const before = this.#current;
    this.#setCurrent(name);
    try {
      await this.#contacts.call(name, () => this.#registry.lookup(name));
      if (this.#isCurrent(name)) this.#setCurrent(name); // Now spelled as it is registered.
    } catch (error) {
      // Nobody was called, so the chat before is the current one again, unless it has ended.
      if (this.#isCurrent(name))
        this.#setCurrent(before && this.#contacts.chatWith(before) ? before : undefined);
      this.#showRegistryError(error, name);
    }
  }

  /** The user answers a request. */
  #answer(name: string, answer: "accept" | "decline"): void {
    if (this.#contacts.stateOf(name) !== "requesting")
      return this.#show(`error: ${name} has not asked for a chat`);
    if (answer === "decline") return this.#contacts.end(name);
    this.#setCurrent(name);
    this.#contacts.accept(name);
  }

  #switchTo(name: string): void {
    if (this.#contacts.chatWith(name) === undefined)
      return this.#show(`error: there is no chat with ${name}`);
    this.#setCurrent(name);
  }

  #end(): void {
    const name = this.#current;
    if (name === undefined) return this.#show("error: no current chat to end");
    this.#setCurrent(undefined);
    this.#contacts.end(name);
  }

  #verify(): void {
    const peer = this.#contacts.chatWith(this.#current ?? "");
    if (peer?.phase !== "open") return this.#show("error: no current chat to verify");
    if (peer.safetyNumber === undefined)
      return this.#show(`error: stage ${this.#settings.stage} has no safety numbers`);
    this.#showSafetyNumber(peer);
  }

  /** Asks the registry for everybody else, remembers their names for completion, and shows them if the user has asked. */
  async #listUsers(show: boolean): Promise<void> {
    try {
      await this.#registry.list((users) => {
        const names = users.map(({ username }) => username);
        this.#names.clear();
        for (const name of names) this.#names.set(nameKey(name), name);
        if (show) this.#show(names.length === 0 ? "no other users" : `users: ${names.join(", ")}`);
      });
    } catch (error) {
      if (show) this.#showRegistryError(error);
    }
  }

  #showChats(): void {
    const names = this.#contacts.chatting().sort(compareNames);
    const shown = names.map((name) => (this.#isCurrent(name) ? `${name} (current)` : name));
    this.#show(shown.length === 0 ? "no chats" : `chats: ${shown.join(", ")}`);
  }

  #showSafetyNumber({ name, safetyNumber }: Peer): void {
    if (safetyNumber === undefined) return;
    this.#show(`safety number with ${name}: ${safetyNumber}`);
    const { advice = "" } = this.#settings.channels;
    if (this.#terminal.interactive) return this.#show(advice);
    process.nextTick(() => console.error(advice)); // P7 has no such line on standard output. After the number.
  }

  #showUnknown(name: string): void {
    this.#show(`error: nobody is registered as ${name.slice(0, 40)}; /users shows who is`);
  }

  #showRegistryError(error: unknown, name = ""): void {
    if (!(error instanceof RegistryError)) throw error;
    if (error.code === "unknown-user") return this.#showUnknown(name);
    this.#show(`error: ${error.message}`);
  }

  #show(event: string): void {
    this.#terminal.show(event);
  }

  #setCurrent(name: string | undefined): void {
    this.#current = name && this.#contacts.nameOf(name);
    this.#terminal.setCurrentChat(this.#current);
  }

  #isCurrent(name: string): boolean {
    return this.#current !== undefined && nameKey(this.#current) === nameKey(name);
  }
}

/** What the user is told when something with a peer is over. */
function describe(name: string, outcome: Outcome): string[] {
  switch (outcome.kind) {
    case "withdrawn":
      return [`${name} no longer wants to chat`];
    case "unanswered":
      return [`error: the request from ${name} was not answered in time and is declined`];
    case "declined":
    case "crossed":
      return [`${name} declined`];
    case "failed":
      return [`error: no chat with ${name}: ${outcome.reason}`];
    case "ended":
      return [`chat with ${name} ended`];
    case "lost":
      return [`chat with ${name} lost: ${outcome.reason}`];
    case "dropped": // Our own user has ended it, and knows.
    case "nobody": // The other side never said who it was.
      return [];
  }
}
