// A simulator of the distributed hash table, to look inside: Kademlia (Maymounkov and Mazières, 2002) over ids of
// 256 bits, with nodes that are objects in one memory. Pure: ids and randomness are arguments, and nothing waits.
//
// What it leaves out: time (all questions of a round are answered at once, while a real node asks the next one as soon
// as any answer comes), addresses and connections, records that are stored, nodes that lie, the refreshing of tables
// every few minutes, and the several paths on which js-libp2p looks for the same key at once. What it does not leave
// out: nobody sees the whole network. A node knows whom it has met, since it has joined through one node it knew.

import { fromBase58 } from "./base58.ts";
import { type Bytes, toUtf8 } from "./bytes.ts";
import { sha256 } from "./cryptography.ts";

/** k of P10.5: how many contacts a bucket holds, and how many nodes a lookup finds. */
export const BUCKET_SIZE = 8;
/** alpha of P10.5: how many nodes a lookup asks at once. */
export const PARALLEL_QUESTIONS = 3;

/** The longest peer id that is read, in characters. */
const LONGEST_PEER_ID = 128;

/** The position of a record's key in the table: SHA-256 of the key's bytes (32 bytes), as libp2p's kad-dht takes it. */
export function idOfKey(key: Bytes): Promise<Bytes> {
  return sha256(key);
}

/**
 * The position of a node in the table: SHA-256 of the bytes of its peer id, which are a multihash.
 * @throws RangeError if the text is not in base 58, or too long
 */
export async function idOfPeer(peerId: string): Promise<Bytes> {
  const bytes = fromBase58(peerId, LONGEST_PEER_ID);
  if (bytes === undefined) throw new RangeError("a peer id has at most 128 characters, all of base 58");
  return sha256(bytes);
}

/** As many ids as are wanted, always the same ones for the same seed. */
export function idsFromSeed(seed: string, count: number): Promise<Bytes[]> {
  return Promise.all(Array.from({ length: count }, (_, number) => sha256(toUtf8(`${seed}/${number}`))));
}

