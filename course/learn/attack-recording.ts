// Records what the programs of an attack say to each other, for the key p: the checker has no connection to them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LogError } from "../../captures/record/recorder-log.ts";
import { synthesizeFolder } from "../../captures/record/synthesize-folder.ts";
import { writeBundles } from "../../checks/engine/bundles.ts";
import { makeFolder, removeFolder } from "../../checks/engine/own-folder.ts";
import type { Recorder } from "../../checks/engine/place.ts";

const FOLDER = ".recording-";
const RECORDER = fileURLToPath(new URL("../../captures/record/recorder.ts", import.meta.url));

export class AttackRecording {
  /** What the checks need, so that it is recorded. */
  readonly recorder: Recorder;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    const recorder = pathToFileURL(join(folder, "recorder.js")).href;
    const options = [process.env.NODE_OPTIONS, `--import ${recorder}`].filter((one) => one);
    this.recorder = { folder, environment: { CAPTURE_LOG: folder, NODE_OPTIONS: options.join(" ") } };
  }

  /** @param parent a folder in the course's folder; it gets a folder of ours until end() is called */
  static async begin(parent: string): Promise<AttackRecording> {
    const folder = makeFolder(parent, FOLDER);
    // The programs run as plain JavaScript. So the recorder does, too.
    await writeBundles(new Map([["recorder", RECORDER]]), folder);
    return new AttackRecording(folder);
  }

  /** @returns a .pcap file with what they said; or, if they said nothing, the recording that the attack was given */
  end(): Buffer | undefined {
    try {
      const names = readdirSync(this.#folder);
      if (names.some((name) => name.endsWith(".log"))) return said(this.#folder);
      // A check gives the recording that it has made to the attack.
      const given = names.filter((name) => name.endsWith(".pcap")).sort()[0];
      return given === undefined ? undefined : readFileSync(join(this.#folder, given));
    } finally {
      removeFolder(this.#folder);
    }
  }
}

/** @returns undefined if a program was ended in the middle of a line of its log */
function said(folder: string): Buffer | undefined {
  try {
    return synthesizeFolder(folder).bytes;
  } catch (error) {
    if (error instanceof LogError) return undefined;
    throw error;
  }
}
