// Leads what a peer of stage 05 sends through Mallory's relays. Node.js loads it before the program:
//
//   WIRE_WAYS='{"toAll":[6001,6002],"file":"ways-alice"}' node --import tsx --import ./web/wire/by-way-of-mallory.ts 05-lan-chat/peer.ts
//
// The program is unchanged, and does not notice. In a network of several machines, Mallory does the same with forged ARP
// answers: what was sent to Bob's address goes to their machine first. On one machine there is no ARP, so this stands in.

import { Socket as DatagramSocket } from "node:dgram";
import { Socket } from "node:net";
import { readWaysByPort, type Ways, type WaysByPort } from "./ways.ts";

const { toAll, file } = JSON.parse(process.env.WIRE_WAYS ?? "") as Ways;
let known: WaysByPort | undefined;

/** The port of the relay that stands for a port; undefined if none does. */
function relayFor(protocol: "tcp" | "udp", port: unknown): number | undefined {
  known ??= readWaysByPort(file);
  return known?.[protocol].get(Number(port));
}

/** Where all hear: the group of stage 05, and the broadcast address of loopback (P8.7). */
const FOR_ALL: readonly unknown[] = ["239.255.54.45", "127.255.255.255"];

/** What was sent last to each relay. A peer sends one token to several addresses of the same reader: once is enough. */
const last = new Map<number, string>();

const send = DatagramSocket.prototype.send as (...given: unknown[]) => void;
replace(DatagramSocket.prototype, "send", function (this: DatagramSocket, ...given: unknown[]): void {
  const [datagram, port, host, callback] = given;
  const relays = FOR_ALL.includes(host) ? toAll : [relayFor("udp", port)];
  for (const relay of relays) {
    if (relay === undefined) return Reflect.apply(send, this, given);
    if (last.get(relay) === String(datagram)) continue;
    last.set(relay, String(datagram));
    Reflect.apply(send, this, [datagram, relay, "127.0.0.1"]);
  }
  if (typeof callback === "function") setImmediate(() => callback(null));
});

const connect = Socket.prototype.connect as (...given: unknown[]) => Socket;
replace(Socket.prototype, "connect", function (this: Socket, ...given: unknown[]): Socket {
  // net.connect() has put what it was given into a list.
  const options: unknown = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (typeof options === "object" && options !== null && "port" in options)
    options.port = relayFor("tcp", options.port) ?? options.port;
  return Reflect.apply(connect, this, given);
});

/** Replaces a method. The new one is not enumerable either, so code that lists an object's own properties sees no change. */
function replace(prototype: object, name: string, value: unknown): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
}
