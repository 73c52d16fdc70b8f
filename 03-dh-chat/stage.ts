// What makes this stage 03: its number, its port, its channel.

import { XoredChannel } from "./channel.ts";
import { chooseGroup, groupOption } from "./group-option.ts";
import type { Stage } from "./stage-interface.ts";

export const stage: Stage = {
  number: "03",
  registryPort: 10000,
  notices: ["warning: stage 03's cipher (repeated XOR) is weak on purpose: it hides nothing"],
  options: { group: groupOption },
  prepare: (options) => {
    const { group, notices, advice } = chooseGroup(options);
    return { notices, advice, open: () => new XoredChannel(group) };
  },
};
