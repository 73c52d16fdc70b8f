// Steps that many checks of chats share: they open a chat, talk in it, and end it.

import { BYE, type Chat, type ChatRole, message } from "./chat.ts";
import type { Members } from "./connection.ts";
import type { ClientUnderTest } from "./launcher.ts";
import type { Scene } from "./scene.ts";
import { findLeak } from "./secrets.ts";

/** The report of a chat that ended without a goodbye (P3.5). */
export function lostChat(name: string): RegExp {
  return new RegExp(`^chat with ${name} lost: .+$`);
}

/** The possible reports of a call that failed before the chat began. The protocol does not fix this line. */
export function failedCall(name: string): RegExp {
  return new RegExp(`^(?:error: .+|chat with ${name} lost: .+)$`);
}

/** Words with which a program of stage 03 may warn that its cipher is weak (P5.2). */
export const WEAK = /weak|toy|insecure|breaks|broken|not secure|no secur/i;

/** Characters that no terminal may receive (P3.4). A tab is allowed, and a line feed at the end of a line. */
export const STEERS = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** The line that asks a user whether they want to chat. */
export function wantsToChat(name: string): string {
  return `${name} wants to chat: /accept ${name} or /decline ${name}`;
}

/**
 * Opens a chat between a running client and a peer that the checker plays.
 * @param role the role of the PEER; if it calls, the client must accept every chat
 */
export async function opensChat(
  scene: Scene,
  client: ClientUnderTest,
  role: ChatRole,
  name: string,
): Promise<Chat> {
  return scene.preparing(async () => {
    const chat = await connectsAs(scene, client, role, name);
    await chat.shakesHands();
    await started(client, chat);
    return chat;
  });
}

/**
 * Connects the peer with the client; the peer has said nothing yet.
 * @param role the role of the PEER; a responder is called by the client
 */
export async function connectsAs(
  scene: Scene,
  client: ClientUnderTest,
  role: ChatRole,
  name: string,
): Promise<Chat> {
  return role === "initiator" ? callsAs(scene, client, name) : isCalledAs(scene, client, name);
}

/** A peer that has connected to the client, and has said nothing yet. */
export async function callsAs(scene: Scene, client: ClientUnderTest, name: string): Promise<Chat> {
  return (await scene.peer(name)).calls(client);
}

/** A peer that the client has called, and that has read nothing yet. */
export async function isCalledAs(scene: Scene, client: ClientUnderTest, name: string): Promise<Chat> {
  const peer = await scene.peer(name);
  await client.enters(`/chat ${name}`);
  return peer.isCalled(client);
}

/** A peer that has called and said hello. The client has asked its user, who has not answered yet. */
export async function asksForChat(scene: Scene, client: ClientUnderTest, name: string): Promise<Chat> {
  return scene.preparing(async () => {
    const chat = await callsAs(scene, client, name);
    await chat.sendsHello();
    await client.showsNext(wantsToChat(name));
    return chat;
  });
}

/** The client's user accepts the chat, and it starts. */
export async function isAccepted(client: ClientUnderTest, chat: Chat): Promise<void> {
  await client.enters(`/accept ${chat.name}`);
  await chat.receivesHello();
  await chat.exchangesKeys();
  await started(client, chat);
}

/** Reads the hello of a client without checking it, for checks of something else. */
export async function readsHello(chat: Chat): Promise<void> {
  chat.hello[chat.otherRole] = await chat.connection.receivesLine();
}

/** The client shows that the chat has started; from stage 03 on with its safety number. */
export async function started(client: ClientUnderTest, chat: Chat): Promise<void> {
  await client.shows(`chat with ${chat.name} started`);
  if (chat.stage !== "02") await client.shows(`safety number with ${chat.name}: ${chat.safetyNumber}`);
}

/** Sends several lines of a chat at once, so that nobody can answer between them. */
export async function saysAtOnce(scene: Scene, chat: Chat, ...payloads: (Members | string)[]): Promise<void> {
  for (const payload of payloads) {
    if (chat.stage === "02") break; // In stage 02, the transcript shows the lines anyway.
    scene.transcript.steps.push(`${chat.name} says ${JSON.stringify(payload)}`);
  }
  await chat.connection.sends(payloads.map((payload) => `${chat.wrap(payload)}\n`).join(""));
}

/** Shows that a chat works in both directions. `id` is the next message number of both. */
export async function talk(client: ClientUnderTest, chat: Chat, id: number): Promise<void> {
  await chat.says(message(id, `still here ${id}`));
  await chat.hears({ type: "ack", id });
  await client.shows(`${chat.name}> still here ${id}`);
  await client.enters(`/switch ${chat.name}`, `so am I ${id}`);
  await chat.hears(message(id, `so am I ${id}`));
  await chat.says({ type: "ack", id });
  await client.shows(`delivered to ${chat.name}: ${id}`);
}

/** The client's user ends this chat, which must be the current one, and both say goodbye. */
export async function isEnded(client: ClientUnderTest, chat: Chat): Promise<void> {
  await client.enters("/end");
  await chat.hears(BYE);
  await chat.says(BYE);
  await chat.ended();
  await client.shows(`chat with ${chat.name} ended`);
}

/** Nothing that a client has printed so far, on either output, holds a secret of these chats (P4.3). */
export async function printsNoSecret(
  scene: Scene,
  client: ClientUnderTest,
  chats: readonly Chat[],
): Promise<void> {
  await scene.step(`${client.name} has printed no secret, on neither output`, () => {
    const leak = findLeak([...client.lines, ...client.errors].join("\n"), chats);
    if (leak !== undefined)
      scene.fails({
        expected: "no secret in what is printed",
        received: `${leak.secret}, as ${leak.notation}`,
      });
  });
}
