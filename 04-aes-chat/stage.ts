// What makes this stage 04: its number, its port, its channel, its key log.

import { resolve } from "node:path";
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
    const { CHATKEYLOGFILE, INIT_CWD = "" } = environment;
    if (CHATKEYLOGFILE === undefined || CHATKEYLOGFILE === "") {
      return { notices, advice, open: (role, hellos) => new SealedChannel(group, role, hellos, () => {}) };
    }
    const keyLog = resolve(INIT_CWD, CHATKEYLOGFILE); // npm says in INIT_CWD where the user is.
    openKeyLog(keyLog);
    return {
      notices: [
        ...notices,
        `warning: the keys of every chat are written to ${CHATKEYLOGFILE} (CHATKEYLOGFILE)`,
      ],
      advice,
      open: (role, hellos) =>
        new SealedChannel(group, role, hellos, (hash, keys) => logKeys(keyLog, hash, keys)),
    };
  },
};
