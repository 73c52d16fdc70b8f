// What messages about exercises advise in the page: its buttons, and not the terminal's keys.

import type { Advice } from "../../course/workspace/advice.ts";

export const IN_PAGE: Advice = {
  reset: () => '"Begin again …" below writes it anew, and keeps a copy',
  answer: (id) => `answer ${id} in its page`,
  check: (id) => `open ${id} again in its page, and it is checked`,
  lookedAt: 'they are looked at twice a second, and "Check again" checks at once',
  wholeWay: 'take the tick off "Only the short way" to go on with them',
};
