import { expect } from "chai";
import { CARD_LIFETIME, hintOf, makeCard, parseCard } from "./card.ts";
import { ContactBook } from "./contact-book.ts";
import { makeIdentity } from "./identity.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { MemoryStore } from "./testing/memory-store.ts";

describe("the contacts and cards of a page", () => {
  async function setUp(store = new MemoryStore()) {
    const clock = new HandClock();
    const events: string[] = [];
    const book = new ContactBook(
      {
        store,
        clock,
        ownId: "000000000000007",
        events: {
          changed: () => undefined,
          completed: async (from, to) => void events.push(`completed ${from} ${to}`),
          misused: (contact) => void events.push(`misused ${contact}`),
        },
      },
      await store.load(),
    );
    return { clock, store, book, events };
  }

  async function shownCard(book: ContactBook) {
    await book.show();
    const card = await parseCard(book.onScreen?.text ?? "");
    if ("problem" in card) throw new Error(card.problem);
    return { ...card, hint: await hintOf(card.secret) };
  }

  async function peer() {
    const { id, publicKey } = await makeIdentity();
    return { id, key: publicKey };
  }

  it("P10.6 the responder finds the secret by the hint: of a card that waits, or of the contact who has used it", async () => {
    const { book, events } = await setUp();
    const { hint, secret, id } = await shownCard(book);
    expect(id).equal("000000000000007");
    const [bob, mallory] = [await peer(), await peer()];
    expect(await book.secretOf(hint, bob)).deep.equal({ secret });
    expect(await book.secretOf("00".repeat(8), bob)).equal("unknown-card");
    expect(await book.complete(bob, secret)).equal("stored");
    expect(book.onScreen).equal(undefined);
    expect(await book.secretOf(hint, bob)).deep.equal({ secret });
    expect(await book.secretOf(hint, mallory)).equal("card-used");
    expect(events.map((event) => event.split(" ")[0])).deep.equal(["completed", "misused"]);
    // The same one again tells nothing new; another one does.
    expect(await book.secretOf(hint, mallory)).equal("card-used");
    expect(events).to.have.lengthOf(2);
    expect(await book.secretOf(hint, await peer())).equal("card-used");
    expect(events).to.have.lengthOf(3);
    expect(await book.complete(mallory, secret)).equal("card-used");
    expect(book.all).to.have.lengthOf(1);
  });

  it("P10.6 of two who complete one card at the same moment, one has it", async () => {
    const { book } = await setUp();
    const { secret } = await shownCard(book);
    const outcomes = await Promise.all([
      book.complete(await peer(), secret),
      book.complete(await peer(), secret),
    ]);
    expect(outcomes.sort()).deep.equal(["card-used", "stored"]);
    expect(book.all).to.have.lengthOf(1);
  });

  it("P10.6 a card that we have entered answers only the id on it", async () => {
    const { book } = await setUp();
    const [bob, mallory] = [await peer(), await peer()];
    const card = makeCard(bob.id);
    await book.enter(card);
    const hint = await hintOf(card.secret);
    expect(await book.secretOf(hint, mallory)).equal("unknown-card");
    expect(await book.secretOf(hint, bob)).deep.equal({ secret: card.secret });
  });

  it("P10.2 a card expires by the clock of who shows it, and is found again after a reload until then", async () => {
    const { book, clock, store } = await setUp();
    const { hint, secret } = await shownCard(book);
    const again = await setUp(store.reopened());
    const bob = await peer();
    expect(await again.book.secretOf(hint, bob)).deep.equal({ secret });
    clock.turnTo(clock.now() + CARD_LIFETIME - 1);
    expect(await book.secretOf(hint, bob)).deep.equal({ secret });
    clock.turnTo(clock.now() + 1);
    expect(await book.secretOf(hint, bob)).equal("unknown-card");
    expect(book.onScreen).equal(undefined);
  });

  it("P10.2 P10.6 a card that expires or is hidden for good between the hello and the ready is unknown, not used", async () => {
    const { book, store, clock } = await setUp();
    const [bob, mallory] = [await peer(), await peer()];
    const [late, gone] = [await shownCard(book), await shownCard(book)];
    for (const { hint, secret } of [late, gone])
      expect(await book.secretOf(hint, bob)).deep.equal({ secret });
    await store.dropShownCard(gone.hint);
    expect(await book.complete(bob, gone.secret)).equal("unknown-card");
    clock.turnTo(clock.now() + CARD_LIFETIME);
    expect(await book.complete(bob, late.secret)).equal("unknown-card");
    const entered = makeCard(bob.id);
    await book.enter(entered);
    expect(await book.complete(mallory, entered.secret), "entered for somebody else").equal("unknown-card");
    expect(await book.complete(bob, entered.secret)).equal("stored");
    expect(await book.complete(mallory, entered.secret)).equal("card-used");
    expect(book.all).to.have.lengthOf(1);
  });

  it("P10.2 one card is on the screen, and 16 wait: a further one takes the place of the oldest", async () => {
    const { book, store, clock } = await setUp();
    const first = await shownCard(book);
    for (let count = 1; count < 16; count += 1) {
      clock.turnTo(clock.now() + 1);
      await shownCard(book);
    }
    const bob = await peer();
    expect(await book.secretOf(first.hint, bob)).to.have.property("secret");
    await shownCard(book);
    expect(await book.secretOf(first.hint, bob)).equal("unknown-card");
    expect((await store.load()).cards).to.have.lengthOf(16);
  });
});
