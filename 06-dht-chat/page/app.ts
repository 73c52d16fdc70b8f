// The messenger's window: the list beside the chat, or one of them where there is no room for both. It follows the
// messenger's view, and knows nothing of networks or storage.

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { ContactView, GroupView, MessengerActions, MessengerView } from "../messenger-view.ts";
import { announcements, joined } from "./announcements.ts";
import type { CardDialog, CardMode } from "./card-dialog.ts";
import "./card-dialog.ts";
import type { Chat, ChatView } from "./chat-view.ts";
import "./chat-view.ts";
import type { ContactDialog } from "./contact-dialog.ts";
import "./contact-dialog.ts";
import type { ContactsList } from "./contacts-list.ts";
import "./contacts-list.ts";
import { firstSteps } from "./first-steps.ts";
import type { GroupDialog } from "./group-dialog.ts";
import "./group-dialog.ts";
import { icon } from "./icons.ts";
import type { MembersDialog } from "./members-dialog.ts";
import "./members-dialog.ts";
import "./own-number.ts";
import { PageElement } from "./page-element.ts";
import type { UnderneathView } from "./underneath-view.ts";
import "./underneath-view.ts";

/** A contact whose key is not pinned yet is called by their card's hint, of so many digits; the others by their key. */
const HINT_LENGTH = 16;

const TITLE = "Peer-to-peer chat";

export class App extends PageElement {
  static override properties = {
    messenger: { attribute: false },
    clock: { attribute: false },
    profile: { attribute: false },
    view: { state: true },
    open: { state: true },
    said: { state: true },
  };
  declare messenger: MessengerActions;
  /** In milliseconds since 1970. */
  declare clock: () => number;
  /** Shown beside the title if it is not the usual one. */
  declare profile: string | undefined;
  declare view: MessengerView;
  /** The chat that is open, as it was called then. A contact's name changes once, when a key is pinned; its id stays. */
  declare open: { chat: string; id: string | undefined } | undefined;
  /** What is said to screen readers. */
  declare said: { sentence: string };

  override connectedCallback(): void {
    super.connectedCallback();
    this.view = this.messenger.view;
    this.said = { sentence: "" };
    this.messenger.addEventListener("change", this.#changed);
    document.addEventListener("visibilitychange", this.#looked);
    // A file that is dropped beside a chat would otherwise replace the page.
    window.addEventListener("dragover", preventOpening);
    window.addEventListener("drop", preventOpening);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.messenger.removeEventListener("change", this.#changed);
    document.removeEventListener("visibilitychange", this.#looked);
    window.removeEventListener("dragover", preventOpening);
    window.removeEventListener("drop", preventOpening);
  }

  readonly #changed = (): void => {
    const before = this.view;
    const hadChat = this.#chat() !== undefined;
    this.view = this.messenger.view;
    if (hadChat && this.#chat() === undefined) void this.#chatIsGone();
    const sentences = announcements(before, this.view);
    if (sentences.length > 0) this.said = { sentence: joined(sentences) };
    this.#meet(before);
    this.#looked();
  };

  /** Somebody has used the card that is shown: their chat opens, so that the numbers are compared now. */
  #meet(before: MessengerView): void {
    const dialog = this.#find<CardDialog>("p2p-card-dialog");
    if (dialog === null || !dialog.isOpen || dialog.mode !== "show") return;
    const known = new Set(before.contacts.map((contact) => contact.id));
    const newcomer = this.view.contacts.find((contact) => contact.isNew && !known.has(contact.id));
    if (newcomer === undefined) return;
    dialog.close();
    this.#openChat(newcomer.contact);
  }

  /** What is open in a page that is seen is not unread. */
  readonly #looked = (): void => {
    const chat = this.#chat();
    const unread = chat === undefined ? 0 : "contact" in chat ? chat.contact.unread : chat.group.unread;
    if (unread > 0 && document.visibilityState === "visible" && this.open !== undefined) {
      this.messenger.seen(keyOf(chat) ?? this.open.chat);
    }
  };

  #find<E extends Element>(selector: string): E | null {
    return this.querySelector<E>(selector);
  }

  #chat(): Chat | undefined {
    const { open } = this;
    if (open === undefined) return undefined;
    const contact =
      this.view.contacts.find((one) => one.contact === open.chat) ??
      this.view.contacts.find((one) => open.chat.length === HINT_LENGTH && one.id === open.id);
    if (contact !== undefined) return { contact };
    const group = this.view.groups.find((one) => one.group === open.chat);
    return group === undefined ? undefined : { group };
  }

