// Checks the table of wrong answers by the sentences of the protocol's clauses: each sentence has its own.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../course/exercises/problem.ts";
import { WRONG_ANSWERS_FOLDER, type WrongAnswer } from "./prove/wrong-answers.ts";
import { readSentenceTables, type SentenceRow, type SentenceTable } from "./sentence-table.ts";
import { sentencesOf } from "./sentences.ts";

const PROTOCOL = "lessons/protocol.md";
const TABLE = `${WRONG_ANSWERS_FOLDER}/by-clause.md`;

/** The clauses of stage 06: each stands in titles of tests (tests/clauses.test.ts). */
const PROVED_OTHERWISE = /^P10\b/;

/** Begins the reason of a sentence that needs no wrong answer. */
const NO_DEMAND = "no demand: ";

/**
 * Sentences that no check can see broken, by their clause and how they begin. So they have no wrong answer, and nothing
 * here proves them. What does hold them, the reason says.
 */
const NOT_PROVED: readonly { clause: string; begins: string; why: string }[] = [
  {
    clause: "P8.1",
    begins: "With `--host 0.0.0.0` every IPv4 address",
    why: "the checks use 127.0.0.1 alone; tests/05-hosts.test.ts has a network with several addresses",
  },
  {
    clause: "P8.1",
    begins: "Nothing is sent anywhere to find",
    why: "what goes to any other host, no check sees; no code of ours asks anybody",
  },
  {
    clause: "P8.1",
    begins: "`--data` is `data/NAME-TEAM`",
    why: "a check would write into the stage's own folder; 05-lan-chat/peer-options.test.ts has it",
  },
  {
    clause: "P8.7",
    begins: "Addresses are looked up anew",
    why: "the only address of the checks, 127.0.0.1, does not change while a program runs",
  },
  {
    clause: "P9.12",
    begins: "In a terminal it opens with the menu",
    why: "the checks have no terminal; tests/05-terminal.test.ts has one",
  },
];

/** A clause of the protocol, or what a section says outside of its numbered clauses: that has the section's name. */
interface Clause {
  id: string;
  sentences: string[];
}

/** How many sentences the clauses have, and how many of these have wrong answers, or a reason for having none. */
export interface SentenceCount {
  sentences: number;
  broken: number;
  demandNothing: number;
  notProved: number;
}

/** Finds what stands among the sentences that are not proved, and does not belong there. */
function notProvedProblems(table: string): Problem[] {
  const tables = readSentenceTables(table);
  return NOT_PROVED.flatMap(({ clause, begins }) => {
    const rows = tables.find(({ title }) => title === clause)?.rows ?? [];
    const row = rows.find(({ sentence }) => sentence.startsWith(begins));
    const file = "authoring/clause-rules.ts";
    if (row === undefined)
      return [{ file, line: 1, message: `${clause} has no sentence "${begins}…": correct NOT_PROVED` }];
    if (row.items.length === 0) return [];
    return [{ file, line: 1, message: `${clause} "${begins}…" is proved now: remove it from NOT_PROVED` }];
  });
}

/** Finds the sentences of the protocol that no wrong answer breaks alone, and the mistakes in their table. */
export function findClauseProblems(courseFolder: string, answers: readonly WrongAnswer[]): Problem[] {
  const table = read(courseFolder, TABLE);
  return [...clauseProblems(read(courseFolder, PROTOCOL), table, answers), ...notProvedProblems(table)];
}

/** Counts the sentences in the table. */
export function countClauseSentences(courseFolder: string): SentenceCount {
  const rows = readSentenceTables(read(courseFolder, TABLE)).flatMap((table) => table.rows);
  const demandNothing = rows.filter((row) => row.items.some(({ text }) => text.startsWith(NO_DEMAND))).length;
  const broken = rows.filter((row) => row.items.length > 0).length - demandNothing;
  return { sentences: rows.length, broken, demandNothing, notProved: NOT_PROVED.length };
}

function read(courseFolder: string, file: string): string {
  return readFileSync(join(courseFolder, file), "utf8");
}

/**
 * The same for the texts of the protocol and of the table.
 * @param answers all wrong answers that there are
 */
export function clauseProblems(protocol: string, table: string, answers: readonly WrongAnswer[]): Problem[] {
  const tables = readSentenceTables(table);
  const clauses = clausesOf(protocol);
  const listed = new Set(tables.flatMap(({ rows }) => rows.flatMap(namesOf)));
  const known = new Map(answers.map((answer) => [nameOf(answer), answer]));
  return [
    ...clauses.flatMap((clause) => sentenceProblems(clause, tables)),
    ...tables.flatMap((one) => tableProblems(one, clauses, known)),
    ...answers
      .filter((answer) => answer.kind === "edit" && !listed.has(nameOf(answer)))
      .map(({ file }) => ({
        file,
        line: 1,
        message: `it stands under no sentence of ${TABLE}: name the sentence that it breaks`,
      })),
  ];
}