/** Numbers from 0 to less than 1, always the same ones for the same seed (mulberry32). Not for secrets. */
export function randomFromSeed(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// BEGIN SOLUTION 06-number
/**
 * Compares how far two ids are from a third. The distance of two ids is their XOR, read as one large number.
 * @returns a negative number if `one` is nearer, a positive one if `other` is, 0 if they are the same id
 */
export function compareDistances(target: Bytes, one: Bytes, other: Bytes): number {
  for (let index = 0; index < target.length; index++) {
    const byte = target[index] ?? 0;
    const difference = ((one[index] ?? 0) ^ byte) - ((other[index] ?? 0) ^ byte);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Of many contacts the nearest to an id, the nearest first: `count` of them, or all if there are fewer. */
export function closestOf(contacts: Iterable<Contact>, target: Bytes, count: number): Contact[] {
  const closest: Contact[] = [];
  for (const contact of contacts) {
    const last = closest[count - 1];
    if (last !== undefined && compareDistances(target, contact.id, last.id) >= 0) continue;
    const place = closest.findIndex(({ id }) => compareDistances(target, contact.id, id) < 0);
    closest.splice(place < 0 ? closest.length : place, 0, contact);
    if (closest.length > count) closest.pop();
  }
  return closest;
}
// END SOLUTION 06-number

/** With how many equal bits two ids begin: 0 to 256. Each one more halves how far apart they can be. */
export function sharedBits(one: Bytes, other: Bytes): number {
  for (let index = 0; index < one.length; index++) {
    const difference = (one[index] ?? 0) ^ (other[index] ?? 0);
    if (difference !== 0) return index * 8 + Math.clz32(difference) - 24;
  }
  return one.length * 8;
}

/** What one node knows of another. The number stands for an address. */
export interface Contact {
  readonly number: number;
  readonly id: Bytes;
}

/** Says which bucket of a table holds an id. */
export type BucketRule = (own: Bytes, id: Bytes) => number;

/** Kademlia's rule: bucket b holds ids that share exactly b bits with one's own. The nearer, the better one knows them. */
export const byDistance: BucketRule = sharedBits;

/** The rule of js-libp2p's kad-dht: its buckets are the beginnings of ids, wherever one's own id is. 6 bits at first. */
export function byPrefix(bits: number): BucketRule {
  return (_, id) => (((id[0] ?? 0) << 8) | (id[1] ?? 0)) >>> (16 - bits);
}

/** The contacts of one node, in buckets of k. */
export class RoutingTable {
  readonly #own: Bytes;
  readonly #rule: BucketRule;
  readonly #size: number;
  readonly #buckets = new Map<number, Contact[]>();

  constructor(own: Bytes, rule: BucketRule = byDistance, size: number = BUCKET_SIZE) {
    this.#own = own;
    this.#rule = rule;
    this.#size = size;
  }

  /**
   * Takes a contact that has just been heard of. When its bucket is full, the contact that was not heard of for the
   * longest time is asked whether it lives, and keeps its place if it does: who was there for long, stays for long.
   */
  add(contact: Contact, isAlive: (old: Contact) => boolean): void {
    const index = this.#rule(this.#own, contact.id);
    const bucket = this.#buckets.get(index) ?? [];
    this.#buckets.set(index, bucket);
    const place = bucket.findIndex(({ number }) => number === contact.number);
    if (place >= 0) bucket.splice(place, 1);
    if (bucket.length >= this.#size) {
      const oldest = bucket.shift();
      if (oldest !== undefined && isAlive(oldest)) contact = oldest;
    }
    bucket.push(contact);
  }

  /** Forgets a contact that did not answer. */
  remove({ number, id }: Contact): void {
    const bucket = this.#buckets.get(this.#rule(this.#own, id)) ?? [];
    const place = bucket.findIndex((contact) => contact.number === number);
    if (place >= 0) bucket.splice(place, 1);
  }

  /** The contacts nearest to an id, the nearest first. */
  closest(target: Bytes, count: number = this.#size): Contact[] {
    return closestOf([...this.#buckets.values()].flat(), target, count);
  }

  /** The buckets that are not empty, in the order of their numbers. */
  buckets(): { bucket: number; contacts: readonly Contact[] }[] {
    return [...this.#buckets]
      .filter(([, contacts]) => contacts.length > 0)
      .sort(([one], [other]) => one - other)
      .map(([bucket, contacts]) => ({ bucket, contacts: [...contacts] }));
  }

  get size(): number {
    return [...this.#buckets.values()].reduce((sum, contacts) => sum + contacts.length, 0);
  }
}

/** One node: its contacts, and whether it still answers. */
export interface SimulatedNode extends Contact {
  readonly table: RoutingTable;
  isAlive: boolean;
}

export interface NetworkOptions {
  /** Says through whom a node joins, and who is killed. */
  random: () => number;
  rule?: BucketRule;
  bucketSize?: number;
  parallelQuestions?: number;
}

/** All nodes. What a node answers comes from its own table; only `trueClosest` and the pictures see everything. */
export class SimulatedNetwork {
  readonly nodes: SimulatedNode[] = [];
  readonly bucketSize: number;
  readonly parallelQuestions: number;
  readonly #random: () => number;
  readonly #rule: BucketRule;

  constructor({ random, rule, bucketSize, parallelQuestions }: NetworkOptions) {
    this.#random = random;
    this.#rule = rule ?? byDistance;
    this.bucketSize = bucketSize ?? BUCKET_SIZE;
    this.parallelQuestions = parallelQuestions ?? PARALLEL_QUESTIONS;
  }

  /**
   * A new node joins: it knows one node, drawn from those alive, and looks for its own id. So it meets its neighbours,
   * and everybody whom it asks meets it.
   * @returns that lookup; undefined for the first node, which has nobody to ask
   */
  join(id: Bytes): Lookup | undefined {
    const known = this.#draw(this.alive());
    const table = new RoutingTable(id, this.#rule, this.bucketSize);
    const node: SimulatedNode = { number: this.nodes.length, id, table, isAlive: true };
    this.nodes.push(node);
    if (known === undefined) return undefined;
    table.add(known, this.#isAlive);
    const lookup = this.lookup(node.number, id);
    lookup.run();
    return lookup;
  }

  /** Ends nodes without a word, as when a laptop is closed. Numbers that no node has are passed over. */
  kill(numbers: Iterable<number>): void {
    for (const number of numbers) {
      const node = this.nodes[number];
      if (node !== undefined) node.isAlive = false;
    }
  }

  /** Draws nodes to be killed: a share (0 to 1) of those alive, at least one, never one of those that are spared. */
  drawVictims(share: number, spared: ReadonlySet<number> = new Set()): number[] {
    const candidates = this.alive().filter(({ number }) => !spared.has(number));
    const count = Math.min(candidates.length, Math.max(1, Math.round(share * candidates.length)));
    return Array.from({ length: count }, () => {
      const place = Math.floor(this.#random() * candidates.length);
      return candidates.splice(place, 1)[0]?.number ?? -1;
    });
  }

  alive(): SimulatedNode[] {
    return this.nodes.filter(({ isAlive }) => isAlive);
  }

  /** Begins a lookup of an id by one node. @throws RangeError if there is no such node */
  lookup(from: number, target: Bytes): Lookup {
    const node = this.nodes[from];
    if (node === undefined)
      throw new RangeError(`there are ${this.nodes.length} nodes, and none has the number ${from}`);
    return new Lookup(this, node, target);
  }

  /**
   * One node asks another for the contacts nearest to an id (FIND_NODE). Both meet each other by it, and who asks pings
   * the contacts it is told of, and keeps those that live, as js-libp2p's kad-dht does.
   * @returns what the other answers; undefined if it is dead, and then who asked forgets it
   */
  ask(asking: SimulatedNode, asked: Contact, target: Bytes): Contact[] | undefined {
    const other = this.nodes[asked.number];
    if (other === undefined || !other.isAlive) {
      asking.table.remove(asked);
      return undefined;
    }
    const told = other.table
      .closest(target, this.bucketSize + 1)
      .filter(({ number }) => number !== asking.number)
      .slice(0, this.bucketSize);
    other.table.add(toContact(asking), this.#isAlive);
    for (const contact of [asked, ...told])
      if (this.#isAlive(contact)) asking.table.add(contact, this.#isAlive);
    return told;
  }

  /** The nodes that live and are nearest to an id, as only somebody who sees everything could tell. */
  trueClosest(target: Bytes, count: number = this.bucketSize, except = -1): Contact[] {
    const others = this.nodes.filter(({ isAlive, number }) => isAlive && number !== except);
    return closestOf(others, target, count).map(toContact);
  }

  readonly #isAlive = ({ number }: Contact): boolean => this.nodes[number]?.isAlive === true;

  #draw<Value>(values: readonly Value[]): Value | undefined {
    return values[Math.floor(this.#random() * values.length)];
  }
}

function toContact({ number, id }: Contact): Contact {
  return { number, id };
}

/** A node that a lookup has heard of. */
export interface Candidate extends Contact {
  /** Who told of it; undefined if it stood in the own table. */
  readonly toldBy: number | undefined;
  /** How many have told of each other up to it: 1 for a contact of the own table. */
  readonly hops: number;
  state: "not asked" | "answered" | "silent";
}

/** A question of a lookup, and what became of it. */
export interface Question {
  readonly asked: number;
  /** Whom the answer named; undefined if none came in time. */
  readonly told: readonly number[] | undefined;
  /** Those of them that the lookup had not heard of. */
  readonly news: readonly number[];
}

/** One round: some questions at once, and all their answers. */
export interface Round {
  readonly questions: readonly Question[];
  /** Of those that have answered up to now, the nearest. */
  readonly closest: Candidate | undefined;
}

/** The state of an iterative lookup, round by round. It ends when the k nearest that are not silent have answered. */
export class Lookup {
  readonly target: Bytes;
  readonly from: number;
  readonly rounds: Round[] = [];
  readonly #network: SimulatedNetwork;
  readonly #node: SimulatedNode;
  /** Everybody heard of, the nearest first. */
  readonly #candidates: Candidate[] = [];
  readonly #heardOf = new Set<number>();

  /** Made by `SimulatedNetwork.lookup`. */
  constructor(network: SimulatedNetwork, node: SimulatedNode, target: Bytes) {
    this.target = target;
    this.from = node.number;
    this.#network = network;
    this.#node = node;
    this.#heardOf.add(node.number);
    for (const contact of node.table.closest(target, network.bucketSize)) this.#hear(contact, undefined, 1);
  }

  /** The k nearest of those heard of, without the silent ones. */
  get shortlist(): Candidate[] {
    return this.#candidates.filter(({ state }) => state !== "silent").slice(0, this.#network.bucketSize);
  }

  /** The k nearest of those that have answered: what the lookup has found. */
  get found(): Candidate[] {
    return this.#candidates.filter(({ state }) => state === "answered").slice(0, this.#network.bucketSize);
  }

  /** Whom the next round asks: of the shortlist, the nearest that were not asked, alpha of them at most. */
  get next(): Candidate[] {
    const open = this.shortlist.filter(({ state }) => state === "not asked");
    return open.slice(0, this.#network.parallelQuestions);
  }

  get isOver(): boolean {
    return this.next.length === 0;
  }

  /** What it has cost: questions asked, how many of them nobody answered, and rounds. */
  get cost(): { rounds: number; questions: number; timeOuts: number } {
    const questions = this.rounds.flatMap((round) => round.questions);
    const timeOuts = questions.filter(({ told }) => told === undefined).length;
    return { rounds: this.rounds.length, questions: questions.length, timeOuts };
  }

  /** How many have told of each other on the way to the nearest that was found; 0 if none was found. */
  get hops(): number {
    return this.found[0]?.hops ?? 0;
  }

  candidate(number: number): Candidate | undefined {
    return this.#candidates.find((candidate) => candidate.number === number);
  }

  /** Asks the next ones, and hears their answers. @returns the round; undefined if the lookup is over */
  step(): Round | undefined {
    const asked = this.next;
    if (asked.length === 0) return undefined;
    const questions = asked.map((candidate) => this.#ask(candidate));
    const round = { questions, closest: this.found[0] };
    this.rounds.push(round);
    return round;
  }

  /** Goes on to the end. */
  run(): this {
    while (this.step() !== undefined);
    return this;
  }

  #ask(candidate: Candidate): Question {
    const told = this.#network.ask(this.#node, toContact(candidate), this.target);
    candidate.state = told === undefined ? "silent" : "answered";
    const news = (told ?? []).filter(({ number }) => !this.#heardOf.has(number));
    for (const contact of news) this.#hear(contact, candidate.number, candidate.hops + 1);
    const numbers = (contacts: readonly Contact[]) => contacts.map(({ number }) => number);
    return { asked: candidate.number, told: told && numbers(told), news: numbers(news) };
  }

  /** Puts somebody new into its place. */
  #hear({ number, id }: Contact, toldBy: number | undefined, hops: number): void {
    this.#heardOf.add(number);
    const place = this.#candidates.findIndex((other) => compareDistances(this.target, other.id, id) > 0);
    const candidate: Candidate = { number, id, toldBy, hops, state: "not asked" };
    this.#candidates.splice(place < 0 ? this.#candidates.length : place, 0, candidate);
  }
}
