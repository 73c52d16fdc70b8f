// What a page and its server say to each other about lessons: the contents, a page in its parts, and what runs beside it.

/** The longest name of a page or a file, in UTF-16 units. */
export const MOST_NAME = 200;

/** A page can have no more blocks and lines than this. */
export const MOST_BLOCKS = 1000;

/** The kind of a page's exercise; "read" if it has none. */
export type PageKind = "read" | "code" | "predict" | "capture" | "attack";

/** A page in the contents. */
export interface PageEntry {
  /** Such as 03-4 or glossary. */
  id: string;
  title: string;
  kind: PageKind;
  isShort: boolean;
  /** Minutes to read it, and for its exercise; 0 where there is none. */
  reading: number;
  exercising: number;
  /** The id of its exercise, such as 03-key-pair; empty if it has none. */
  exercise: string;
  isRead: boolean;
  isPassed: boolean;
}

/** A stage of the course, with its pages. */
export interface StageEntry {
  /** Such as 03. */
  stage: string;
  title: string;
  pages: PageEntry[];
}

export interface Contents {
  stages: StageEntry[];
  /** Pages that belong to no stage: the protocol, the glossary. */
  beside: PageEntry[];
  /** The page that was open last; empty if none was. */
  last: string;
}

/** A step of a sequence diagram. Participants are numbered from 0. */
export type DiagramStep =
  | { kind: "message"; from: number; to: number; text: string; dashed: boolean; lost: boolean }
  /** The note covers the participants from `first` to `last`. */
  | { kind: "note"; first: number; last: number; text: string }
  /** The line `loop`, `opt`, `alt` or `else` with its text, or `end`. */
  | { kind: "frame"; text: string };

export interface Diagram {
  participants: { id: string; name: string }[];
  steps: DiagramStep[];
}

/** Bytes with what they mean. */
export interface LabelledRange {
  /** In hexadecimal, without blanks. */
  bytes: string;
  label: string;
}

/** A line of a console block: what is run, typed or pressed, or what is printed. */
export interface ConsoleLine {
  kind: "command" | "typed" | "key" | "output";
  text: string;
}

/** A row of a table of packets or lines of a recording. */
export interface RecordedRow {
  cells: string[];
  /** The packet whose bytes it is about. */
  packet: number;
}

/** A piece of a page, in the order in which it is read. `html` is not to be trusted: it is sanitised before it is shown. */
export type Part =
  | { kind: "heading"; depth: number; id: string; html: string }
  | { kind: "prose"; html: string }
  /** @param label what the reader should know before the code; may be empty */
  | { kind: "code"; language: string; label: string; text: string }
  | {
      kind: "console";
      /** The number of the block on its page, from 0. */
      block: number;
      /** The name of its terminal; empty if it has one of its own. */
      terminal: string;
      lines: ConsoleLine[];
      /** Why it cannot be run here; empty if it can. */
      reason: string;
      /** Where the page has the same; empty if nowhere. */
      instead: string;
    }
  | { kind: "diagram"; diagram: Diagram }
  /** @param capture the id of the recording in the place for captures */
  | { kind: "bytes"; title: string; capture: string; ranges: LabelledRange[] }
  /** A table of a recording's packets or lines. Each row leads to a packet's bytes. */
  | {
      kind: "recorded";
      title: string;
      capture: string;
      block: number;
      heading: string[];
      rows: RecordedRow[];
    }
  /** A part that is closed at first. Those that answer a prediction are opened by a guess. */
  | {
      kind: "closed";
      number: number;
      summary: string;
      isPrediction: boolean;
      /** The questions that it answers, as HTML, if they do not stand right above it; else empty. */
      asked: string;
      parts: Part[];
    }
  /** The place of the page's exercise. `parts` say the same in words: its task, hints and meaning. */
  | { kind: "exercise"; id: string; parts: Part[] };

export interface LessonPage {
  id: string;
  title: string;
  /** The stage's number; empty for pages that belong to none. */
  stage: string;
  /** Undefined for pages that belong to no stage. */
  entry: PageEntry | undefined;
  parts: Part[];
  /** The pages around it, in the order of the course. */
  previous: { id: string; title: string } | undefined;
  next: { id: string; title: string } | undefined;
  /** The next page of the short way. */
  nextShort: { id: string; title: string } | undefined;
}

/** A file of the course that a page leads to. */
export interface CourseFile {
  /** Such as 04-aes-chat/key-schedule.ts. */
  name: string;
  language: string;
  text: string;
  /** For Markdown: its parts. */
  parts: Part[];
}

export interface LessonCalls {
  "lessons/contents": { given: Record<never, never>; result: Contents };
  /** Opens a page, and remembers that it was the last one. */
  "lessons/open": { given: { page: string }; result: LessonPage };
  /** The end of the page was on the screen. */
  "lessons/read": { given: { page: string }; result: null };
  /** A file that pages lead to, by its name in the server's list. */
  "lessons/file": { given: { file: string }; result: CourseFile };
  /** The bytes of a packet in a recording that a page shows. */
  "lessons/packet": { given: { page: string; block: number; packet: number }; result: LabelledRange[] };
  /**
   * Does what one line of a console block says: starts a program, types a line, presses a key. The server reads the page
   * itself. @returns the number of the terminal
   */
  "lessons/step": {
    given: { page: string; block: number; line: number; columns: number; rows: number };
    result: { terminal: number };
  };
  /** Ends all programs that were started from a page: the next one needs the same ports. */
  "lessons/leave": { given: Record<never, never>; result: null };
}

export interface LessonEvents {
  /** A page was read or an exercise was passed, here or in a terminal. */
  "lessons/progress": Record<never, never>;
}