  #openChat(chat: string): void {
    this.open = { chat, id: this.view.contacts.find((one) => one.contact === chat)?.id };
    this.#looked();
    void this.#focusOnChat();
  }

  async #focusOnChat(): Promise<void> {
    await this.updateComplete;
    await this.#find<ChatView>("p2p-chat-view")?.updateComplete;
    this.#find<HTMLElement>("p2p-chat-view .comparison input, p2p-chat-view .composer textarea")?.focus();
  }

  /** A contact was forgotten, or a group left: the keyboard goes on in the list, rather than nowhere. */
  async #chatIsGone(): Promise<void> {
    await this.updateComplete;
    await this.#find<ContactsList>("p2p-contacts-list")?.updateComplete;
    if (document.activeElement !== document.body) return;
    (this.#find<HTMLElement>("[data-chat]") ?? this.#find<HTMLElement>(".own-buttons button"))?.focus();
  }

  #back(): void {
    const chat = this.open?.chat;
    this.open = undefined;
    if (chat !== undefined) void this.focusOn(`[data-chat="${CSS.escape(chat)}"]`);
  }

  protected override render(): TemplateResult {
    const chat = this.#chat();
    document.title = titleOf(this.view);
    return html`<main class="app ${chat === undefined ? "without-chat" : "with-chat"}">
        <h1 class="for-readers">${TITLE}</h1>
        <section class="side" aria-label="Contacts and groups">
          <header class="side-head">
            <span class="side-title" aria-hidden="true">${TITLE}</span>
            ${this.profile === undefined ? nothing : html`<span class="profile">Profile ${this.profile}</span>`}
          </header>
          <p2p-own-number .own=${this.view.own} .onCard=${this.#openCard}></p2p-own-number>
          <p2p-contacts-list .contacts=${this.view.contacts} .groups=${this.view.groups} .open=${keyOf(chat)}
            .clock=${this.clock}
            .onOpen=${(one: string) => this.#openChat(one)}
            .onMakeGroup=${() => void this.#find<GroupDialog>("p2p-group-dialog")?.open()}></p2p-contacts-list>
          ${this.#foot()}
        </section>
        <div class="main-part">${chat === undefined ? this.#empty() : this.#chatView(chat)}</div>
      </main>
      ${this.#dialogs(chat)}
      <div class="for-readers" role="status" aria-live="polite" data-said>
        ${keyed(this.said, html`<p>${this.said.sentence}</p>`)}
      </div>`;
  }

  #foot(): TemplateResult {
    return html`<footer class="side-foot">
      <label class="switch">
        <input type="checkbox" role="switch" .checked=${this.view.isDirectOn} aria-describedby="direct-help"
          @change=${(event: Event) => void this.messenger.setDirect(isChecked(event))}>
        <span>Go direct where possible</span>
      </label>
      <p class="hint" id="direct-help">Faster. Contacts then see your network addresses.
        Whoever runs a contact's relay sees where you call from in any case.</p>
      <button type="button" class="small" @click=${() => void this.#find<UnderneathView>("p2p-underneath-view")?.open()}>
        ${icon("underneath")} What is going on underneath
      </button>
    </footer>`;
  }

  #empty(): TemplateResult {
    return html`<div class="empty-chat">
      <span class="empty-picture" aria-hidden="true">${icon("talk")}</span>
      ${
        this.view.contacts.length === 0
          ? html`<h2>Two pages, and nobody in between</h2>
              ${firstSteps()}`
          : html`<h2>Choose a chat</h2>`
      }
      <p class="hint">Texts and files are sealed in this page and opened in your contact's. They arrive only while both
        of you are online: nobody in between keeps them.</p>
    </div>`;
  }

  #chatView(chat: Chat): TemplateResult {
    return html`<p2p-chat-view .chat=${chat} .draft=${this.open?.chat} .ownId=${this.view.own.id} .ownProblem=${this.view.own.problem} .messenger=${this.messenger} .clock=${this.clock}
      .onBack=${() => this.#back()} .onDetails=${this.#openDetails}></p2p-chat-view>`;
  }

  #dialogs(chat: Chat | undefined): TemplateResult {
    const { messenger, view } = this;
    return html`<p2p-card-dialog .card=${view.card} .ownProblem=${view.own.problem} .messenger=${messenger} .clock=${this.clock}
        .onContact=${(contact: string) => this.#openChat(contact)}></p2p-card-dialog>
      <p2p-group-dialog .contacts=${view.contacts.filter(({ isMet }) => isMet)} .messenger=${messenger}
        .onMade=${(group: string) => this.#openChat(group)}></p2p-group-dialog>
      <p2p-underneath-view .view=${view}></p2p-underneath-view>
      ${
        chat !== undefined && "contact" in chat
          ? html`<p2p-contact-dialog .contact=${chat.contact} .messenger=${messenger}></p2p-contact-dialog>`
          : nothing
      }
      ${
        chat !== undefined && "group" in chat
          ? html`<p2p-members-dialog .group=${chat.group} .ownId=${view.own.id} .messenger=${messenger}></p2p-members-dialog>`
          : nothing
      }`;
  }

  readonly #openCard = (mode: CardMode): void => {
    void this.#find<CardDialog>("p2p-card-dialog")?.openAs(mode);
  };

  readonly #openDetails = (): void => {
    void this.#find<ContactDialog | MembersDialog>("p2p-contact-dialog, p2p-members-dialog")?.open();
  };
}

function keyOf(chat: Chat | undefined): string | undefined {
  if (chat === undefined) return undefined;
  return "contact" in chat ? chat.contact.contact : chat.group.group;
}

function isChecked(event: Event): boolean {
  return event.target instanceof HTMLInputElement && event.target.checked;
}

function preventOpening(event: DragEvent): void {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
}

function titleOf(view: MessengerView): string {
  const chats: readonly (ContactView | GroupView)[] = [...view.contacts, ...view.groups];
  const unread = chats.reduce((sum, chat) => sum + chat.unread, 0);
  return unread === 0 ? TITLE : `(${unread}) ${TITLE}`;
}

customElements.define("p2p-app", App);
