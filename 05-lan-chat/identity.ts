// Who somebody is (P8.2): an RSA key that stays. With it they sign (PSS), and others seal keys for them (OAEP).

import type { KeyObject } from "node:crypto";

/** Somebody's public key. */
export interface PublicIdentity {
  /** The SubjectPublicKeyInfo: 294 bytes. */
  readonly der: Buffer;
  readonly key: KeyObject;
  /** SHA-256 of it, base64url without padding: 43 characters. */
  readonly fingerprint: string;
}

/** One's own key. */
export interface Identity extends PublicIdentity {
  readonly privateKey: KeyObject;
}

/** The one form that a public key has (P8.2); undefined for any other bytes. */
export function parsePublicKey(der: Buffer): PublicIdentity | undefined {
  throw new Error(`not yet: ${der}`);
}

/** The fingerprint of a SubjectPublicKeyInfo, or of any bytes that say they are one. */
export function fingerprintOf(der: Buffer): string {
  throw new Error(`not yet: ${der}`);
}

export function isFingerprint(value: unknown): value is string {
  throw new Error(`not yet: ${value}`);
}

/** Draws a new key. */
export function makeIdentity(): Promise<Identity> {
  throw new Error("not yet");
}

/** PKCS#8, as it stands in identity.pem. */
export function pemOf(identity: Identity): string {
  throw new Error(`not yet: ${identity}`);
}

/** Reads what pemOf wrote; undefined if it is no such key. */
export function identityOf(pem: string): Identity | undefined {
  throw new Error(`not yet: ${pem}`);
}

/** RSA-PSS with SHA-256 and a salt of 32 bytes over label, NUL, message: 256 bytes. */
export function sign(identity: Identity, label: string, message: Buffer): Buffer {
  throw new Error(`not yet: ${[identity, label, message]}`);
}

export function isSignedBy(
  identity: PublicIdentity,
  label: string,
  message: Buffer,
  signature: Buffer,
): boolean {
  throw new Error(`not yet: ${[identity, label, message, signature]}`);
}

/** RSA-OAEP (SHA-256, MGF1 with SHA-256, no label): 256 bytes. */
export function sealKey(to: PublicIdentity, key: Buffer): Buffer {
  throw new Error(`not yet: ${[to, key]}`);
}

export function openSealedKey(identity: Identity, sealed: Buffer): Buffer | undefined {
  throw new Error(`not yet: ${[identity, sealed]}`);
}
