// What a page and its server say to each other about captures.

export type CaptureCalls = Record<never, never>;

export type CaptureEvents = Record<never, never>;