/** The protocol's clauses, in order, with their sentences. */
export function clausesOf(protocol: string): Clause[] {
  const texts = new Map<string, string>();
  let id: string | undefined;
  for (const line of protocol.split("\n")) {
    const [, section] = /^## (P[0-9]{1,2})\b/.exec(line) ?? [];
    const [, clause, begins] = /^- \*\*(P[0-9]{1,2}\.[0-9]+)\*\* (.*)$/.exec(line) ?? [];
    id = clause ?? section ?? id;
    if (id === undefined || section !== undefined) continue;
    const text = begins ?? (id.includes(".") ? line.trim() : line);
    texts.set(id, `${texts.get(id) ?? ""}${text}\n`);
  }
  return [...texts]
    .map(([id, text]) => ({ id, sentences: sentencesOf(text) }))
    .filter(({ sentences }) => sentences.length > 0);
}

/** Finds the first sentence of a clause that the table does not have at its place. */
function sentenceProblems({ id, sentences }: Clause, tables: readonly SentenceTable[]): Problem[] {
  const problem = (line: number, message: string): Problem[] => [{ file: TABLE, line, message }];
  const [table, second] = tables.filter(({ title }) => title === id);
  if (table === undefined && PROVED_OTHERWISE.test(id)) return [];
  if (table === undefined) return problem(1, `clause ${id} is missing: write "## ${id}" and its sentences`);
  if (second !== undefined) return problem(second.line, `${id} stands here a second time: remove one`);
  const index = sentences.findIndex((sentence, at) => table.rows[at]?.sentence !== sentence);
  const row = table.rows[index === -1 ? sentences.length : index];
  if (index !== -1)
    return problem(
      (row ?? table.rows.at(-1) ?? table).line,
      `here the sentence of ${id} is missing: > ${sentences[index]}`,
    );
  return row === undefined ? [] : problem(row.line, `${id} has no such sentence: remove it, or correct it`);
}

function tableProblems(
  table: SentenceTable,
  clauses: readonly Clause[],
  known: ReadonlyMap<string, WrongAnswer>,
): Problem[] {
  if (!clauses.some(({ id }) => id === table.title))
    return [
      { file: TABLE, line: table.line, message: `${PROTOCOL} has no clause ${table.title}: correct it` },
    ];
  return table.rows.flatMap((row) => rowProblems(row, table, known));
}

function rowProblems(
  row: SentenceRow,
  { title, rows }: SentenceTable,
  known: ReadonlyMap<string, WrongAnswer>,
): Problem[] {
  const problem = (line: number, message: string): Problem => ({ file: TABLE, line, message });
  const names = namesOf(row);
  if (row.items.length === 0 && isNotProved(title, row)) return [];
  if (row.items.length > names.length)
    return names.length === 0
      ? []
      : [problem(row.line, "this sentence demands nothing, and has wrong answers: remove one of both")];
  const others = new Set(rows.filter((other) => other !== row).flatMap(namesOf));
  const wrong = row.items.flatMap(({ line, text }) => {
    const message = nameProblem(text, title, known);
    return message === undefined ? [] : [problem(line, message)];
  });
  if (wrong.length > 0 || names.some((name) => !others.has(name))) return wrong;
  const what = `write one that breaks it alone and name it here, or say why not: - ${NO_DEMAND}…`;
  return [
    problem(row.line, `a sentence of ${title} has no wrong answer of its own: ${what}: ${row.sentence}`),
  ];
}

function isNotProved(clause: string, { sentence }: SentenceRow): boolean {
  return NOT_PROVED.some((one) => one.clause === clause && sentence.startsWith(one.begins));
}

/** What is wrong with a name below a sentence of a clause; undefined if nothing is. */
function nameProblem(
  name: string,
  clause: string,
  known: ReadonlyMap<string, WrongAnswer>,
): string | undefined {
  const answer = known.get(name);
  if (answer === undefined)
    return `there is no wrong answer ${name}: correct the name (FOLDER/NAME without .ts and .txt)`;
  if (answer.kind === "text")
    return `${name} is an answer to a question, and breaks no program: name another`;
  // What a section says outside of its clauses has no checks of its own.
  const isClause = clause.includes(".") || clause === "P7";
  if (!isClause || answer.caughtBy.some((check) => check.startsWith(`${clause}-`))) return undefined;
  return `${name} is caught by ${answer.caughtBy.join(" ")}, which is no check of ${clause}: name one there`;
}

/** The names of the wrong answers below a sentence. */
function namesOf({ items }: SentenceRow): string[] {
  return items.map(({ text }) => text).filter((text) => !text.startsWith(NO_DEMAND));
}

/** How the table names a wrong answer: `elsewhere/01-greets`. */
function nameOf({ file }: WrongAnswer): string {
  return file.slice(WRONG_ANSWERS_FOLDER.length + 1).replace(/\.(?:ts|txt)$/, "");
}
