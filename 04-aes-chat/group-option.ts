// The option --group of stages 03 and 04, what to do with a safety number, and the warnings that come with the toy
// group, with which a safety number proves nothing (P4.2, P4.6).

import type { Option } from "./arguments.ts";
import { GROUPS, type Group, type GroupName } from "./groups.ts";

export const groupOption: Option = {
  value: "GROUP",
  help: "modp2048 (default), or toy: p = 23, for lessons, protects nothing",
  check: (value) => (isGroupName(value) ? undefined : `a group is ${Object.keys(GROUPS).join(" or ")}`),
};

/** The group that the options ask for, and what to say about it. */
export interface ChosenGroup {
  group: Group;
  notices: string[];
  /** What to do with a safety number. */
  advice: string;
}

export function chooseGroup(options: ReadonlyMap<string, string>): ChosenGroup {
  const name = options.get("group") ?? "modp2048";
  const group = isGroupName(name) ? GROUPS[name] : GROUPS.modp2048;
  if (group.name !== "toy") {
    const advice = "compare both numbers by voice or in person: if unequal, somebody is in between";
    return { group, notices: [], advice };
  }
  return {
    group,
    notices: ["warning: --group toy: anybody can find the keys; safety numbers prove nothing"],
    advice: "with the toy group a safety number proves nothing: anybody can find the keys",
  };
}

function isGroupName(name: string): name is GroupName {
  return Object.hasOwn(GROUPS, name);
}
