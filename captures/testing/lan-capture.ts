// A capture of stage 05 made of its known answers: beacons in UDP, and a session in TCP. For tests.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pcapHeader, pcapRecord } from "../record/pcap-writer.ts";
import { ethernet, ipv4, TestConnection, udp } from "./packets.ts";

interface KnownAnswers {
  keys: Readonly<Record<string, { pem: string; fingerprint: string }>>;
  teamKeys: readonly { team: string; passphrase: string; key: string }[];
  fernet: {
    valid: readonly { name: string; token: string; time: number; plaintext: string }[];
    invalid: readonly { name: string; token: string }[];
  };
  beacons: {
    cases: readonly { name: string; datagram: string; expect: string }[];
  };
  sessions: readonly {
    hellos: readonly string[];
    helloTokens: readonly string[];
    frames: readonly string[];
    proofs: readonly { sender: string; token: string }[];
    records: readonly { sender: string; token: string; plaintext: string }[];
  }[];
  letters: {
    cases: readonly {
      name: string;
      body: string;
      signature: string;
      reader: string;
      expect: string;
      plaintext?: string;
    }[];
  };
}

const path = join(import.meta.dirname, "../../tests/vectors/lan.json");

export const KNOWN = JSON.parse(readFileSync(path, "utf8")) as KnownAnswers;

/** The first team of the known answers. */
export const TEAM = KNOWN.teamKeys[0] ?? { team: "", passphrase: "", key: "" };

/** The datagram of a case of P8.6. */
export function datagramOf(name: string): string {
  const found = KNOWN.beacons.cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found.datagram;
}

/** When the first beacon of the known answers is right: 2025-11-28 20:00:42.5 UTC, in nanoseconds. */
const BEGIN = 1_764_360_042_500_000_000n;

const GROUP = { address: "239.255.54.45", hardware: "01005e7f362d" };
const NETWORK = { address: "10.0.0.255", hardware: "ffffffffffff" };
const ONE = { address: "10.0.0.2", hardware: "020000000002" };

/** Beacons of alice to the group, to the network, and to bob; some of other forms; and a session of alice and bob. */
export function lanCapture(): Buffer {
  const packets: Buffer[] = [];
  const send = (payload: string, to: typeof GROUP): void => {
    const datagram = udp({ sourcePort: 5000, destinationPort: to === ONE ? 5000 : 54_545, payload });
    const ip = ipv4(datagram, { protocol: 17, source: "10.0.0.1", destination: to.address });
    packets.push(Buffer.concat([Buffer.from(to.hardware, "hex"), ethernet(ip).subarray(6)]));
  };
  const valid = datagramOf("valid, nothing known of the key");
  send(valid, GROUP);
  send(valid, NETWORK);
  send(valid, ONE);
  send("no token", GROUP);
  send("", ONE);
  const [session] = KNOWN.sessions;
  if (session === undefined) throw new Error("no session");
  const connection = new TestConnection(
    (from, segment) => {
      const ends = { a: "10.0.0.1", b: "10.0.0.2" };
      const [source, destination] = from === "a" ? [ends.a, ends.b] : [ends.b, ends.a];
      packets.push(ethernet(ipv4(segment, { source, destination })));
    },
    { portA: 41_000, portB: 5000 },
  );
  const [first = "", second = ""] = session.frames;
  const frame = (role: string, token: string): string =>
    `<${role === "initiator" ? "10.0.0.1" : "10.0.0.2"}:5000> @ <rocket>\n${token}\n<end>\n`;
  connection.handshake().data("a", first).data("b", second);
  for (const { sender, token } of [...session.proofs, ...session.records])
    connection.data(sender === "initiator" ? "a" : "b", frame(sender, token));
  connection.finish();
  const records = packets.map((data, index) => pcapRecord(BEGIN + BigInt(index) * 1_000_000n, data));
  return Buffer.concat([pcapHeader(1), ...records]);
}
