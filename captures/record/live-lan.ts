// Records what a student's peers of stage 05 do in other terminals on this machine, until Ctrl-C. It keeps only their
// datagrams and sessions, and drops all other traffic on the loopback interface.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tokenOf } from "../explain/tokens.ts";
import { isSegment, type Sent } from "../follow/decode.ts";
import { NoCaptureTool, startCaptureTool } from "./capture-tool.ts";
import { sendMark } from "./live.ts";
import { keepSent, packetsIn, untilSeen } from "./raw-capture.ts";
import { asRecordError, describe, type Method, RecordError } from "./record.ts";
import { LAN_RECORDING } from "./record-lan.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** The port to which beacons go (P8.7), and the port that the first program takes (P8.1). */
const BEACON_PORT = 54_545;
const DEFAULT_PORT = 5000;

export interface LiveLanOptions {
  out: string;
  method: Method | undefined;
  /** A port of a program of ours that sends no beacons. */
  port: number | undefined;
  /** Resolves when the student wants to end the recording. */
  stopped: Promise<void>;
  report: (line: string) => void;
}

/** @throws RecordError */
export async function recordLiveLan({ out, method, port, stopped, report }: LiveLanOptions): Promise<void> {
  const { name } = LAN_RECORDING;
  if (method === "recorder")
    throw new RecordError("our recorder does not know datagrams: --live of 05 needs dumpcap or tcpdump");
  try {
    await mkdir(dirname(out), { recursive: true });
    await withTemporaryFolder(async (folder) => {
      const raw = join(folder, "raw.pcap");
      const tool = await startCaptureTool(raw, "tcp or udp");
      try {
        report(
          `recording with ${tool.name}. In other terminals, after this one, each asking for the same passphrase:`,
        );
        for (const user of ["alice", "bob"]) report(`  npm run 05:peer -- --name ${user} --team rocket`);
        report("Ctrl-C here ends the recording.");
        await stopped;
        await untilSeen(raw, await sendMark());
      } finally {
        await tool.stop();
      }
      const ports = await portsOfPeers(raw);
      ports.add(port ?? DEFAULT_PORT);
      const isOurs = (sent: Sent): boolean =>
        isSegment(sent)
          ? ports.has(sent.source.port) || ports.has(sent.destination.port)
          : isBeacon(sent) || sent.destination.port === BEACON_PORT;
      const counts = await keepSent(raw, out, isOurs);
      if (counts.packets === 0)
        throw new RecordError(`nothing was recorded: no program of stage ${name} has sent anything`);
      report(describe(`recorded ${name} with ${tool.name}`, out, counts));
    });
  } catch (error) {
    if (error instanceof NoCaptureTool) throw new RecordError(`cannot record ${name}: ${error.message}`);
    throw asRecordError(error, `cannot record ${name}`);
  }
}

/** A beacon comes from the port on which its sender takes calls. */
async function portsOfPeers(path: string): Promise<Set<number>> {
  const ports = new Set<number>();
  for await (const { sent } of packetsIn(path))
    if (sent !== undefined && !isSegment(sent) && isBeacon(sent)) ports.add(sent.source.port);
  return ports;
}

function isBeacon({ payload }: Sent): boolean {
  return tokenOf(payload) !== undefined;
}
