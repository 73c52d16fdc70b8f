// The option --group of stages 03 and 04, and the warning that comes with the toy group (P4.2).

import type { Option } from "./arguments.ts";
import { GROUPS, type Group, type GroupName } from "./groups.ts";

export const groupOption: Option = {
  value: "GROUP",
  help: "modp2048 (default), or toy: p = 23, for lessons, protects nothing",
  check: (value) => (isGroupName(value) ? undefined : `a group is ${Object.keys(GROUPS).join(" or ")}`),
};

/** The group that the options ask for, and what to say about it. */
export function chooseGroup(options: ReadonlyMap<string, string>): { group: Group; notices: string[] } {
  const name = options.get("group") ?? "modp2048";
  const group = isGroupName(name) ? GROUPS[name] : GROUPS.modp2048;
  if (group.name !== "toy") return { group, notices: [] };
  return {
    group,
    notices: [
      "warning: --group toy: p = 23. Anybody finds these keys by trying them all; safety numbers prove nothing.",
    ],
  };
}

function isGroupName(name: string): name is GroupName {
  return Object.hasOwn(GROUPS, name);
}
