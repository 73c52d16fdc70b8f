// What a place of the course adds to the server: its calls. A page is known by its socket.

import type { AllCalls, AllEvents } from "../shared/calls.ts";
import type { Fields } from "../shared/fields.ts";

/** A page that is open. */
export interface Page {
  /** Counted from 1. */
  number: number;
  /** Tells the page of something. */
  tell<Name extends keyof AllEvents>(event: Name, data: AllEvents[Name]): void;
  /** How many bytes wait to be sent to it. Who produces much looks here, and waits for `drained`. */
  waiting(): number;
  /** Resolves when little waits, or the page has gone. */
  drained(): Promise<void>;
  /** Calls the action once the page has gone: what runs for it ends. */
  onGone(action: () => void): void;
}

/** Answers a call. @throws CallError with a sentence for the user */
export type Answer<Result> = (fields: Fields, page: Page) => Result | Promise<Result>;

/** Some calls, by name. */
export type Answers<Calls> = {
  [Name in keyof Calls]: Answer<Calls[Name] extends { result: infer Result } ? Result : never>;
};

/** What a place adds. */
export interface Place {
  calls: Partial<Answers<AllCalls>>;
  /** Called for each page that opens. */
  opened?(page: Page): void;
  /** Ends what still runs. */
  close?(): void | Promise<void>;
}
