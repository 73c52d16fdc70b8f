// The texts of an exercise in parts, as those of its page are: its task, the hints that were taken, and what it meant.

import type { Exercise } from "../../course/exercises/exercises.ts";
import { nameOfPage, readLibrary } from "../../course/lesson/library.ts";
import type { Workspace } from "../../course/workspace/workspace.ts";
import type { ExerciseText } from "../shared/exercises.ts";
import type { Part } from "../shared/lessons.ts";
import { linkedFiles } from "./course-files.ts";
import { pageOf } from "./exercises-view.ts";
import { type PageSource, partsOf } from "./parts.ts";
import { isRecording } from "./recordings.ts";

export class ExerciseTexts {
  readonly #source: Pick<PageSource, "nameOf" | "isShown" | "isRecording">;

  /** @param root the course's folder */
  constructor(root: string) {
    const library = readLibrary(root);
    const files = library.map(({ file }) => file);
    const linked = linkedFiles(root, files);
    this.#source = {
      nameOf: nameOfPage(library),
      isShown: (file) => linked.has(file),
      isRecording: (name) => isRecording(root, name),
    };
  }

  async of(exercise: Exercise, workspace: Workspace): Promise<ExerciseText> {
    const { id, title, kind, page: file, task, checked, hints, meaning } = exercise;
    const page = pageOf(exercise);
    const parts = (text: string): Promise<Part[]> =>
      partsOf({
        ...this.#source,
        file,
        text,
        place: ["lessons", page],
        exercise: undefined,
        // The texts of exercises have neither.
        pictureOf: () => undefined,
        recorded: async () => [],
      });
    return {
      id,
      title,
      kind,
      page,
      task: await parts(task),
      checked: await parts(checked.map((one) => `- ${one}`).join("\n")),
      hints: await Promise.all(hints.slice(0, workspace.hintsSeen(exercise)).map(parts)),
      hintCount: hints.length,
      meaning: workspace.progress.has(id) ? await parts(meaning) : [],
    };
  }
}
