// The hello of each side, and the errors that are told in clear (P10.6). Pure.

import { type Bytes, fromBase64, toBase64, toUtf8 } from "./bytes.ts";
import { KEY_BYTES } from "./cryptography.ts";
import { idOf, isPublicKey } from "./identity.ts";
import { parseObjectBytes } from "./json.ts";
import { type ErrorCode, isErrorCode } from "./session-error.ts";

/** The longest hello, in bytes; and the longest of anything in clear. */
export const MAX_HELLO_BYTES = 4096;

/** What a hello says. */
export interface Hello {
  readonly from: string;
  readonly to: string;
  /** Base64 of the Ed25519 public key. */
  readonly key: string;
  /** Which card is meant: 16 hexadecimal digits in lower case. */
  readonly card: string;
  /** X25519 public key, 32 bytes. */
  readonly share: Bytes;
}

/** The hello as it is sent. */
export function encodeHello(hello: Hello): Bytes {
  const { from, to, key, card, share } = hello;
  return toUtf8(JSON.stringify({ type: "hello", stage: "06", from, to, key, card, share: toBase64(share) }));
}

/** Reads a hello; who sent it is not checked. @returns undefined if it has not the form of one */
export function parseHello(bytes: Bytes): Hello | undefined {
  if (bytes.length > MAX_HELLO_BYTES) return undefined;
  const { type, stage, from, to, key, card, share } = parseObjectBytes(bytes) ?? {};
  const shareBytes = fromBase64(share);
  if (type !== "hello" || stage !== "06") return undefined;
  if (typeof from !== "string" || typeof to !== "string" || typeof key !== "string") return undefined;
  if (typeof card !== "string" || !/^[0-9a-f]{16}$/.test(card)) return undefined;
  if (shareBytes?.length !== KEY_BYTES) return undefined;
  return { from, to, key, card, share: shareBytes };
}

/**
 * Whether the hello's key and id are those of the connection, and it is meant for this side.
 * @param remoteKey what the engine has proved, 32 bytes
 * @param ownId this side's id
 */
export async function isHelloOf(hello: Hello, remoteKey: Bytes, ownId: string): Promise<boolean> {
  return (
    isPublicKey(remoteKey) &&
    hello.key === toBase64(remoteKey) &&
    hello.from === (await idOf(remoteKey)) &&
    hello.to === ownId
  );
}

/** An error as it is told in clear. */
export function encodeError(code: ErrorCode): Bytes {
  return toUtf8(JSON.stringify({ type: "error", code }));
}

/** @returns the code that the other side tells, "bad-hello" for one that is not known, undefined if this is no error */
export function parseError(bytes: Bytes): ErrorCode | undefined {
  if (bytes.length > MAX_HELLO_BYTES) return undefined;
  const { type, code } = parseObjectBytes(bytes) ?? {};
  if (type !== "error") return undefined;
  return isErrorCode(code) ? code : "bad-hello";
}
