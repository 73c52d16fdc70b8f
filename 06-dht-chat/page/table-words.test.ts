// What is said of a simulated lookup is what has happened.

import { expect } from "chai";
import { idsFromSeed, type Lookup, randomFromSeed, SimulatedNetwork } from "../simulator.ts";
import {
  count,
  counted,
  describeDeaths,
  describeEnd,
  describeRound,
  describeStart,
  nodes,
} from "./table-words.ts";

async function lookupAmong(size: number): Promise<{ network: SimulatedNetwork; lookup: Lookup }> {
  const network = new SimulatedNetwork({ random: randomFromSeed(3) });
  for (const id of await idsFromSeed("words", size)) network.join(id);
  const [target = new Uint8Array(32)] = await idsFromSeed("key", 1);
  return { network, lookup: network.lookup(0, target) };
}

describe("what is said of the simulated table", () => {
  it("counts in plain English", () => {
    expect([count(5000), counted(1, "round"), counted(0, "round")]).to.deep.equal([
      "5,000",
      "1 round",
      "0 rounds",
    ]);
    expect([nodes([3]), nodes([3, 5]), nodes([3, 5, 8])]).to.deep.equal([
      "node 3",
      "nodes 3 and 5",
      "nodes 3, 5 and 8",
    ]);
    expect(nodes(Array.from({ length: 20 }, (_, number) => number))).to.match(/ 7 and 12 more$/);
  });

  it("tells of each round whom was asked, who was silent, and who is nearest", async () => {
    const { network, lookup } = await lookupAmong(100);
    const [first] = lookup.next;
    network.kill([first?.number ?? -1]);
    const [, second, third] = lookup.next.map(({ number }) => number);
    const round = lookup.step();
    if (round === undefined) throw new Error("the lookup has somebody to ask");
    const news = round.questions.reduce((sum, question) => sum + question.news.length, 0);
    expect(describeRound(lookup, round, 1)).to.match(
      new RegExp(
        `^Round 1: node 0 asks nodes ${first?.number}, ${second} and ${third}\\. Nodes ${second} and ${third} answer and name ${news} new nodes?\\. Node ${first?.number} does not answer in time\\. The nearest so far is node ${second}, which shares \\d+ bits? with the key\\.$`,
      ),
    );
  });

  it("tells how a lookup has ended, and whether it has found all", async () => {
    const { network, lookup } = await lookupAmong(100);
    lookup.run();
    const { rounds, questions } = lookup.cost;
    const truth = network.trueClosest(lookup.target, 8, 0);
    const start = `The lookup ends after ${rounds} rounds and ${questions} questions, all answered. The nearest is node ${truth[0]?.number}, `;
    expect(describeEnd(lookup, truth)).to.satisfy((text: string) => text.startsWith(start));
    expect(describeEnd(lookup, truth)).to.match(/These are the 8 nearest that there are\.$/);
    const stranger = { number: 1000, id: lookup.target };
    expect(describeEnd(lookup, [stranger, ...truth.slice(0, 7)])).to.match(
      /it has found 7: nobody who was asked knew the others\.$/,
    );
  });

  it("says when nobody answers, when nobody is known, and who has gone", async () => {
    const { network, lookup } = await lookupAmong(20);
    expect(describeStart(lookup, 20)).to.match(
      /^20 nodes\. Node 0 looks for a key, and begins with the 8 nearest that it knows\. The nearest/,
    );
    const [next] = lookup.next;
    expect(describeDeaths(lookup, [next?.number ?? -1], 19)).to.equal(
      "1 node has gone without a word, 1 of them on the list of this lookup. 19 nodes still answer; nobody knows which.",
    );
    network.kill(network.drawVictims(1, new Set([0])));
    lookup.run();
    expect(describeEnd(lookup, [])).to.match(/without an answer: nobody has answered\.$/);
    const alone = await lookupAmong(1);
    expect(describeStart(alone.lookup, 1)).to.equal("Node 0 knows nobody, and can ask nobody.");
  });
});
