// What the peer for trying the checks keeps in its data folder: its key, a lock, and all else as JSON behind the header of
// an SQLite file. It is no database; it is only there to be killed and read again.

import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type LanKey, lanKeyOf } from "../../../checks/engine/lan-cryptography.ts";
import { wrongly } from "./mistakes.ts";

const HEADER = 100;

export interface Pin {
  name: string;
  fingerprint: string;
  der: string;
  isVerified: boolean;
  standing: "usual" | "blocked" | "allowed";
}

export interface Kept {
  direction: "in" | "out";
  peer: string;
  id: string;
  to: string;
  text: string;
  time: number;
  number: number;
  state: "queued" | "sent" | "delivered" | "failed" | "shown" | "unshown";
}

export interface Carried {
  from: string;
  to: string;
  id: string;
  body: string;
  signature: string;
}

export interface Room {
  room: string;
  name: string;
  members: string[];
  version: number;
  maker: string;
}

export interface Sending {
  file: string;
  peer: string;
  path: string;
  name: string;
  size: number;
  sha256: string;
  number: number;
}

export interface State {
  session: number;
  number: number;
  fileNumber: number;
  pins: Pin[];
  messages: Kept[];
  carried: Carried[];
  seen: string[];
  rooms: Room[];
  taken: string[];
  sending: Sending[];
}

export class Refused extends Error {}

export class Store {
  readonly folder: string;
  readonly key: LanKey;
  readonly state: State;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: wrongly("open-folder") ? 0o755 : 0o700 });
    this.#lock();
    this.state = this.#load();
    this.key = this.#identity();
    this.save();
  }

  save(): void {
    if (wrongly("saves-late")) {
      setTimeout(() => this.#write(), 3000).unref();
      return;
    }
    this.#write();
  }

  get #file(): string {
    return join(this.folder, "history.db");
  }

  #write(): void {
    const { pins } = this.state;
    const kept = wrongly("block-is-forgotten")
      ? { ...this.state, pins: pins.map((pin) => ({ ...pin, standing: "usual" })) }
      : this.state;
    const header = Buffer.alloc(HEADER);
    header.write("SQLite format 3\0", "latin1");
    header[18] = 2;
    header[19] = header[18] ?? 2;
    header.writeUInt32BE(1, 60);
    writeFileSync(`${this.#file}.new`, Buffer.concat([header, Buffer.from(JSON.stringify(kept))]));
    renameSync(`${this.#file}.new`, this.#file);
  }

  #lock(): void {
    const file = join(this.folder, "lock");
    if (existsSync(file)) {
      const pid = Number(readFileSync(file, "utf8"));
      let runs = true;
      try {
        process.kill(pid, 0);
      } catch {
        runs = false;
      }
      if (runs && pid !== process.pid)
        throw new Refused(`another program (${pid}) uses ${this.folder}: end it, or choose another --data`);
    }
    const lock = openSync(file, "w");
    writeSync(lock, String(process.pid));
    closeSync(lock);
  }

  #load(): State {
    const fresh: State = {
      session: 0,
      number: 0,
      fileNumber: 0,
      pins: [],
      messages: [],
      carried: [],
      seen: [],
      rooms: [],
      taken: [],
      sending: [],
    };
    if (!existsSync(this.#file) || wrongly("forgets-all")) return fresh;
    const bytes = readFileSync(this.#file);
    try {
      if (bytes.readUInt32BE(60) !== 1) throw new Error("version");
      if (bytes.toString("latin1", 0, 15) !== "SQLite format 3") throw new Error("format");
      const state: State = JSON.parse(bytes.subarray(HEADER).toString());
      for (const message of state.messages)
        if (message.state === "sent" && message.to !== "all") message.state = "queued";
      return state;
    } catch {
      if (wrongly("starts-over")) return fresh;
      throw new Refused(`${this.#file} is damaged, or of another version: move it away`);
    }
  }

  #identity(): LanKey {
    const file = join(this.folder, "identity.pem");
    if (existsSync(file)) return lanKeyOf(createPrivateKey(readFileSync(file)));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeFileSync(file, pem, { mode: 0o600 });
    chmodSync(file, 0o600);
    return lanKeyOf(privateKey);
  }
}
