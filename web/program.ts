// The program behind npm run web: a server with all places of the course.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { Captures } from "./captures/captures.ts";
import { exercisesPlace } from "./lessons/exercises.ts";
import { Lessons } from "./lessons/pages.ts";
import { UsageError } from "./options.ts";
import { makePageFiles } from "./serve/page-files.ts";
import type { Place } from "./serve/place.ts";
import { type OwnRoute, startWebServer, type WebServer } from "./serve/web-server.ts";
import { Terminals } from "./terminals/terminals.ts";
import { Wire } from "./wire/wire.ts";

/** Servers are for this machine alone. */
const HOST = "127.0.0.1";
const TOKEN_BYTES = 32;

export interface Web {
  server: WebServer;
  token: string;
  /** The student's folder, work/. */
  folder: string;
  /** The address for the browser. Behind the `#` stands what a browser sends nobody. @param at a place of the course */
  address(at?: string): string;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Undefined: one that the system chooses. */
  port?: number | undefined;
  /** The course's folder, whose lessons are read and whose exercises are done. Default: this one. */
  course?: string;
  /** The student's folder. Default: work/ of the course. */
  folder?: string;
  /** Is told of what is a mistake of ours. Default: prints it. */
  failed?(error: unknown): void;
}

/** @throws UsageError if it cannot listen on the port that was asked for */
export async function startWeb({
  port,
  course = COURSE_FOLDER,
  folder = join(course, "work"),
  failed = report,
}: StartOptions): Promise<Web> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const options = {
    host: HOST,
    token,
    files: () => makePageFiles(),
    ...makePlaces(course, folder, failed),
    failed,
  };
  const server = await startAt(port ?? 0, (at) => startWebServer({ ...options, port: at }));
  // Bundled once the server listens, so that the address is printed sooner; a page that comes first waits for it. Whoever
  // asks for the page hears of a mistake in it.
  makePageFiles().catch(() => {});
  return {
    server,
    token,
    folder,
    address: (at = "") => `http://${HOST}:${server.port}/#token=${token}${at === "" ? "" : `&at=${at}`}`,
    close: () => server.close(),
  };
}

/**
 * Without a port of the user's, the system chooses one, and another one each time: somebody else could listen at the last one
 * meanwhile, leave something in the browser for it (a service worker, say), and go.
 */
async function startAt(port: number, start: (port: number) => Promise<WebServer>): Promise<WebServer> {
  try {
    return await start(port);
  } catch (error) {
    throw new UsageError(`${portProblem(port, error)}; without --port, a free one is found`);
  }
}

function portProblem(port: number, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return `another program listens on port ${port} already`;
  if (code === "EACCES") return `you may not listen on port ${port}`;
  return error instanceof Error ? error.message : String(error);
}

/** @param folder the student's */
function makePlaces(
  course: string,
  folder: string,
  failed: (error: unknown) => void,
): { places: Place[]; routes: OwnRoute[] } {
  const terminals = new Terminals();
  const wire = new Wire(terminals, failed);
  const lessons = new Lessons({ root: course, work: folder, terminals });
  const captures = new Captures({ own: folder, failed });
  const exercises = exercisesPlace({ course, failed });
  return {
    places: [terminals, wire, lessons, captures, exercises],
    routes: [wire.route, ...captures.routes],
  };
}

function report(error: unknown): void {
  console.error(`error in the course's own code: ${error instanceof Error ? error.stack : error}`);
}
