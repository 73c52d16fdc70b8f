// What a user may type (P7). Pure: text in, a command out.

/** Commands that stand alone, and what they do. */
const ALONE = {
  users: "who is there",
  chats: "your chats",
  verify: "the safety number of the current chat (from stage 03 on)",
  end: "end the current chat (or a line EOM)",
  help: "this list",
  quit: "say goodbye to all and end (or a line EXIT)",
} as const;

/** Commands that take a name. */
const WITH_NAME = {
  chat: "ask somebody for a chat",
  accept: "accept the chat that somebody asked for",
  decline: "decline it",
  switch: "make another chat the current one",
} as const;

/** Lines that mean a command without looking like one. */
const WORDS = new Map([
  ["Get Users", "/users"],
  ["EOM", "/end"],
  ["EXIT", "/quit"],
]);

export type Command =
  | { kind: "nothing" }
  | { kind: "text"; text: string }
  | { kind: keyof typeof ALONE }
  | { kind: keyof typeof WITH_NAME; name: string }
  | { kind: "wrong"; problem: string };

/** Reads a line the user has entered. What begins with `/` is a command, any other is a message. */
export function parseCommand(entered: string): Command {
  const line = WORDS.get(entered) ?? entered;
  if (line === "") return { kind: "nothing" };
  if (!line.startsWith("/")) return { kind: "text", text: line };

  const [command = "", ...names] = line.slice(1).trimEnd().split(/\s+/);
  if (isKeyOf(ALONE, command)) {
    return names.length === 0 ? { kind: command } : { kind: "wrong", problem: `/${command} stands alone` };
  }
  if (isKeyOf(WITH_NAME, command)) {
    const [name] = names;
    if (name !== undefined && names.length === 1) return { kind: command, name };
    return { kind: "wrong", problem: `/${command} takes one name: /${command} NAME` };
  }
  return { kind: "wrong", problem: `unknown command /${command.slice(0, 40)}; /help lists the commands` };
}

/** The lines that /help shows. */
export function helpLines(): string[] {
  const row = (left: string, help: string) => `${left.padEnd(14)} ${help}`;
  const withName = Object.entries(WITH_NAME).map(([command, help]) => row(`/${command} NAME`, help));
  const alone = Object.entries(ALONE).map(([command, help]) => row(`/${command}`, help));
  return [...withName, ...alone, "any other line is sent to the current chat"];
}

/** What the beginning of a line can be completed to: a command, or the name after one that takes a name. */
export function completions(line: string, names: readonly string[]): string[] {
  const parts = /^\/(\S+)\s+(\S*)$/.exec(line);
  if (parts === null) {
    const commands = [
      ...Object.keys(WITH_NAME).map((name) => `/${name} `),
      ...Object.keys(ALONE).map((name) => `/${name}`),
    ];
    return line.startsWith("/") ? commands.filter((command) => command.startsWith(line)) : [];
  }
  const [, command = "", beginning = ""] = parts;
  if (!isKeyOf(WITH_NAME, command)) return [];
  return names
    .filter((name) => name.toLowerCase().startsWith(beginning.toLowerCase()))
    .map((name) => `/${command} ${name}`);
}

function isKeyOf<Table extends object>(table: Table, key: string): key is Extract<keyof Table, string> {
  return Object.hasOwn(table, key);
}
