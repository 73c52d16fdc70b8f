// Steps that checks of chats have in common: a chat is opened, talked in and ended.

import { BYE, type Chat, type ChatRole, message } from "./chat.ts";
import type { Members } from "./connection.ts";
import type { ClientUnderTest } from "./launcher.ts";
import type { Scene } from "./scene.ts";

/** P3.5: a chat that ended without a goodbye. */
export function lostChat(name: string): RegExp {
  return new RegExp(`^chat with ${name} lost: .+$`);
}

/** How a call that never became a chat may be reported: the contract names no line of its own for it. */
export function failedCall(name: string): RegExp {
  return new RegExp(`^(?:error: .+|chat with ${name} lost: .+)$`);
}

/** What a request for a chat looks like on the terminal of the one who is asked. */
export function wantsToChat(name: string): string {
  return `${name} wants to chat: /accept ${name} or /decline ${name}`;
}

/**
 * A chat between a client that runs and a peer that is played.
 * @param role who the PEER is. If it calls, the client must accept every chat
 */
export async function opensChat(
  scene: Scene,
  client: ClientUnderTest,
  role: ChatRole,
  name: string,
): Promise<Chat> {
  const chat = await connectsAs(scene, client, role, name);
  await chat.shakesHands();
  await started(client, chat);
  return chat;
}

/**
 * A peer that is connected with the client and has said nothing yet; as a responder it has been called.
 * @param role who the PEER is
 */
export async function connectsAs(
  scene: Scene,
  client: ClientUnderTest,
  role: ChatRole,
  name: string,
): Promise<Chat> {
  return role === "initiator" ? callsAs(scene, client, name) : isCalledAs(scene, client, name);
}

/** A peer that connects to the client and has said nothing yet. */
export async function callsAs(scene: Scene, client: ClientUnderTest, name: string): Promise<Chat> {
  return (await scene.peer(name)).calls(client);
}

/** A peer that the client calls, and that has read nothing yet. */
export async function isCalledAs(scene: Scene, client: ClientUnderTest, name: string): Promise<Chat> {
  const peer = await scene.peer(name);
  await client.enters(`/chat ${name}`);
  return peer.isCalled(client);
}

/** A peer that calls and has said hello. The client has asked its user, who has not answered yet. */
export async function asksForChat(scene: Scene, client: ClientUnderTest, name: string): Promise<Chat> {
  const chat = await callsAs(scene, client, name);
  await chat.sendsHello();
  await client.showsNext(wantsToChat(name));
  return chat;
}

/** The client's user accepts a chat that was asked for, and it starts. */
export async function isAccepted(client: ClientUnderTest, chat: Chat): Promise<void> {
  await client.enters(`/accept ${chat.name}`);
  await chat.receivesHello();
  await chat.exchangesKeys();
  await started(client, chat);
}

/** Reads the hello of a client that calls, and does not judge it: for checks of something else. */
export async function readsHello(chat: Chat): Promise<void> {
  chat.hello[chat.otherRole] = await chat.connection.receivesLine();
}

/** The client says that the chat has started, from stage 03 on with its safety number. */
export async function started(client: ClientUnderTest, chat: Chat): Promise<void> {
  await client.shows(`chat with ${chat.name} started`);
  if (chat.stage !== "02") await client.shows(`safety number with ${chat.name}: ${chat.safetyNumber}`);
}

/** Sends several lines of a chat at once, so that nobody can answer between them. */
export async function saysAtOnce(scene: Scene, chat: Chat, ...payloads: (Members | string)[]): Promise<void> {
  for (const payload of payloads) {
    if (chat.stage === "02") break; // There the bytes speak for themselves.
    scene.transcript.steps.push(`${chat.name} says ${JSON.stringify(payload)}`);
  }
  await chat.connection.sends(payloads.map((payload) => `${chat.wrap(payload)}\n`).join(""));
}

/** Shows that a chat works in both directions; `id` is the number of the message in each. */
export async function talk(client: ClientUnderTest, chat: Chat, id: number): Promise<void> {
  await chat.says(message(id, `still here ${id}`));
  await chat.hears({ type: "ack", id });
  await client.shows(`${chat.name}> still here ${id}`);
  await client.enters(`/switch ${chat.name}`, `so am I ${id}`);
  await chat.hears(message(id, `so am I ${id}`));
  await chat.says({ type: "ack", id });
  await client.shows(`delivered to ${chat.name}: ${id}`);
}

/** The client's user ends the current chat, which is this one, and both say goodbye. */
export async function isEnded(client: ClientUnderTest, chat: Chat): Promise<void> {
  await client.enters("/end");
  await chat.hears(BYE);
  await chat.says(BYE);
  await chat.ended();
  await client.shows(`chat with ${chat.name} ended`);
}
