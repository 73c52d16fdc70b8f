// Lists the attacks by name: what each does, on which stages, and what stops it. Pure.

/** The stages whose users a registry brings together. */
export type ChatStage = "02" | "03" | "04";

export type Stage = ChatStage | "05" | "06";

export interface Attack {
  name: string;
  /** The stages that the attack runs on. Without --stage it runs on the first. */
  stages: readonly [Stage, ...Stage[]];
  /** An argument of this attack alone, as the usage shows it. */
  argument?: string;
  about: string;
  /** The defence that stops the attack, and its stage. */
  stoppedBy: string;
  /** The same on stage 05, if it is another one there. */
  stoppedIn05?: string;
}

export const ATTACKS: readonly Attack[] = [
  {
    name: "sniff",
    stages: ["02", "03", "04"],
    argument: "FILE",
    about: "read a chat from a capture",
    stoppedBy: "encryption that holds: stage 04 (P6.2). Stage 03's falls to crib.",
  },
  {
    name: "spoof",
    stages: ["02", "03", "04"],
    about: "talk to Bob as Alice",
    stoppedBy: "no stage. From 03 on, comparing safety numbers shows it (P4.6).",
  },
  {
    name: "rogue-registry",
    stages: ["02", "03", "04"],
    about: "a registry that sends Bob's callers to Mallory",
    stoppedBy: "no stage. From 03 on, comparing safety numbers shows it (P4.6).",
  },
  {
    name: "brute-force",
    stages: ["03"],
    argument: "FILE",
    about: "find the private keys of the toy group by trying them all",
    stoppedBy: "a large group, such as the usual one of 2,048 bits (P4.2).",
  },
  {
    name: "crib",
    stages: ["03", "04"],
    argument: "FILE",
    about: "find the XOR key from how every line begins, and read everything",
    stoppedBy: "a real cipher, with a fresh IV for every line: stage 04 (P6.2).",
  },
  {
    name: "bad-key",
    stages: ["03", "04"],
    about: "send the public key 0, 1 or p - 1, so that the secret is known",
    stoppedBy: "the check that a key is from 2 to p - 2: stages 03, 04 (P4.4).",
  },
  {
    name: "mitm",
    stages: ["03", "04", "05"],
    about: "sit between Alice and Bob, read everything and change it",
    stoppedBy: "no stage. Comparing safety numbers shows it (P4.6).",
    stoppedIn05: "proofs with keys that stay (P9.4), pinned at first contact (P9.5).",
  },
  {
    name: "mallory",
    stages: ["03", "04"],
    about: "the same as mitm, with users that you start yourself",
    stoppedBy: "no stage. Comparing safety numbers shows it (P4.6).",
  },
  {
    name: "bit-flip",
    stages: ["04", "03"],
    about: "change an encrypted text without the key",
    stoppedBy: "a tag that is checked before decrypting: stage 04 (P6.3).",
  },
  {
    name: "padding-oracle",
    stages: ["04"],
    about: "read AES-CBC by asking whether the padding is right",
    stoppedBy: "a tag that is checked before decrypting: stage 04 (P6.3).",
  },
  {
    name: "replay",
    stages: ["04", "03"],
    about: "send a line of Alice's to Bob twice",
    stoppedBy: "a sequence number under the tag: stage 04 (P6.2, P6.3).",
  },
  {
    name: "reflect",
    stages: ["04", "03"],
    about: "send Alice's line back to Alice, as if Bob had said it",
    stoppedBy: "a key of its own for each direction: stage 04 (P6.1).",
  },
  {
    name: "truncate",
    stages: ["04", "03"],
    about: "cut a chat short, so that it looks like a goodbye",
    stoppedBy: "a goodbye that needs the key: stage 04 (P6.4, P3.5).",
  },
  {
    name: "weak-passphrase",
    stages: ["05"],
    argument: "FILE",
    about: "find a team's passphrase from one beacon, by trying words",
    stoppedBy: "a passphrase that a program draws: --new-team (P8.1, P8.3).",
  },
  {
    name: "replayed-beacon",
    stages: ["05"],
    about: "bring somebody back who has left, with a recorded beacon",
    stoppedBy: "the time in a token, and numbers that are remembered (P8.6).",
  },
  {
    name: "forged-goodbye",
    stages: ["05"],
    about: "say goodbye in the name of another member of the team",
    stoppedBy: "a signature on every beacon (P8.5), and sessions that only grow (P8.6).",
  },
  {
    name: "name-thief",
    stages: ["05"],
    about: "join the team under the name of another member",
    stoppedBy: "pinning: a name belongs to the key of the first session (P8.10, P9.5).",
  },
  {
    name: "end-marker",
    stages: ["05"],
    about: "write a text that ends its frame and begins another",
    stoppedBy: "an alphabet without the end: every text lies in a token (P9.1).",
  },
  {
    name: "stolen-identity",
    stages: ["05"],
    about: "read yesterday's words with a key that is stolen today",
    stoppedBy: "keys that exist for one session only (P9.3). Letters have none (P9.8).",
  },
  {
    name: "forged-record",
    stages: ["06"],
    about: "put false records for somebody's number into the table",
    stoppedBy: "every node checks id, key, time and signature (P10.3, P10.4).",
  },
  {
    name: "second-key",
    stages: ["06"],
    about: "make keys until one has the number of somebody else",
    stoppedBy: "pinned keys and the card's secret: a number only finds (P10.1, P10.6).",
  },
  {
    name: "eavesdropping-relay",
    stages: ["06"],
    about: "run the relay of a chat, and keep all that it sees",
    stoppedBy: "sealing from page to page (P10.6). Who, when and how much stay to be seen.",
  },
];
