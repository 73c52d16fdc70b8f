// Hands six records to six nodes of stage 06 that have nothing of their owner yet, and looks which of them is kept.

import type { Prediction } from "../exercises/question.ts";
import { numbersOf } from "./support/numbers.ts";
import { jsonFrom } from "./support/output.ts";

const PROGRAM = `
  const { toBase64, fromUtf8, toUtf8, concat } = await import("./06-dht-chat/bytes.ts");
  const { makeIdentity, sign } = await import("./06-dht-chat/identity.ts");
  const { makeRecord, recordKey } = await import("./06-dht-chat/record.ts");
  const { RecordTable } = await import("./06-dht-chat/record-table.ts");
  const [ann, mallory, relay] = [await makeIdentity(), await makeIdentity(), await makeIdentity()];
  const now = Date.now();
  const make = (identity, minutes) => makeRecord({ identity, seq: now - minutes * 60_000,
    expires: now - minutes * 60_000 + 3_600_000,
    addresses: ["/ip4/192.0.2.1/tcp/8060/ws/p2p/" + relay.peerId + "/p2p-circuit/p2p/" + identity.peerId] });
  const parse = (record) => JSON.parse(fromUtf8(record));
  const signed = async (identity, body) => toUtf8(JSON.stringify({ body,
    signature: toBase64(await sign(identity, concat(toUtf8("p2p-chat 06 record\\0"), toUtf8(body)))) }));
  const newest = await make(ann, 0);
  const { body, signature } = parse(newest);
  const records = [
    toUtf8(JSON.stringify({ body: body.replace("192.0.2.1", "192.0.2.9"), signature })),
    await make(ann, 30),
    await signed(mallory, body.replace("192.0.2.1", "192.0.2.9")),
    await signed(mallory, parse(await make(mallory, 0)).body.replace(mallory.id, ann.id)),
    toUtf8(JSON.stringify({ signature, body }, undefined, 2)),
    toUtf8(JSON.stringify({ body: JSON.stringify(JSON.parse(body), undefined, 2), signature })),
  ];
  const put = async (record) => (await new RecordTable().put(recordKey(ann.id), record, now)) ?? "kept";
  console.log(JSON.stringify(await Promise.all(records.map(put))));
`;

export const question: Prediction = {
  async find() {
    const outcomes = (await jsonFrom(PROGRAM)) as string[];
    const kept = outcomes.flatMap((outcome, index) => (outcome === "kept" ? [index + 1] : []));
    const refused = outcomes.flatMap((outcome, index) =>
      outcome === "kept" ? [] : [`${index + 1} (${outcome})`],
    );
    return {
      answers: [kept.join(" ")],
      observed: `${kept.join(" and ")} were kept; refused were ${refused.join(", ")}`,
    };
  },
  problemOf: (answer) =>
    answer === "none" || /^[1-6](?: [1-6])*$/.test(answer)
      ? undefined
      : "Enter numbers from 1 to 6, such as 1 2 3, or none.",
  explain(answer) {
    const guess = new Set(numbersOf(answer));
    const isIn = (number: string): boolean => guess.has(number);
    if (isIn("1") || isIn("3"))
      return "Records 1 and 3 say another address than the one that Ann has signed, and Ann's key stands in them. Mallory cannot sign for it.";
    if (isIn("4"))
      return "Record 4 is signed well, by the key that stands in it. But the hash of this key is not Ann's number.";
    if (isIn("6"))
      return "The body of record 6 means the same, and has other bytes than those that were signed.";
    if (!isIn("2"))
      return "This node has no newer record of Ann's. It cannot know that there is one: id, key and signature are right, and the half hour that is left of record 2 is long enough.";
    return "Look at record 5 again: what is signed is the text in body, byte by byte. Of what stands around it only the meaning counts.";
  },
  normalise: (answer) => {
    const text = answer.trim().toLowerCase();
    return numbersOf(text).length === 0 ? text : [...new Set(numbersOf(text))].sort().join(" ");
  },
};
