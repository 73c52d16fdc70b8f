// What a page and its server say to each other about the wire.

export type WireCalls = Record<never, never>;

export type WireEvents = Record<never, never>;
