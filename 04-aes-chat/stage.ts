// What makes this stage 04: its number, its port, its channel, its key log.

import { SealedChannel } from "./channel.ts";
import { chooseGroup, groupOption } from "./group-option.ts";
import { logKeys, openKeyLog } from "./key-log.ts";
import type { Stage } from "./stage-interface.ts";

export const stage: Stage = {
  number: "04",
  registryPort: 10001,
  notices: [],
  options: { group: groupOption },
  prepare: (options, environment) => {
    const { group, notices, advice } = chooseGroup(options);
    const keyLog = environment.CHATKEYLOGFILE;
    if (keyLog === undefined || keyLog === "") {
      return { notices, advice, open: (role, hellos) => new SealedChannel(group, role, hellos, () => {}) };
    }
    openKeyLog(keyLog);
    return {
      notices: [...notices, `warning: the keys of every chat are written to ${keyLog} (CHATKEYLOGFILE)`],
      advice,
      open: (role, hellos) =>
        new SealedChannel(group, role, hellos, (hash, keys) => logKeys(keyLog, hash, keys)),
    };
  },
};
