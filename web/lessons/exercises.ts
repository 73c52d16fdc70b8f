// The place of the exercises: answers what pages ask about them, and tells all pages what has changed. What it needs is loaded
// when a page asks for the first time, so that the server starts at once.

import type { Answers, Page, Place } from "../serve/place.ts";
import { type ExerciseCalls, MOST_ANSWER, MOST_FILE, MOST_ID } from "../shared/exercises.ts";
import { CallError, type Fields } from "../shared/fields.ts";
import type { ExerciseSession, Listener } from "./exercises-session.ts";
import { inWords } from "./problems.ts";

export interface ExercisesOptions {
  /** The folder of the course that the student works in. */
  course: string;
  /** Is told of what is a mistake of ours. */
  failed(error: unknown): void;
  /** Where the editor is looked for. Default: that of the process. */
  environment?: NodeJS.ProcessEnv;
}

export function exercisesPlace(options: ExercisesOptions): Place {
  const { course, failed, environment = process.env } = options;
  const pages = new Set<Page>();
  const tellAll: Page["tell"] = (event, data) => {
    for (const page of pages) page.tell(event, data);
  };
  let passed = 0;
  const listener: Listener = {
    overview: (overview) => {
      tellAll("exercises/overview", overview);
      const count = overview.rows.filter(({ standing }) => standing !== "open").length;
      if (count !== passed) tellAll("lessons/progress", {});
      passed = count;
    },
    state: (state) => tellAll("exercises/state", state),
    failed,
  };
  let loading: Promise<ExerciseSession> | undefined;
  const load = async (): Promise<ExerciseSession> => {
    const { ExerciseSession } = await import("./exercises-session.ts");
    return new ExerciseSession(course, listener);
  };
  const loaded = (): Promise<ExerciseSession> => {
    loading ??= load().catch((error) => {
      loading = undefined; // Whoever asks next tries again.
      throw error;
    });
    return loading;
  };

  /** An answer that has the session, and errors in words. A page that asks hears of changes from then on. */
  const answer =
    <Result>(act: (session: ExerciseSession, fields: Fields) => Result | Promise<Result>) =>
    async (fields: Fields, page: Page): Promise<Result> => {
      if (!pages.has(page)) {
        pages.add(page);
        page.onGone(() => pages.delete(page));
      }
      try {
        return await act(await loaded(), fields);
      } catch (error) {
        throw inWords(error);
      }
    };

  const idOf = (fields: Fields): string => fields.text("exercise", MOST_ID);

  const calls: Answers<ExerciseCalls> = {
    "exercises/overview": answer((session) => {
      session.look();
      return session.overview();
    }),
    "exercises/text": answer((session, fields) => session.text(session.exercise(idOf(fields)))),
    "exercises/state": answer((session, fields) => {
      const exercise = session.exercise(idOf(fields));
      session.look();
      return session.state(exercise);
    }),
    "exercises/begin": answer((session, fields) => {
      const exercise = session.exercise(idOf(fields));
      session.begin(exercise);
      return session.state(exercise);
    }),
    "exercises/check": answer((session, fields) => {
      session.check(session.exercise(idOf(fields)));
      return null;
    }),
    "exercises/hint": answer((session, fields) => {
      const exercise = session.exercise(idOf(fields));
      session.takeHint(exercise);
      return session.state(exercise);
    }),
    "exercises/answer": answer((session, fields) => {
      const text = fields.text("text", MOST_ANSWER).trim();
      if (text === "") throw new CallError("the answer is empty");
      session.answer(session.exercise(idOf(fields)), text);
      return null;
    }),
    "exercises/reset": answer((session, fields) => {
      const exercise = session.program(idOf(fields));
      session.reset(exercise);
      return session.state(exercise);
    }),
    "exercises/packets": answer((session, fields) => session.packets(session.exercise(idOf(fields)))),
    "exercises/changes": answer((session, fields) => session.changes(session.program(idOf(fields)))),
    "exercises/solution": answer((session, fields) => ({
      code: session.solution(session.program(idOf(fields))),
    })),
    "exercises/open-editor": answer(async (session, fields) => {
      const exercise = session.currentProgram(idOf(fields));
      const { openInEditor } = await import("./exercises-editor.ts");
      const { path, line } = session.fileOf(exercise);
      return { editor: (await openInEditor(path, line, environment)) ?? "" };
    }),
    "exercises/load-file": answer(async (session, fields) => {
      const exercise = session.currentProgram(idOf(fields));
      const { loadFile } = await import("./exercises-file.ts");
      return loadFile(exercise, session.workspace);
    }),
    "exercises/save-file": answer(async (session, fields) => {
      const exercise = session.currentProgram(idOf(fields));
      const { saveFile } = await import("./exercises-file.ts");
      return saveFile(exercise, session.workspace, {
        text: fields.text("text", MOST_FILE),
        version: fields.text("version", MOST_ID),
        force: fields.flag("force"),
      });
    }),
    "exercises/check-all": answer((session) => {
      session.checkAll();
      return null;
    }),
    "exercises/stop-all": answer((session) => {
      session.stopAll();
      return null;
    }),
    "exercises/way": answer((session, fields) => {
      session.chooseWay(fields.flag("short"));
      return null;
    }),
  };
  return {
    calls,
    close: async () => (await loading?.catch(() => undefined))?.close(),
  };
}
