// Each starter of stage 06's exercises fails its own checks as its page says, and breaks nothing else.

import { testStarters } from "../support/starters.ts";

describe("the starters of stage 06", () => {
  testStarters("06");
});
