// Finds in the capture of stage 06 who sends a picture to whom, and through which node: by how much passes, since nothing
// else can be seen.

import type { Found, Question } from "../exercises/question.ts";
import { outputOf } from "./support/output.ts";

const SHOW = ["captures/show.ts", "captures/06-dht-chat.pcap"];

/** A row of `show`: two addresses with ports, what it is, and how many bytes each of them has sent. */
const ROW =
  /^ *[0-9]+ +([0-9.]+):[0-9]+ +([0-9.]+):[0-9]+ +06, to a node\b.*? ([0-9]+) +([0-9]+) +[0-9.]+$/gm;

/** The picture has 30,000 bytes; all else that a page sends or gets here is less. */
const MANY = 30_000;

interface Connection {
  page: string;
  node: string;
  sent: number;
  got: number;
}

async function readConnections(): Promise<Connection[]> {
  return [...(await outputOf(SHOW)).matchAll(ROW)].map(([, page = "", node = "", sent, got]) => ({
    page,
    node,
    sent: Number(sent),
    got: Number(got),
  }));
}

async function find(): Promise<Found> {
  const connections = await readConnections();
  const [sender, ...moreSenders] = connections.filter(({ sent }) => sent > MANY);
  const [reader, ...moreReaders] = connections.filter(({ got }) => got > MANY);
  if (!sender || !reader || moreSenders.length + moreReaders.length > 0 || sender.node !== reader.node)
    throw new Error("the capture does not show one page that sends much to another one, through one node");
  return {
    answers: [`${sender.page} ${reader.page} ${sender.node}`],
    observed: `${sender.page} has sent ${sender.sent} bytes to the node ${sender.node}, and this has sent ${reader.got} bytes to ${reader.page}`,
  };
}

export const question: Question = {
  find,
  explain(answer, { answers }) {
    const [sender, reader, node, ...more] = answer.split(" ");
    const [rightSender, rightReader, rightNode] = (answers[0] ?? "").split(" ");
    if (reader === undefined || node === undefined || more.length > 0)
      return "Three addresses are asked for, such as 10.0.0.9 10.0.0.8 10.0.0.7.";
    if (sender === rightReader && reader === rightSender)
      return "These two it is, but the other way round. Who has sent much to the node, and who has got much from it?";
    if (sender === rightNode || reader === rightNode)
      return "This one is a node: the others have called it at port 8060. Who sent the bytes to it, and who got them from it?";
    if (sender === rightSender && reader === rightReader)
      return "The two are right. But this node has carried little. Look for the one through which both have had a lot.";
    return "Compare the columns `a sent` and `b sent`: a picture of 30,000 bytes goes once from a page to a node, and once from the node to a page.";
  },
  normalise: (answer) => (answer.match(/[0-9]+(?:\.[0-9]+){3}/g) ?? [answer.trim().toLowerCase()]).join(" "),
};
