// What /doctor says (P9.12): what was sent and heard on each own address, and what to try if nobody is found. Pure.

import { isLoopback } from "./addresses.ts";
import type { DropReason } from "./beacon-gate.ts";
import type { AddressReport, DoctorReport } from "./discovery.ts";

/** The port that all peers share for beacons (P8.7). */
const SHARED_PORT = 54_545;

/** What the doctor has to know beside the report. */
export interface Patient {
  /** What --host says. */
  host: string;
  port: number;
  team: string;
  /** How many peers are active. */
  active: number;
}

/** @param report undefined with --no-discovery */
export function doctorLines(report: DoctorReport | undefined, patient: Patient): string[] {
  if (report === undefined)
    return [
      "doctor: discovery is off (--no-discovery): beacons are neither sent nor heard",
      "try: /connect HOST:PORT, where the other program says that it listens",
    ];
  const dropped = Object.values(report.dropped).reduce((sum, count) => sum + count, 0);
  return [
    `doctor: port ${patient.port}, team ${patient.team}: ${counted(report.accepted, "beacon")} of others heard, ${counted(dropped, "datagram")} dropped (/stats says why)`,
    ...report.addresses.map(addressLine),
    ...(report.heardElsewhere > 0
      ? [`doctor: ${counted(report.heardElsewhere, "beacon")} from other networks`]
      : []),
    ...advice(report, patient).map((line) => `try: ${line}`),
  ];
}

/** What one own address has sent and heard. */
function addressLine(report: AddressReport): string {
  const { address, broadcast, sent, joined, heardShared, heardOwnPort } = report;
  const failed = Object.entries(report.failed).map(([what, count]) => `${what}: ${count}`);
  return [
    `doctor: ${address}${broadcast === undefined ? "" : ` (broadcast ${broadcast})`}: sent ${sent}`,
    failed.length === 0 ? "" : `, could not send ${failed.join(", ")}`,
    `; heard ${heardShared} on port ${SHARED_PORT}, ${heardOwnPort} on our own`,
    joined === true ? "" : `; not in the group (${joined})`,
    report.isHeardByOurselves ? "" : "; our own beacons do not come back",
  ].join("");
}

/** What to try, the likeliest first. */
function advice(report: DoctorReport, patient: Patient): string[] {
  const { addresses, dropped } = report;
  const isAlone = patient.active === 0;
  const lines: string[] = [];
  if (report.sharedProblem !== undefined)
    lines.push(
      `UDP port ${SHARED_PORT} cannot be used (${report.sharedProblem}): end the program that has it, or give the others your address: --peer HOST:PORT`,
    );
  if (addresses.length === 0) lines.push("there is no network: connect this machine to one");
  lines.push(...adviceByReason(dropped, patient));
  if (!isAlone) return lines;
  if (isLoopback(patient.host))
    lines.push("only this machine is searched: for others in the network start with --host 0.0.0.0");
  if (report.accepted > 0)
    lines.push("somebody was heard and is silent now: is their program still running?");
  else lines.push(...adviceForSilence(report, patient));
  return lines;
}

/** What the reasons of dropped datagrams tell. */
function adviceByReason(dropped: Readonly<Record<DropReason, number>>, { team }: Patient): string[] {
  const advised: readonly [DropReason, string][] = [
    [
      "token",
      "some datagrams cannot be read: do all have the same passphrase and --team, upper and lower case alike?",
    ],
    ["time", "some beacons are too old or ahead: compare the clocks (they may differ by 30 s)"],
    ["team", `somebody has your passphrase and another team than ${team}: compare --team`],
    ["address", "some beacons come from another address than they name: is there a VPN or a NAT in between?"],
    ["rate", "more beacons come than can be checked: somebody floods the network"],
    ["full", "the list of peers is full: /remove those that you do not know"],
  ];
  return advised.flatMap(([reason, line]) => (dropped[reason] > 0 ? [line] : []));
}

/** Nothing of others was heard at all. */
function adviceForSilence({ addresses }: DoctorReport, { host, port, team }: Patient): string[] {
  const cannotSend = addresses.some(({ sent, failed }) => sent === 0 && Object.keys(failed).length > 0);
  const hearsItself = addresses.some(({ isHeardByOurselves }) => isHeardByOurselves);
  return [
    ...(cannotSend ? ["nothing can be sent from some address: is a VPN or a firewall in the way?"] : []),
    ...(hearsItself
      ? []
      : [
          `our own beacons do not come back: a firewall has to let UDP ${SHARED_PORT} and ${port}, TCP ${port} in`,
        ]),
    `is another program running, with --team ${team} and the same passphrase?`,
    ...(isLoopback(host)
      ? []
      : ["a guest network often keeps its devices apart: take another network, or a phone's hotspot"]),
    ...(host.includes(":")
      ? ["with an IPv6 address only --peer [ADDRESS]:PORT finds others, and /connect"]
      : []),
    "go around discovery: /connect HOST:PORT, or start with --peer HOST:PORT",
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
