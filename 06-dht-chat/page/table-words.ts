// What has happened in the simulated table, in sentences: for the line below its picture, and for screen readers. Pure.

import { type Contact, type Lookup, type Round, sharedBits } from "../simulator.ts";

/** So many nodes are named; of more, the number says enough. */
const MOST_NAMED = 8;

/** A number with commas between thousands. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "1 round", "2 rounds". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** "node 3", "nodes 3 and 5", "nodes 3, 5 and 8". */
export function nodes(numbers: readonly number[]): string {
  const shown = numbers.slice(0, MOST_NAMED).map(String);
  if (numbers.length > MOST_NAMED) shown.push(`${count(numbers.length - MOST_NAMED)} more`);
  const last = shown.pop() ?? "none";
  return `${numbers.length === 1 ? "node" : "nodes"} ${shown.length === 0 ? last : `${shown.join(", ")} and ${last}`}`;
}

/** What a round has brought. @param number from 1 */
export function describeRound(lookup: Lookup, round: Round, number: number): string {
  const numbersOf = (isSilent: boolean) =>
    round.questions.filter(({ told }) => (told === undefined) === isSilent).map(({ asked }) => asked);
  const [answered, silent] = [numbersOf(false), numbersOf(true)];
  const news = round.questions.reduce((sum, question) => sum + question.news.length, 0);
  const sentences = [
    `Round ${number}: node ${lookup.from} asks ${nodes(round.questions.map(({ asked }) => asked))}.`,
  ];
  if (answered.length > 0) {
    const isOne = answered.length === 1;
    const who = silent.length > 0 ? capital(nodes(answered)) : isOne ? "It" : "All";
    const whom = news === 0 ? "nobody new" : counted(news, "new node");
    sentences.push(`${who} ${isOne ? "answers and names" : "answer and name"} ${whom}.`);
  }
  if (silent.length > 0) {
    sentences.push(`${capital(nodes(silent))} ${silent.length === 1 ? "does" : "do"} not answer in time.`);
  }
  if (round.closest !== undefined)
    sentences.push(`The nearest so far is ${nearness(lookup, round.closest)}.`);
  return sentences.join(" ");
}

/** How a lookup has ended. @param truth whom somebody who sees everything would name */
export function describeEnd(lookup: Lookup, truth: readonly Contact[]): string {
  const { rounds, questions, timeOuts } = lookup.cost;
  const cost = `after ${counted(rounds, "round")} and ${counted(questions, "question")}, ${timeOuts === 0 ? "all answered" : `${count(timeOuts)} without an answer`}`;
  const nearest = lookup.found[0];
  if (nearest === undefined) return `The lookup ends ${cost}: nobody has answered.`;
  const found = new Set(lookup.found.map(({ number }) => number));
  const right = truth.filter(({ number }) => found.has(number)).length;
  const verdict =
    right === truth.length
      ? `These are the ${truth.length} nearest that there are.`
      : `Of the ${truth.length} nearest that there are, it has found ${right}: nobody who was asked knew the others.`;
  return `The lookup ends ${cost}. The nearest is ${nearness(lookup, nearest)}. ${verdict}`;
}

/** Who is on the list of a lookup that has not begun. */
export function describeStart(lookup: Lookup, size: number): string {
  const known = lookup.shortlist;
  if (known.length === 0) return `Node ${lookup.from} knows nobody, and can ask nobody.`;
  const [nearest] = known;
  const whom = nearest === undefined ? "" : ` The nearest of them is ${nearness(lookup, nearest)}.`;
  return `${counted(size, "node")}. Node ${lookup.from} looks for a key, and begins with the ${known.length} nearest that it knows.${whom}`;
}

/** What was killed. */
export function describeDeaths(lookup: Lookup, dead: readonly number[], living: number): string {
  const listed = new Set(lookup.shortlist.map(({ number }) => number));
  const concerned = dead.filter((number) => listed.has(number)).length;
  const list =
    concerned === 0
      ? "none of them on the list of this lookup"
      : `${count(concerned)} of them on the list of this lookup`;
  return `${counted(dead.length, "node")} ${dead.length === 1 ? "has" : "have"} gone without a word, ${list}. ${counted(living, "node")} still ${living === 1 ? "answers" : "answer"}; nobody knows which.`;
}

function nearness(lookup: Lookup, { number, id }: Contact): string {
  return `node ${number}, which shares ${counted(sharedBits(lookup.target, id), "bit")} with the key`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
