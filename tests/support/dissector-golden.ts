// What the Wireshark dissector tells of the recorded captures, beside what it has told before: the golden files.
//
// After a change that is meant to change what the dissector says, or after recording the captures anew with another
// conversation, UPDATE_GOLDEN=1 writes the golden files anew: look at their diff.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { labelsOf, type Packet } from "./dissector.ts";

const GOLDEN = fileURLToPath(new URL("../golden/wireshark/", import.meta.url));

/**
 * What is the same whenever the same conversation is recorded: what is said in each direction of each connection. How
 * the directions interleave, ports, public keys and pings are other ones each time.
 */
function storyOf(packets: readonly Packet[]): string {
  const sections = new Map<string, string[]>();
  const calculators: string[] = [];
  for (const packet of packets) {
    const stream = packet["tcp.stream"]?.[0] ?? "";
    for (const label of labelsOf([packet])) {
      const [, from = "", to = "", said = label] = /^(\S+) → (\S+) (.*)$/s.exec(label) ?? [];
      if (/^p[io]ng$/.test(said)) continue;
      let section = `${from} → ${to}`;
      if (to === "calculator" || from === "calculator") {
        if (!calculators.includes(stream)) calculators.push(stream);
        section = `${section}, connection ${calculators.indexOf(stream) + 1}`;
      }
      const lines = sections.get(section) ?? [];
      sections.set(section, [...lines, withoutChance(said)]);
    }
  }
  return [...sections]
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([section, lines]) => `${section}\n${lines.map((line) => `  ${line}\n`).join("")}`)
    .join("\n");
}

function withoutChance(said: string): string {
  return said
    .replace(/(on port |:)\d{4,5}(?=\b)/g, "$1PORT")
    .replace(/^(key, group \w+: )[0-9a-f]+…?$/, "$1DIGITS");
}

/** The story of these packets is the one in the golden file. */
export function expectGolden(name: string, packets: readonly Packet[]): void {
  const text = storyOf(packets);
  const path = join(GOLDEN, `${name}.txt`);
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, text);
  }
  expect(text, `${path} (UPDATE_GOLDEN=1 writes it anew)`).to.equal(readFileSync(path, "utf8"));
}
