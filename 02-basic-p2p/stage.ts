// What makes this stage 02: its number, its port, its channel.

import { PlainChannel } from "./channel.ts";
import type { Stage } from "./stage-interface.ts";

export const stage: Stage = {
  number: "02",
  registryPort: 10000,
  notices: [],
  options: {},
  prepare: () => ({ notices: [], open: () => new PlainChannel() }),
};
