// What is said when all exercises of the way have passed. Pure.

import type { Workspace } from "../workspace/workspace.ts";

/** In paragraphs. */
export function finishedText({
  exercises,
  way,
  advice,
}: Pick<Workspace, "exercises" | "way" | "advice">): string[] {
  const isAll = way.length === exercises.length;
  return [
    `All exercises${isAll ? "" : " of the short way"} are passed (${way.length}), and each of them was checked again just now.`,
    ...(isAll ? [] : [`${exercises.length - way.length} more go into depth: ${advice.wholeWay}.`]),
    "You have taken a chat from readable bytes to sealed ones: framed it, found its users, agreed on keys in public, encrypted and authenticated every line, proved who is there, and broken what was weak on the way.",
    "What to do now: read lessons/04-aes-chat/ to its end, where real systems are compared with yours; check a program of your own, in any language, with npm run check; and do not use this chat for anything secret.",
  ];
}
