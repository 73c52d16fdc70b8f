// A program for tests, in a network of their own: prints what it hears on the shared port, and sends what it is told to.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { decryptToken } from "../../05-lan-chat/fernet.ts";

/** A line on its standard input. */
export interface LanOrder {
  to: string;
  port: number;
  /** Datagrams to send, as text. */
  texts?: string[];
  /** So many datagrams of nonsense, within so many seconds. */
  nonsense?: number;
  seconds?: number;
}

const vectors = JSON.parse(readFileSync(new URL("../vectors/lan.json", import.meta.url), "utf8"));
const teamKey = Buffer.from(vectors.beacons.teamKey, "hex");
/** Its own address. */
const host = process.argv[2] ?? "127.0.0.1";

const shared = createSocket({ type: "udp4", reuseAddr: true });
shared.on("message", (datagram, { address }) => {
  const text = datagram.toString("latin1");
  const opened = decryptToken(teamKey, text);
  if (opened === undefined) return console.log(`text: ${text.slice(0, 40)}`);
  const body = JSON.parse(JSON.parse(opened.plaintext.toString()).body);
  console.log(`${body.type} ${body.seq} of ${body.name} from ${address}`);
  if (process.argv[3] === "tokens") console.log(`token ${text}`);
});
shared.bind(54_545, "0.0.0.0");
await once(shared, "listening");
shared.addMembership("239.255.54.45", host);

const own = createSocket("udp4");
own.bind(0, host);
await once(own, "listening");
own.setBroadcast(true);
own.setMulticastInterface(host);

function send(datagram: Buffer, { to, port }: LanOrder): Promise<void> {
  return new Promise((resolve) => own.send(datagram, port, to, () => resolve()));
}

async function obey(order: LanOrder): Promise<void> {
  for (const text of order.texts ?? []) await send(Buffer.from(text), order);
  const { nonsense = 0, seconds = 0 } = order;
  const started = performance.now();
  for (let i = 0; i < nonsense; i++) {
    // Most of it looks like a token, and the rest like nothing.
    const bytes = Buffer.alloc(1 + ((i * 7) % 1472), i);
    await send(
      i % 4 === 0 ? bytes : Buffer.from(`gAAAAABpKf9q${bytes.toString("base64url").slice(0, 1300)}`),
      order,
    );
    const ahead = (seconds * 1000 * i) / nonsense - (performance.now() - started);
    if (ahead > 5) await setTimeout(ahead);
  }
  console.log("sent");
}

console.log("ready");
const input = createInterface({ input: process.stdin });
input.on("line", (line) => void obey(JSON.parse(line) as LanOrder));
await once(input, "close");
shared.close();
own.close();
