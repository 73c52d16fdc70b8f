// Checks the rules for pages of lessons. Each message names the file and the line, and says what to do. (The rules for
// exercises are checked where exercises are read.)

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { lexer, type Token, walkTokens } from "marked";
import { LESSON_FOLDERS } from "../../course/exercises/stages.ts";
import { anchorsOf } from "../../course/lesson/anchors.ts";
import { fencesOf } from "../../course/lesson/fences.ts";
import { type Page, pagesOf, readPages } from "../../course/lesson/page-files.ts";
import { DiagramError, parseSequence } from "../../course/lesson/sequence-diagram.ts";
import { misplacedClauses } from "./clause-place-rules.ts";
import { checkPredictions } from "./prediction-rules.ts";

/** The files in lessons/, in addition to the folders. */
const BESIDE = ["README.md", "claims.md", "further-reading.md", "glossary.md", "protocol.md"];

const LANGUAGES = ["console", "text", "ts", "diff", "json", "lua", "mermaid"];

/** All problems of the files in lessons/, one line each. */
export function lessonProblems(root: string): string[] {
  return [
    ...strayFiles(root),
    ...LESSON_FOLDERS.flatMap((folder) => numberingProblems(folder, pagesOf(root, folder))),
    ...readPages(root).flatMap((page) => [...pageProblems(page), ...headProblems(page)]),
    ...clauseProblems(readPages(root)),
  ];
}

function strayFiles(root: string): string[] {
  const known = [...BESIDE, ...LESSON_FOLDERS];
  const problems = readdirSync(join(root, "lessons"))
    .filter((name) => !known.includes(name))
    .map((name) => `lessons/${name}: what is this? lessons/ holds ${known.join(", ")}`);
  return [...problems, ...LESSON_FOLDERS.flatMap((folder) => strayIn(root, folder))];
}

/** Finds files that do not belong: a folder holds only pages, and in `pictures` the pictures that they show. */
function strayIn(root: string, folder: string): string[] {
  const path = join(root, "lessons", folder);
  const pages = pagesOf(root, folder);
  const names = existsSync(path) ? readdirSync(path) : [];
  const pictures = names.includes("pictures") ? readdirSync(join(path, "pictures")) : [];
  return [
    ...names
      .map((name) => `lessons/${folder}/${name}`)
      .filter((file) => !file.endsWith("/pictures") && !pages.some((page) => page.file === file))
      .map((file) => `${file}: pages are called NUMBER-some-words.md, and nothing else stands here`),
    ...pictures
      .filter((name) => !pages.some(({ text }) => text.includes(`(pictures/${name})`)))
      .map((name) => `lessons/${folder}/pictures/${name}: no page shows it`),
  ];
}

function numberingProblems(folder: string, pages: readonly Page[]): string[] {
  return pages.flatMap(({ number, file }, index) =>
    number === index + 1
      ? []
      : [`${file}: page ${index + 1} of lessons/${folder} is missing, or two have one number`],
  );
}

/** Names every clause number that stands inside of a sentence, or before stage 02, and counts them. */
export function clauseProblems(pages: readonly Page[]): string[] {
  const problems = pages.flatMap(({ file, folder, text }) => {
    const found = misplacedClauses(text, folder);
    return found.map(
      ({ line, clause }) => `${file}:${line}: ${clause} stands inside of a sentence, or before stage 02`,
    );
  });
  if (problems.length === 0) return [];
  const what = "put it in parentheses at the end of its sentence; stages 00 and 01 name no clauses";
  return [...problems, `lessons: ${problems.length} clause numbers are not in their place: ${what}`];
}

/** How many words of text, and how many of code and output, somebody reads in a minute. */
const WORDS_A_MINUTE = { text: 180, fenced: 300 };

/** Finds a page that does not say its minutes, or says others than its length does: it may take half as long again. */
export function headProblems({ file, text, head, exercise }: Page): string[] {
  if (head === undefined)
    return [
      `${file}:1: below the title comes "*Short way. 5 minutes to read, 10 for the exercise.*", or "*In depth. …*"`,
    ];
  const minutes = readingMinutes(text);
  const problems: string[] = [];
  if (head.reading < minutes / 1.5 || head.reading > minutes * 1.5 + 1)
    problems.push(`${file}:1: it says ${head.reading} minutes to read; by its length it is ${minutes}`);
  if ((exercise === undefined) !== (head.exercise === 0))
    problems.push(`${file}:1: minutes for the exercise stand below the title of pages with an exercise only`);
  return problems;
}

