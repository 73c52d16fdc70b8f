// Whether a function that decrypts checks first, and in constant time: by the calls that it makes to node:crypto.

import type { ModuleUnderTest } from "./module-under-test.ts";
import type { Scene } from "./scene.ts";

/** How a stage calls its things. */
export interface DecryptWords {
  /** The function, such as `decrypt`. */
  name: string;
  /** What it has to check first, such as `tag`. */
  tag: string;
}

/**
 * Expects that a function has made these calls since it was last asked, in the order of their first times.
 * @param when what it was given, e.g. `with a wrong tag`
 */
export async function expectCalls(
  scene: Scene,
  file: ModuleUnderTest,
  { name, tag }: DecryptWords,
  when: string,
  expected: readonly string[],
): Promise<void> {
  const { calls } = await file.cryptoCalls();
  await scene.step(`${when}, ${name} calls ${expected.join(", then ")}`, () => {
    const inOrder = calls.filter((call, index) => calls.indexOf(call) === index);
    if (inOrder.join() === expected.join()) return;
    scene.fails({
      expected: `${when}: ${expected.join(", then ")}`,
      received:
        inOrder.length === 0 ? "neither timingSafeEqual nor createDecipheriv" : inOrder.join(", then "),
      likelyCause: inOrder.some((call) => call.startsWith("timingSafeEqual of "))
        ? `Only a part of the ${tag} is compared in constant time. Give timingSafeEqual both whole ${tag}s.`
        : inOrder.includes("timingSafeEqual")
          ? `It is decrypted before the ${tag} is known to be right. What nobody has vouched for must not reach the cipher.`
          : `The ${tag} is compared with ===, equals or a loop that stops early: how long that takes tells how much of it was right. Use timingSafeEqual.`,
    });
  });
}
