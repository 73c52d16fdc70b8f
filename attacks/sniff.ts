// npm run attack -- sniff [FILE]: reads a chat from a capture. In stage 02 nothing is encrypted, so that is easy.

import { type CapturedChat, chatsIn, committedCapture, textOf } from "./capture-lines.ts";
import { runAttack } from "./program.ts";
import { proof, say, step, stopped } from "./report.ts";

const CAPTURES = { "02": "02-basic-p2p", "03": "03-dh-chat", "04": "04-aes-chat" };

await runAttack("sniff", {}, async (_lab, { stage, file }) => {
  step("Somebody on the way has recorded everything that passed.");
  const chats = await chatsIn(file ?? committedCapture(CAPTURES[stage]));
  for (const chat of chats) {
    step(`The hellos say who talks to whom: ${chat.initiator} has called ${chat.responder}.`);
    const texts = chat.lines.flatMap(({ from, object }) => {
      const text = textOf(object);
      return text === undefined ? [] : [`${from}> ${text}`];
    });
    if (texts.length > 0) for (const text of texts) proof("read on the way", text);
    else showWhatRemains(chat);
  }
});

/** Shows what encryption does not hide: who talked to whom, how often, and how much. */
function showWhatRemains({ initiator, responder, lines }: CapturedChat): void {
  for (const name of [initiator, responder]) {
    const sizes = lines.filter(({ from }) => from === name).map(({ bytes }) => bytes.length);
    say(`   ${name} sent ${sizes.length} lines of ${Math.min(...sizes)} to ${Math.max(...sizes)} bytes`);
  }
  stopped("read on the way", "no text at all; only who, when, how often and how much");
}
