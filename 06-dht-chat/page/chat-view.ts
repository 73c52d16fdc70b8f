// One chat: who it is with, what was said, and where to write.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ContactView, Entry, GroupView, MessengerActions, Outcome } from "../messenger-view.ts";
import { MAX_NAME } from "../texts.ts";
import { shown } from "./shown.ts";
import "./composer.ts";
import type { EntryActions } from "./entry-view.ts";
import "./entry-view.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { contactState, dayInWords, hueOf, idInGroups, initialOf, nameOf } from "./words.ts";

/** So many entries are in the page at once; a button shows as many more. */
const AT_ONCE = 150;

/** So near to the end, in pixels, a reader wants to see what comes. */
const NEAR_END = 80;

/** So many files are taken from one drop, paste or choice. */
const MOST_FILES = 20;

/** A contact or a group, and what differs between the two. */
export type Chat = { contact: ContactView } | { group: GroupView };

export class ChatView extends PageElement {
  static override properties = {
    chat: { attribute: false },
    draft: { attribute: false },
    ownId: { attribute: false },
    ownProblem: { attribute: false },
    messenger: { attribute: false },
    onBack: { attribute: false },
    onDetails: { attribute: false },
    clock: { attribute: false },
    problem: { state: true },
    isDragged: { state: true },
    atMost: { state: true },
    hasNews: { state: true },
  };
  declare chat: Chat;
  /** What is written and not sent belongs to this. It stays the same while one chat is open. */
  declare draft: string;
  declare ownId: string;
  /** Why nobody can be found, or find us. On a narrow screen the list, which says it too, is not there. */
  declare ownProblem: string | undefined;
  declare messenger: MessengerActions;
  declare onBack: () => void;
  declare onDetails: () => void;
  declare clock: () => number;
  declare problem: string;
  declare isDragged: boolean;
  declare atMost: number;
  /** Something has come while the user reads further up. */
  declare hasNews: boolean;
  /** Whoever reads the end wants to see what comes; whoever reads further up stays there. */
  #isNearEnd = true;
  /** Pictures and fields become larger when nothing else changes. */
  readonly #sizes = new ResizeObserver(() => {
    if (this.#isNearEnd) this.#scrollToEnd();
  });
  /** Files are offered in the order in which they were chosen, each after the one before is read. */
  #offering: Promise<void> = Promise.resolve();
  #lastTop = 0;
  #last: string | undefined;
  #before: string | undefined;

  constructor() {
    super();
    this.problem = "";
    this.isDragged = false;
    this.atMost = AT_ONCE;
    this.hasNews = false;
  }

  get #key(): string {
    return "contact" in this.chat ? this.chat.contact.contact : this.chat.group.group;
  }

  get #subject(): ContactView | GroupView {
    return "contact" in this.chat ? this.chat.contact : this.chat.group;
  }

  get #name(): string {
    return "contact" in this.chat ? nameOf(this.chat.contact) : this.chat.group.name;
  }

  get #isOnline(): boolean {
    return "contact" in this.chat && /^(relayed|direct)$/.test(this.chat.contact.state);
  }

  get #canWrite(): boolean {
    return "contact" in this.chat || !this.chat.group.isRemoved;
  }

  protected override willUpdate(): void {
    const last = this.#subject.entries.at(-1)?.entry;
    const isNew = last !== this.#last;
    this.#last = last;
    if (this.#before === this.draft) {
      if (isNew && !this.#isNearEnd) this.hasNews = true;
      return;
    }
    this.#before = this.draft;
    this.#isNearEnd = true;
    this.atMost = AT_ONCE;
    this.problem = "";
    this.hasNews = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  protected override updated(): void {
    for (const watched of this.querySelectorAll(".log, .entries")) this.#sizes.observe(watched);
    if (this.#isNearEnd) this.#scrollToEnd();
  }

  #scrollToEnd(): void {
    const log = this.querySelector(".log");
    log?.scrollTo({ top: log.scrollHeight });
    this.#lastTop = log?.scrollTop ?? 0;
  }

  #scrolled(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const { scrollHeight, scrollTop, clientHeight } = event.target;
    // Only who moves up leaves the end. When the chat becomes longer, the end moves away from the reader.
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) {
      this.#isNearEnd = true;
      this.hasNews = false;
    } else if (scrollTop < this.#lastTop) this.#isNearEnd = false;
    this.#lastTop = scrollTop;
  }

  protected override render(): TemplateResult {
    const name = shown(this.#name);
    return html`<section class="chat ${this.isDragged ? "dragged" : ""}" aria-label="Chat with ${name}"
      @dragover=${this.#dragged} @dragleave=${this.#left} @drop=${this.#dropped}>
      ${this.#head(name)} ${this.#notices()} ${this.#log(name)} ${this.hasNews ? this.#news() : nothing}
      ${
        this.#canWrite
          ? html`<p2p-composer .chat=${this.draft} .name=${name} .problem=${this.problem} .onText=${this.#say}
              .onFiles=${"contact" in this.chat ? this.#offer : undefined}></p2p-composer>`
          : html`<p class="closed">You are no longer a member of this group. What was said before stays here.</p>`
      }
      ${this.isDragged ? html`<div class="drop-hint" aria-hidden="true">Drop files to send them</div>` : nothing}
    </section>`;
  }

  #head(name: string): TemplateResult {
    const hue = "contact" in this.chat ? this.chat.contact.id : this.chat.group.group;
    return html`<header class="chat-head">
      <button type="button" class="round back" aria-label="Back to the list" @click=${() => this.onBack()}>${icon("back")}</button>
      <span class="avatar hue-${hueOf(hue)}" aria-hidden="true">${initialOf(this.#subject.name)}</span>
      <div class="head-main">
        <h2 class="head-name"><bdi>${name}</bdi></h2>
        <p class="head-state">${this.#state()}</p>
      </div>
      <button type="button" class="small details" @click=${() => this.onDetails()}>
        ${icon("contact" in this.chat ? "person" : "group")}
        <span>${"contact" in this.chat ? "Contact" : "Members"}</span>
      </button>
    </header>`;
  }

  #state(): TemplateResult {
    if ("contact" in this.chat) {
      const { contact } = this.chat;
      return html`<span class="dot ${contact.state}" aria-hidden="true"></span><span data-contact-state=${contact.state}>${contactState(contact)}</span>`;
    }
    const { group } = this.chat;
    const maker = group.isMine
      ? "made by you"
      : `made by ${shown(nameOf({ id: group.maker, name: group.makerName }))}`;
    return html`${group.members.length} members, <bdi>${maker}</bdi>`;
  }

  #notices(): TemplateResult | typeof nothing {
    if ("group" in this.chat) {
      const { dropped } = this.chat.group;
      if (dropped === 0) return nothing;
      return html`<p class="notice-line">${dropped} ${dropped === 1 ? "message was" : "messages were"} passed over:
        not by a member, or wrongly signed, or there already.</p>`;
    }
    const { contact } = this.chat;
    const isReached = contact.state === "relayed" || contact.state === "direct";
    const problems = [contact.problem, isReached ? undefined : this.ownProblem];
    return html`${problems.map((one) => (one === undefined ? nothing : html`<p class="notice-line problem">${one}</p>`))}
    ${contact.isNew ? this.#comparison(contact) : nothing}`;
  }

  #comparison(contact: ContactView): TemplateResult {
    return html`<section class="comparison" aria-label="Compare the numbers">
      <p><strong>Compare now, face to face.</strong> The other screen must show the same two numbers: mine stands there
        as theirs, and theirs as mine.</p>
      <dl>
        <div><dt>Mine</dt><dd>${idInGroups(this.ownId)}</dd></div>
        <div><dt>Theirs</dt><dd>${idInGroups(contact.id)}</dd></div>
      </dl>
      <div class="comparison-name">
        <label for="new-name">What I call them</label>
        <input id="new-name" type="text" maxlength=${MAX_NAME} autocomplete="off" .value=${contact.name === contact.id ? "" : contact.name}>
      </div>
      <div class="comparison-buttons">
        <button type="button" class="main" @click=${() => this.#compared(contact)}>Both screens show these numbers</button>
        <button type="button" @click=${() => void this.messenger.forget(contact.contact)}>The other screen shows others: forget this contact</button>
      </div>
    </section>`;
  }

  /** The messenger is told one thing after the other, so that the second does not undo the first. */
  async #compared(contact: ContactView): Promise<void> {
    const name = this.querySelector<HTMLInputElement>("#new-name")?.value.trim() ?? "";
    if (name !== "" && name !== contact.name) await this.messenger.rename(contact.contact, name);
    await this.messenger.compared(contact.contact);
    await this.focusOn(".composer textarea");
  }

  #log(name: string): TemplateResult {
    const { entries } = this.#subject;
    const visible = entries.slice(-this.atMost);
    return html`<div class="log" role="log" aria-live="off" aria-label="Messages with ${name}" tabindex="0"
      @scroll=${this.#scrolled}>
      ${entries.length === 0 ? html`<p class="empty">${this.#emptyWords()}</p>` : nothing}
      ${
        visible.length < entries.length
          ? html`<button type="button" class="small earlier" @click=${this.#showEarlier}>Show earlier messages</button>`
          : nothing
      }
      <ol class="entries">
        ${repeat(
          visible,
          (entry) => entry.entry,
          (entry, index) => this.#entry(entry, visible[index - 1]),
        )}
      </ol>
    </div>`;
  }

  #news(): TemplateResult {
    return html`<div class="news"><button type="button" class="main small" @click=${this.#toNews}>New messages</button></div>`;
  }

  #toNews(): void {
    this.#isNearEnd = true;
    this.hasNews = false;
    this.querySelector<HTMLElement>(".log")?.focus();
  }

  #showEarlier(): void {
    this.atMost += AT_ONCE;
  }

  #emptyWords(): string {
    if ("group" in this.chat) return "Nothing has been said here. Write the first message below.";
    const { isMet, problem } = this.chat.contact;
    if (!isMet && problem !== undefined) return "You have not met yet.";
    if (!isMet)
      return "You have not met yet. Leave this page open: it calls theirs until somebody answers. Then compare the numbers.";
    return "Nothing has been said yet. Write below, or drop a file here: it is sealed in this page, and only your contact can open it.";
  }

  #entry(entry: Entry, before: Entry | undefined): TemplateResult {
    const now = this.clock();
    const day = dayInWords(entry.at, now);
    const isNewDay = before === undefined || dayInWords(before.at, now) !== day;
    return html`${isNewDay ? html`<li class="day">${day}</li>` : nothing}
      <li class=${entry.from === "me" ? "from-me" : "from-them"}>
        <p2p-entry-view .entry=${entry} .sender=${this.#nameOf(entry.from)} .isNamed=${"group" in this.chat} .isOnline=${this.#isOnline}
          .actions=${"contact" in this.chat ? this.#actions : undefined}></p2p-entry-view>
      </li>`;
  }

  #nameOf(from: string): string {
    if ("contact" in this.chat) return nameOf(this.chat.contact);
    return nameOf(this.chat.group.members.find((member) => member.id === from) ?? { id: from, name: from });
  }

  readonly #actions: EntryActions = {
    again: (entry) => void this.#tell(this.messenger.again(this.#key, entry)),
    accept: (entry) => void this.#tell(this.messenger.accept(this.#key, entry)),
    refuse: (entry) => void this.messenger.refuse(this.#key, entry),
    cancel: (entry) => void this.messenger.cancel(this.#key, entry),
  };

  /** Shows why something was not done. */
  async #tell(outcome: Promise<Outcome>): Promise<void> {
    const problem = (await outcome)?.problem;
    if (problem !== undefined) this.problem = problem;
  }

  readonly #say = (text: string): Promise<Outcome> => {
    this.#isNearEnd = true;
    this.problem = "";
    if ("group" in this.chat) return this.messenger.sayInGroup(this.chat.group.group, text);
    return this.messenger.say(this.chat.contact.contact, text);
  };

  readonly #offer = (files: readonly File[]): void => {
    if (!("contact" in this.chat)) return;
    const { contact } = this.chat.contact;
    this.problem =
      files.length > MOST_FILES
        ? `Only the first ${MOST_FILES} files are sent. Send the others after them.`
        : "";
    for (const file of files.slice(0, MOST_FILES))
      this.#offering = this.#offering.then(() => this.#tell(this.messenger.offer(contact, file, file.name)));
    this.#isNearEnd = true;
  };

  #dragged(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.isDragged = "contact" in this.chat;
  }

  #left(event: DragEvent): void {
    // Going from one element of the chat to another is no leaving.
    if (event.relatedTarget instanceof Node && this.contains(event.relatedTarget)) return;
    this.isDragged = false;
  }

  #dropped(event: DragEvent): void {
    this.isDragged = false;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    if ("contact" in this.chat) this.#offer(files);
    else
      this.problem =
        "Files go to one contact, not to a group. Open the chat with one of them, and drop it there.";
  }
}

customElements.define("p2p-chat-view", ChatView);
