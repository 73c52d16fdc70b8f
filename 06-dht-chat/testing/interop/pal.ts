// Somebody with a page of the second implementation, who has a card in common with the one under test.

import { hintOf } from "./card.ts";
import { Chat } from "./chat.ts";
import { Page } from "./page.ts";
import { makePerson, type Person } from "./person.ts";
import { initiate, respond } from "./session.ts";
import type { Wire } from "./wire.ts";

export class Pal {
  readonly person: Person;
  readonly page: Page;
  /** The streams that were opened to us, unanswered. */
  readonly calls: Wire[] = [];
  readonly groupMessages: { topic: string; message: Uint8Array }[] = [];
  /** The secret of the card in common. */
  secret: Buffer = Buffer.alloc(32);
  /** The id of the one under test. */
  other = "";

  static async start(node: string, isRight: (person: Person) => boolean = () => true): Promise<Pal> {
    let person = makePerson();
    while (!isRight(person)) person = makePerson();
    const calls: Wire[] = [];
    const groupMessages: { topic: string; message: Uint8Array }[] = [];
    const page = await Page.start(person, node, {
      called: (wire) => calls.push(wire),
      group: (topic, message) => groupMessages.push({ topic, message }),
    });
    return new Pal(page, calls, groupMessages);
  }

  private constructor(page: Page, calls: Wire[], groupMessages: { topic: string; message: Uint8Array }[]) {
    this.page = page;
    this.person = page.person;
    this.calls = calls;
    this.groupMessages = groupMessages;
  }

  /** Calls the one under test, and opens a session. */
  async call(options: { acknowledges?: boolean } = {}): Promise<Chat> {
    const wire = await this.page.call(this.other);
    return new Chat(await initiate(wire, this.person, { id: this.other, secret: this.secret }), options);
  }

  /** Answers the next call. */
  async answer(options: { acknowledges?: boolean } = {}): Promise<Chat> {
    const wire = await this.nextCall();
    const hint = hintOf(this.secret);
    const secretOf = (asked: string) => (asked === hint ? this.secret : "unknown-card");
    return new Chat(await respond(wire, this.person, secretOf), options);
  }

  async nextCall(limit = 60_000): Promise<Wire> {
    const end = Date.now() + limit;
    for (;;) {
      const wire = this.calls.shift();
      if (wire !== undefined) return wire;
      if (Date.now() >= end) throw new Error(`nobody called within ${limit} ms`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
