// Each starter of stage 03's exercises fails its own checks as its page says, and breaks nothing else.

import { testStarters } from "../support/starters.ts";

describe("the starters of stage 03", () => {
  testStarters("03");
});
