// Proofs: each side signs what both have said, with the key that stays (P9.4). Pure.
//
// Diffie-Hellman alone agrees on keys with anybody. The signature is over the salt, and so over both hellos: whoever
// stands between two peers has other hellos with each, and cannot use the signature of one towards the other.

import { decodeBase64, encodeBase64 } from "./base64.ts";
import type { Role } from "./hello.ts";
import { type Identity, isSignedBy, type PublicIdentity, parsePublicKey, sign } from "./identity.ts";
import type { JsonObject } from "./messages.ts";

/** The two roles sign different texts, so that nobody can send a proof back to whom it came from. */
const LABELS: Readonly<Record<Role, string>> = {
  initiator: "p2p-mesh 05 proof initiator",
  responder: "p2p-mesh 05 proof responder",
};

// BEGIN SOLUTION 05-proof
/** The proof that this identity takes part in the handshake with this salt. */
export function makeProof(identity: Identity, role: Role, salt: Buffer): JsonObject {
  const signature = sign(identity, LABELS[role], Buffer.concat([salt, identity.der]));
  return { type: "proof", key: encodeBase64(identity.der), signature: encodeBase64(signature) };
}

/** Who has proved to be at the other end; undefined if anything is wrong with the proof. */
export function checkProof(object: JsonObject, sender: Role, salt: Buffer): PublicIdentity | undefined {
  if (object.type !== "proof") return undefined;
  const der = decodeBase64(object.key);
  const signature = decodeBase64(object.signature);
  if (der === undefined || signature === undefined) return undefined;
  const peer = parsePublicKey(der);
  if (peer === undefined) return undefined;
  return isSignedBy(peer, LABELS[sender], Buffer.concat([salt, der]), signature) ? peer : undefined;
}
// END SOLUTION 05-proof
