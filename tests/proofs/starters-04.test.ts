// The starters of stage 04's exercises: each fails its own checks as its page foretells, and breaks nothing else.

import { testStarters } from "../support/starters.ts";

describe("the starters of stage 04", () => {
  testStarters("04");
});
