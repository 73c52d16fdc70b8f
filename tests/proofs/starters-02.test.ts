// Each starter of stage 02's exercises fails its own checks as its page says, and breaks nothing else.

import { testStarters } from "../support/starters.ts";

describe("the starters of stage 02", () => {
  testStarters("02");
});
