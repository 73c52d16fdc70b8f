// The chat program between its user, the registry and the peers: commands in, events out (P7).

import { createServer } from "node:net";
import { type Command, completions, helpLines, parseCommand } from "./commands.ts";
import { Contacts } from "./contacts.ts";
import { hostAndPort, listen } from "./listening.ts";
import { compareNames, isUsername, nameKey } from "./messages.ts";
import type { Outcome } from "./peer.ts";
import { isText, MAX_TEXT_BYTES } from "./peer-messages.ts";
import { UserError } from "./program.ts";
import { RegistryError, RegistryLink } from "./registry-link.ts";
import type { ChannelMaker, Stage } from "./stage-interface.ts";
import type { Terminal } from "./terminal.ts";

/** How many connections from peers are open at most; more are closed at once. */
const MAX_CONNECTIONS = 512;

export interface ChatSettings {
  stage: Stage;
  channels: ChannelMaker;
  /** Makes the terminal, which asks back what a line can be completed to. */
  openTerminal: (complete: (line: string) => string[]) => Terminal;
  /** The name to register; if undefined, the user is asked. */
  name: string | undefined;
  registry: { host: string; port: number };
  /** Where to listen for peers. */
  host: string;
  port: number;
  /** Accept every chat without asking. */
  acceptAll: boolean;
  /** In milliseconds (P3.7). */
  handshakeTimeout: number;
  requestTimeout: number;
}

export class ChatClient {
  readonly #settings: ChatSettings;
  readonly #terminal: Terminal;
  readonly #listener = createServer({ allowHalfOpen: true, noDelay: true });
  readonly #registry: RegistryLink;
  #contacts: Contacts | undefined;
  #ownName = "";
  /** Where we listen, as shown to the user. */
  #address = "";
  /** With whom the current chat is: a line that is no command goes there. */
  #current: string | undefined;
  /** Names heard of, by their lower case, for completion. */
  readonly #names = new Map<string, string>();
  #stopped = false;

