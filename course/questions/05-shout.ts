// Opens three sockets that share a port and a group, and counts who gets a datagram to the group, and who one to the
// address. All of it stays on the loopback interface.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Prediction } from "../exercises/question.ts";
import { numbersOf, onlyNumbers } from "./support/numbers.ts";

const LOOPBACK = "127.0.0.1";

/** In the local scope of RFC 2365. It is not the group of our programs, so nobody else listens. */
const GROUP = "239.255.54.46";

const PROGRAMS = 3;

/** How long to wait for a datagram, in milliseconds. On one machine it takes less than one. */
const PATIENCE = 2000;

/** How long to listen for copies too many, when the expected ones are there, in milliseconds. */
const LONGER = 200;

async function openSocket(port: number, host: string): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.bind(port, host);
  await once(socket, "listening");
  return socket;
}

/** Sends a datagram with this text, and counts the sockets that have got it. */
async function countReceivers(sockets: readonly Socket[], send: (text: string) => void): Promise<number> {
  const text = `${Math.random()}`;
  const received = new Set<Socket>();
  const listeners = sockets.map((socket) => {
    const listener = (datagram: Buffer): void => {
      if (datagram.toString() === text) received.add(socket);
    };
    socket.on("message", listener);
    return [socket, listener] as const;
  });
  const deadline = Date.now() + PATIENCE;
  send(text);
  while (received.size === 0 && Date.now() < deadline) await wait(10);
  await wait(LONGER);
  for (const [socket, listener] of listeners) socket.off("message", listener);
  return received.size;
}

async function play(): Promise<{ group: number; address: number }> {
  const sockets: Socket[] = [];
  try {
    // Bound to all addresses: a socket that is bound to 127.0.0.1 alone hears no group on most systems.
    const first = await openSocket(0, "0.0.0.0");
    sockets.push(first);
    const { port } = first.address();
    while (sockets.length < PROGRAMS) sockets.push(await openSocket(port, "0.0.0.0"));
    for (const socket of sockets) socket.addMembership(GROUP, LOOPBACK);
    const sender = await openSocket(0, LOOPBACK);
    sender.setMulticastInterface(LOOPBACK);
    sender.setMulticastTTL(0); // It never leaves this machine.
    const group = await countReceivers(sockets, (text) => sender.send(text, port, GROUP));
    const address = await countReceivers(sockets, (text) => sender.send(text, port, LOOPBACK));
    sender.close();
    return { group, address };
  } finally {
    for (const socket of sockets) socket.close();
  }
}

export const question: Prediction = {
  async find() {
    const { group, address } = await play();
    if (group === 0 || address === 0)
      throw new Error(
        "this system lets no datagram through on its loopback interface: is a firewall in the way?",
      );
    return {
      answers: [`${group} ${address}`],
      observed: `of ${PROGRAMS} sockets that share a port, ${group} got the datagram to the group, and ${address} the one to the address`,
    };
  },
  problemOf: (answer) =>
    numbersOf(answer).length === 2 ? undefined : "Enter two numbers, the group first, such as 1 3.",
  explain(answer, { answers }) {
    const [group, address] = numbersOf(answer);
    const [rightGroup, rightAddress] = numbersOf(answers[0] ?? "");
    if (group === rightAddress && address === rightGroup)
      return "It is the other way round: the group is for all that have joined, the address for one.";
    if (group !== rightGroup)
      return "Whoever has joined a group gets what is sent to it: the system makes a copy for each socket.";
    return "A datagram to an address is meant for one program, and the system makes no copies of it. It gives it to one of the sockets that share the port.";
  },
  normalise: onlyNumbers,
};
