// The starters of stage 03's exercises: each fails its own checks as its page foretells, and breaks nothing else.

import { testStarters } from "../support/starters.ts";

describe("the starters of stage 03", () => {
  testStarters("03");
});