  constructor(settings: ChatSettings) {
    this.#settings = settings;
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
    await Promise.all([this.#contacts?.endAll(), this.#registry.leave()]);
    this.#terminal.close();
  }

  /** Registers the name given, or asks for one until the registry takes it. False: the user has given up. */
  async #register(port: number): Promise<boolean> {
    let { name } = this.#settings;
    for (;;) {
      name ??= (await this.#terminal.ask("your name: "))?.trim();
      if (this.#stopped || (name === undefined && this.#terminal.interactive)) return false; // Ctrl-C or Ctrl-D.
      if (name === undefined) throw new UserError("no name; give one with --name NAME");
      try {
        checkName(name);
        // The registry may announce us before it answers; whoever calls then finds us ready.
        this.#receiveCalls(name);
        this.#ownName = name;
        await this.#registry.register(name, port);
        break;
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        if (this.#stopped) return false;
        if (error.code === "no-registry") throw new UserError(this.#noRegistry(error));
        if (!this.#terminal.interactive) throw new UserError(error.message);
        this.#show(`error: ${error.message}`);
        name = undefined;
      }
    }
    // A person may want to complete names before having listed them.
    if (this.#terminal.interactive) void this.#listUsers(() => {}).catch(() => {});
    return true;
  }

  #noRegistry({ message }: RegistryError): string {
    const { host, port } = this.#settings.registry;
    return `no registry at ${hostAndPort(host, port)} (${message}); start one with: npm run ${this.#settings.stage.number}:server`;
  }

  #receiveCalls(ownName: string): void {
    const { stage, channels, handshakeTimeout, requestTimeout } = this.#settings;
    const contacts = new Contacts(
      { stage: stage.number, ownName, channels, handshakeTimeout, requestTimeout },
      {
        onRequest: (name) => this.#receiveRequest(name),
        onStarted: (name, safetyNumber) => {
          this.#show(`chat with ${name} started`);
          this.#showSafetyNumber(name, safetyNumber);
        },
        onMessage: (name, text) => this.#show(`${name}> ${text}`),
        onDelivered: (name, id) => this.#show(`delivered to ${name}: ${id}`),
        onOver: (name, outcome) => this.#receiveOver(name, outcome),
      },
    );
    this.#contacts = contacts;
    this.#listener.maxConnections = MAX_CONNECTIONS;
    this.#listener.removeAllListeners("connection");
    this.#listener.on("connection", (socket) => contacts.answer(socket));
  }

  #receiveRequest(name: string): void {
    if (!this.#settings.acceptAll)
      return this.#show(`${name} wants to chat: /accept ${name} or /decline ${name}`);
    if (this.#current === undefined) this.#setCurrent(name);
    this.#contacts?.accept(name);
  }

  #receiveOver(name: string, outcome: Outcome): void {
    // After /end there may be another chat with the same name by now.
    if (this.#isCurrent(name) && this.#contacts?.stateOf(name) === undefined) this.#setCurrent(undefined);
    for (const event of describe(name, outcome)) this.#show(event);
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
        // Not waited for: the next line should not have to wait for the registry.
        void this.#showUsers();
        return;
      case "chat":
        void this.#call(command.name);
        return;
      case "accept":
        return this.#accept(command.name);
      case "decline":
        return this.#decline(command.name);
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
    const peer = this.#contacts?.chatWith(name);
    if (peer === undefined) return this.#show(`error: not sent: ${name} has not answered yet`);
    if (!isText(text)) {
      const size = Buffer.byteLength(text);
      return this.#show(`error: not sent: a message has at most ${MAX_TEXT_BYTES} bytes, this one ${size}`);
    }
    await peer.room();
    if (!peer.isOpen) return this.#show(`error: not sent: the chat with ${name} is over`);
    peer.send(text);
    this.#terminal.showOwn(text);
  }

  async #call(name: string): Promise<void> {
    if (nameKey(name) === nameKey(this.#ownName)) return this.#show("error: that is you");
    if (!isUsername(name)) return this.#showUnknown(name);
    switch (this.#contacts?.stateOf(name)) {
      case "requesting":
        return this.#accept(name);
      case "calling":
      case "expected":
        return this.#show(`error: you have asked ${name} already; /end withdraws that`);
      case "chatting":
        return this.#show(
          `error: there is a chat with ${name} already: /switch ${name} makes it the current one`,
        );
    }
    const before = this.#current;
    this.#setCurrent(name);
    try {
      await this.#contacts?.call(name, () => this.#registry.lookup(name));
      if (this.#isCurrent(name)) this.#setCurrent(name); // As it is registered, perhaps in another case.
    } catch (error) {
      // Nobody was called: the chat that was the current one still is, if it has not ended.
      if (this.#isCurrent(name))
        this.#setCurrent(before && this.#contacts?.chatWith(before) ? before : undefined);
      this.#showRegistryError(error, name);
    }
  }

  #accept(name: string): void {
    if (this.#contacts?.stateOf(name) !== "requesting")
      return this.#show(`error: ${name} has not asked for a chat`);
    this.#setCurrent(name);
    this.#contacts.accept(name);
  }

  #decline(name: string): void {
    if (this.#contacts?.stateOf(name) !== "requesting")
      return this.#show(`error: ${name} has not asked for a chat`);
    this.#contacts.end(name);
  }

  #switchTo(name: string): void {
    if (this.#contacts?.chatWith(name) === undefined)
      return this.#show(`error: there is no chat with ${name}`);
    this.#setCurrent(name);
  }

  #end(): void {
    const name = this.#current;
    if (name === undefined) return this.#show("error: no current chat to end");
    this.#setCurrent(undefined);
    this.#contacts?.end(name);
  }

  #verify(): void {
    const { stage } = this.#settings;
    if (!stage.hasSafetyNumber) return this.#show(`error: stage ${stage.number} has no safety numbers`);
    const peer = this.#current === undefined ? undefined : this.#contacts?.chatWith(this.#current);
    if (this.#current === undefined || peer === undefined)
      return this.#show("error: no current chat to verify");
    this.#showSafetyNumber(this.#current, peer.safetyNumber);
  }

  /** Asks the registry for everybody else, remembers their names, and tells them. */
  async #listUsers(answered: (names: string[]) => void): Promise<void> {
    await this.#registry.list((users) => {
      this.#names.clear();
      for (const { username } of users) this.#names.set(nameKey(username), username);
      answered(users.map(({ username }) => username));
    });
  }

  async #showUsers(): Promise<void> {
    try {
      await this.#listUsers((names) =>
        this.#show(names.length === 0 ? "no other users" : `users: ${names.join(", ")}`),
      );
    } catch (error) {
      this.#showRegistryError(error);
    }
  }

  #showChats(): void {
    const names = (this.#contacts?.chatting() ?? []).sort(compareNames);
    const shown = names.map((name) => (this.#isCurrent(name) ? `${name} (current)` : name));
    this.#show(shown.length === 0 ? "no chats" : `chats: ${shown.join(", ")}`);
  }

  #showSafetyNumber(name: string, safetyNumber: string | undefined): void {
    if (safetyNumber !== undefined) this.#show(`safety number with ${name}: ${safetyNumber}`);
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
    this.#current = name && this.#contacts?.nameOf(name);
    this.#terminal.setCurrentChat(this.#current);
  }

  #isCurrent(name: string): boolean {
    return this.#current !== undefined && nameKey(this.#current) === nameKey(name);
  }
}

/** The registry would say no; so do we, without asking it. */
function checkName(name: string): void {
  const problem = `the name "${name.slice(0, 40)}" is not allowed: 1 to 32 of A-Z a-z 0-9 _ -, and not you`;
  if (!isUsername(name)) throw new RegistryError("bad-username", problem);
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
      return [`chat with ${name} ended`, ...notDelivered(name, outcome.undelivered)];
    case "lost":
      return [`chat with ${name} lost: ${outcome.reason}`, ...notDelivered(name, outcome.undelivered)];
    case "dropped": // Our user's own doing.
    case "nobody": // It never said who it was.
      return [];
  }
}

function notDelivered(name: string, ids: readonly number[]): string[] {
  return ids.map((id) => `not delivered to ${name}: ${id}`);
}
