// Compares the calculator with a bare echo server, and measures what clients that never read cost it.

import type { ChildProgram } from "../programs/child-program.ts";
import { startServer } from "../programs/stage-programs.ts";
import { measureFloods } from "./calculator-floods.ts";
import type { LoadResult } from "./load.ts";
import { LoadGenerator } from "./load-generator.ts";
import { processorTime, tooFewFiles } from "./machine.ts";
import type { Figure, Limit, Row } from "./report.ts";

const RUNS = 5;
const REQUEST = "2 + 3 * 4 - 1.5";
const SHARE: Limit = { bound: "at least", value: 0.7, of: "ratio" };

interface LoadKind {
  name: string;
  connections: number;
  outstanding: number;
  limit?: Limit;
}

const ONE: LoadKind = { name: "1 connection", connections: 1, outstanding: 1, limit: SHARE };
const HUNDRED: LoadKind = { name: "100 connections", connections: 100, outstanding: 1, limit: SHARE };
const THOUSAND: LoadKind = { name: "1,000 connections", connections: 1000, outstanding: 1 };
const PIPELINED: LoadKind = { name: "1 connection, 100 requests open", connections: 1, outstanding: 100 };

interface Target {
  server: ChildProgram;
  port: number;
}

/** The result of one run, with the server's processor time per request in microseconds, if it is known. */
type Measured = LoadResult & { cost: number | undefined };
type Runs = { own: Measured[]; echo: Measured[] };

export async function measureCalculator(): Promise<Row[]> {
  const reason = tooFewFiles(THOUSAND.connections);
  const generator = new LoadGenerator();
  const [calculator, echo] = await Promise.all([
    startServer("01-calculator/server.ts"),
    startServer("bench/echo-server.ts"),
  ]);
  const measure = (kind: LoadKind): Promise<Runs> => measureRuns(generator, calculator, echo, kind);
  try {
    const hundred = await measure(HUNDRED);
    return [
      rateRow(ONE, await measure(ONE)),
      rateRow(HUNDRED, hundred),
      costRow(HUNDRED, hundred),
      ...(reason === undefined
        ? crowdRows(THOUSAND, await measure(THOUSAND))
        : [{ name: `requests, ${THOUSAND.name}`, notMeasured: reason }]),
      rateRow(PIPELINED, await measure(PIPELINED)),
      ...(await measureFloods(REQUEST)),
    ];
  } finally {
    await Promise.all([generator.end(), calculator.server.kill(), echo.server.kill()]);
  }
}

/** Measures both servers in turn, so that other programs on the machine disturb both alike. */
async function measureRuns(
  generator: LoadGenerator,
  calculator: Target,
  echo: Target,
  kind: LoadKind,
): Promise<Runs> {
  const runs: Runs = { own: [], echo: [] };
  for (let run = 0; run < RUNS; run += 1) {
    runs.own.push(await measureOnce(generator, calculator, kind));
    runs.echo.push(await measureOnce(generator, echo, kind));
  }
  return runs;
}

async function measureOnce(
  generator: LoadGenerator,
  { server, port }: Target,
  { connections, outstanding }: LoadKind,
): Promise<Measured> {
  const before = processorTime(server.pid);
  const result = await generator.load({ port, connections, outstanding, request: REQUEST });
  const after = processorTime(server.pid);
  const known = before !== undefined && after !== undefined;
  return { ...result, cost: known ? ((after - before) / result.replies) * 1e6 : undefined };
}

function rateRow({ name, limit }: LoadKind, { own, echo }: Runs): Row {
  const figure: Figure = {
    name: `requests, ${name}`,
    unit: "per second",
    runs: own.map(({ rate }) => rate),
    beside: { name: "echo", runs: echo.map(({ rate }) => rate) },
  };
  return limit === undefined ? figure : { ...figure, limit };
}

/** The rates include the time of the load generator, which is the same for both servers. These costs do not. */
function costRow({ name: load }: LoadKind, { own, echo }: Runs): Row {
  const name = `processor time for one, ${load}`;
  const known = (runs: readonly Measured[]): number[] =>
    runs.map(({ cost }) => cost).filter((cost) => cost !== undefined);
  if (known(own).length === 0) return { name, notMeasured: "processor times are read on Linux only" };
  return { name, unit: "µs", runs: known(own), beside: { name: "echo", runs: known(echo) } };
}

/** The figures of many connections that are made all at once. */
function crowdRows(kind: LoadKind, runs: Runs): Row[] {
  return [
    rateRow(kind, runs),
    {
      name: `served to the end, of ${kind.name}`,
      unit: "connections",
      runs: runs.own.map(({ served }) => served),
      limit: { bound: "at least", value: kind.connections, of: "value", everyRun: true },
    },
    {
      name: `until each of ${kind.name} has a reply`,
      unit: "ms",
      runs: runs.own.map(({ connecting }) => connecting),
      beside: { name: "echo", runs: runs.echo.map(({ connecting }) => connecting) },
    },
  ];
}
