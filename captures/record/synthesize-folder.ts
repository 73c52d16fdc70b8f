// Makes a classic pcap file from the logs that our recorder has written into a folder.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pcapHeader, pcapRecord } from "./pcap-writer.ts";
import { LogError, parseLog } from "./recorder-log.ts";
import { countConnections, synthesize } from "./synthesize.ts";

const ETHERNET = 1;

/**
 * @returns the bytes of the file, and the number of packets and connections in it
 * @throws LogError if the recorder has not written one of the files
 */
export function synthesizeFolder(folder: string): { bytes: Buffer; packets: number; connections: number } {
  const names = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const logs = names.map((name) => {
    try {
      return parseLog(readFileSync(join(folder, name), "utf8"));
    } catch (error) {
      throw error instanceof LogError ? new LogError(`${join(folder, name)}: ${error.message}`) : error;
    }
  });
  const packets = synthesize(logs);
  const records = packets.map(({ time, data }) => pcapRecord(time, data));
  return {
    bytes: Buffer.concat([pcapHeader(ETHERNET), ...records]),
    packets: packets.length,
    connections: countConnections(logs),
  };
}
