// Reads letters of stage 05 (P9.8): what their carriers can see, and with the recipient's identity, what is in them. Pure.

import { decodeBase64 } from "../../05-lan-chat/base64.ts";
import { decryptToken } from "../../05-lan-chat/fernet.ts";
import { type Identity, identityOf, openSealedKey } from "../../05-lan-chat/identity.ts";
import { type JsonLine, jsonOf } from "./protocols.ts";

/** Who may open a letter that is for them. */
export type Reader = Identity;

export interface Letter {
  /** The whole line, as it is handed over. */
  line: Buffer;
  /** What is signed, and its members. */
  body: Buffer;
  object: JsonLine & { to: string; from: string };
}

/** What is in a letter, or why it cannot be opened. */
export type OpenedLetter = { plaintext: Buffer; seconds: number } | { problem: string };

/** @param pem what identity.pem holds; undefined if it is no identity (P8.2) */
export function readerOf(pem: string): Reader | undefined {
  return identityOf(pem);
}

/** @param file a letter as one line, with or without an LF; undefined if it is none */
export function letterIn(file: Buffer): Letter | undefined {
  const end = file.indexOf(0x0a);
  const line = end === -1 ? file : file.subarray(0, end);
  const outer = jsonOf(line);
  if (outer?.type !== "letter" || typeof outer.body !== "string") return undefined;
  const body = Buffer.from(outer.body);
  const object = jsonOf(body);
  const { to, from } = object ?? {};
  return typeof to === "string" && typeof from === "string"
    ? { line, body, object: { ...object, to, from } }
    : undefined;
}

/**
 * Opens a letter. Whether its signature is right is not looked at: a letter names its writer by the fingerprint alone, and
 * who checks it has their key from a session.
 */
export function openLetter({ object }: Letter, reader: Reader): OpenedLetter {
  const { to, key, token } = object;
  if (reader.fingerprint !== to)
    return { problem: `it is for ${to}, and this identity is ${reader.fingerprint}` };
  const sealed = decodeBase64(key);
  const opened = sealed === undefined ? undefined : openSealedKey(reader, sealed);
  if (opened === undefined) return { problem: "its key is not sealed for this identity" };
  const inside = typeof token === "string" ? decryptToken(opened, token) : undefined;
  return inside ?? { problem: "its token is not under the key that it holds" };
}