/** Estimates how long a page takes to read, without its exercise. */
function readingMinutes(text: string): number {
  // Tables of keys are there to look something up.
  const written = text
    .replace(/<!-- generate: keys [\s\S]*?<!-- end -->/g, "")
    .replace(/<!--[\s\S]*?-->/g, "");
  const [body = ""] = written.split(/^## (?:Task|Question)$/m);
  const fenced = fencesOf(body)
    .flatMap(({ content }) => content)
    .join("\n");
  const words = (part: string): number => part.split(/\s+/).filter((word) => word !== "").length;
  const { text: slow, fenced: quick } = WORDS_A_MINUTE;
  return Math.ceil((words(body) - words(fenced)) / slow + words(fenced) / quick);
}

/** All problems of one page. Pure. */
export function pageProblems({ file, folder, text }: Page): string[] {
  const problems: string[] = [];
  const lines = text.split("\n");
  const report = (line: number, problem: string): void => {
    problems.push(`${file}:${line}: ${problem}`);
  };

  const fences = fencesOf(text);
  const isFenced = (line: number): boolean => fences.some((fence) => line >= fence.line && line <= fence.end);
  const headings = lines.flatMap((content, i) => {
    const [, marks = "", title = ""] = /^(#{1,6}) +(.*)$/.exec(content) ?? [];
    return marks === "" || isFenced(i + 1) ? [] : [{ depth: marks.length, title, line: i + 1 }];
  });
  const titles = headings.filter(({ depth }) => depth === 1);
  if (titles.length !== 1) report(titles[1]?.line ?? 1, `a page has one title (# …), not ${titles.length}`);
  const before = text.replace(/^<!-- exercise\n[\s\S]*?-->\n+/, "");
  if (!before.startsWith("# "))
    report(1, "a page begins with its title; only the comment of its exercise stands before it");
  for (const { depth, line } of headings) if (depth > 3) report(line, "headings are no deeper than ###");

  if (!folder.startsWith("00")) problems.push(...unprotectedProblems(file, headings));
  for (const fence of fences) problems.push(...fenceProblems(file, fence));
  checkPredictions(lines, fences, report);
  for (const [i, content] of lines.entries()) {
    const html = /<(?!!--|\/?(?:details|summary)>|https?:)[a-z/][^>]*>/i.exec(
      content.replace(/`[^`]*`/g, ""),
    );
    if (html !== null && !isFenced(i + 1))
      report(i + 1, `no HTML but comments, details and summary: ${html[0]}`);
  }
  return problems;
}

/** The section "Still unprotected" must be the last one of the text. Only the exercise may follow. */
function unprotectedProblems(file: string, headings: readonly { title: string; line: number }[]): string[] {
  const index = headings.findIndex(({ title }) => title === "Still unprotected");
  if (index === -1) return [`${file}:1: a section "## Still unprotected" is missing`];
  const next = headings[index + 1];
  return next === undefined || ["Task", "Question", "Hints"].includes(next.title)
    ? []
    : [
        `${file}:${next.line}: "## Still unprotected" is the last section before the exercise; this one comes behind it`,
      ];
}

function fenceProblems(file: string, fence: ReturnType<typeof fencesOf>[number]): string[] {
  const { language, line, content, closed } = fence;
  if (!closed) return [`${file}:${line}: this fence is never closed`];
  if (!LANGUAGES.includes(language))
    return [`${file}:${line}: "${language}" is no kind of fence here: ${LANGUAGES.join(", ")}`];
  if (language !== "mermaid") return [];
  try {
    parseSequence(content);
    return [];
  } catch (error) {
    if (!(error instanceof DiagramError)) throw error;
    return [`${file}:${line + error.line}: ${error.message}`];
  }
}

/**
 * Finds links that lead to no file or heading of the course. Addresses on the web are not checked.
 * @param files markdown files, relative to the course's folder
 */
export function linkProblems(root: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return linksOf(text).flatMap(({ href, words }) => {
      const problem = linkProblem(root, file, text, href) ?? wordsProblem(file, href, words);
      return problem === undefined ? [] : [`${file}:${lineOf(text, href)}: ${problem}`];
    });
  });
}

function linksOf(text: string): { href: string; words: string }[] {
  const links: { href: string; words: string }[] = [];
  void walkTokens(lexer(text), (token: Token) => {
    if (token.type === "link" || token.type === "image")
      links.push({ href: String(token.href), words: String(token.text).replaceAll(/\s+/g, " ") });
  });
  return links;
}

/** Whether the words of a link name another page than the one it leads to: `page 4`, `04-8` or `next page`. */
function wordsProblem(file: string, href: string, words: string): string | undefined {
  const target = posix.join(posix.dirname(file), href.split("#")[0] ?? "");
  const [, stage, to] = /^lessons\/(\d\d)-[^/]+\/(\d+)-/.exec(target) ?? [];
  const [, from] = /\/(\d+)-[^/]+$/.exec(file) ?? [];
  if (to === undefined) return undefined;
  const named = /^page (\d+)$/i.exec(words)?.[1] ?? (/^next page$/i.test(words) ? `${Number(from) + 1}` : to);
  const [, namedStage = stage, namedPage = named] = /^(\d\d)-(\d+)$/.exec(words) ?? [];
  return namedStage === stage && namedPage === to ? undefined : `"${words}" leads to ${stage}-${to}: ${href}`;
}

function lineOf(text: string, part: string): number {
  return text.slice(0, Math.max(0, text.indexOf(`(${part}`))).split("\n").length;
}

function linkProblem(root: string, file: string, text: string, href: string): string | undefined {
  if (/^https:\/\/[a-z0-9.-]+\.[a-z]+/.test(href)) return undefined;
  const [path = "", anchor] = href.split("#");
  if (/^[a-z]+:/.test(path)) return `${href}: links are relative, or begin with https://`;
  const target = path === "" ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path)));
  const status = statSync(join(root, target), { throwIfNoEntry: false });
  if (target.startsWith("..") || status === undefined) return `${href} leads nowhere: there is no ${target}`;
  if (anchor === undefined || anchor === "") return undefined;
  if (!target.endsWith(".md")) return `${href}: only pages have anchors`;
  const content = target === file ? text : readFileSync(join(root, target), "utf8");
  return anchorsOf(content).includes(anchor) ? undefined : `${href}: ${target} has no heading #${anchor}`;
}
