// What a page and its server say to each other about lessons and exercises.

export type LessonCalls = Record<never, never>;

export type LessonEvents = Record<never, never>;
