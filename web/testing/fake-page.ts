// A page for tests of places: it notes what it is told.

import type { Page, Place } from "../serve/place.ts";
import type { AllEvents } from "../shared/calls.ts";
import { Fields } from "../shared/fields.ts";

export class FakePage implements Page {
  readonly number: number;
  /** What was told, oldest first. */
  readonly told: { event: string; data: unknown }[] = [];
  readonly #gone: (() => void)[] = [];
  #isGone = false;

  constructor(number = 1) {
    this.number = number;
  }

  tell<Name extends keyof AllEvents>(event: Name, data: AllEvents[Name]): void {
    this.told.push({ event, data });
  }

  /** All events of one name. */
  events<Name extends keyof AllEvents>(name: Name): AllEvents[Name][] {
    return this.told.filter(({ event }) => event === name).map(({ data }) => data as AllEvents[Name]);
  }

  waiting(): number {
    return 0;
  }

  async drained(): Promise<void> {}

  onGone(action: () => void): void {
    if (this.#isGone) action();
    else this.#gone.push(action);
  }

  /** The page is closed. */
  leave(): void {
    this.#isGone = true;
    for (const action of this.#gone) action();
  }

  /** Calls a place, as the page does over its socket. @throws CallError */
  async call(place: Place, name: string, given: unknown): Promise<unknown> {
    const answers = place.calls as Record<string, ((fields: Fields, page: Page) => unknown) | undefined>;
    const answer = answers[name];
    if (answer === undefined) throw new Error(`${name} is no call of this place`);
    return await answer(new Fields(given), this);
  }
}
