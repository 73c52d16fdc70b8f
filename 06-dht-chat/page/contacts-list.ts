// The list of chats: contacts and groups, with who is online and what is unread.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ContactView, Entry, GroupView } from "../messenger-view.ts";
import { firstSteps } from "./first-steps.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { shown } from "./shown.ts";
import { contactState, hueOf, initialOf, lastHeard, nameOf } from "./words.ts";

/** Whoever was heard last comes first. */
function lastAt(entries: readonly Entry[]): number {
  return entries.at(-1)?.at ?? 0;
}

export class ContactsList extends PageElement {
  static override properties = {
    contacts: { attribute: false },
    groups: { attribute: false },
    open: { attribute: false },
    clock: { attribute: false },
    onOpen: { attribute: false },
    onMakeGroup: { attribute: false },
  };
  declare contacts: readonly ContactView[];
  declare groups: readonly GroupView[];
  /** The chat that is open. */
  declare open: string | undefined;
  declare clock: () => number;
  declare onOpen: (chat: string) => void;
  declare onMakeGroup: () => void;

  protected override render(): TemplateResult {
    return html`<nav class="chats" aria-label="Chats">
      <h2 class="list-title" id="contacts-title">Contacts</h2>
      ${this.#contacts()}
      ${this.contacts.length === 0 && this.groups.length === 0 ? nothing : this.#groups()}
    </nav>`;
  }

  #contacts(): TemplateResult {
    if (this.contacts.length === 0) {
      return html`<p class="empty">Nobody here yet. Show your card to somebody, or enter theirs.</p>
        <div class="narrow-only">${firstSteps()}</div>`;
    }
    const sorted = this.contacts.toSorted((a, b) => lastAt(b.entries) - lastAt(a.entries));
    return html`<ul aria-labelledby="contacts-title">
      ${repeat(
        sorted,
        (contact) => contact.contact,
        (contact) => html`<li>${this.#contact(contact)}</li>`,
      )}
    </ul>`;
  }

  #contact(contact: ContactView): TemplateResult {
    const state = contact.isNew ? "new: compare the numbers" : contactState(contact);
    const mark = html`<span class="dot ${contact.state}" aria-hidden="true"></span>`;
    return this.#row(
      contact.contact,
      contact.id,
      { ...contact, name: nameOf(contact) },
      html`${mark}${state}`,
    );
  }

  #groups(): TemplateResult {
    return html`<div class="list-head">
        <h2 class="list-title" id="groups-title">Groups</h2>
        <button type="button" class="small" @click=${() => this.onMakeGroup()}>${icon("add")} Make a group</button>
      </div>
      ${
        this.groups.length === 0
          ? html`<p class="empty">No groups yet. You can make one with your contacts, without asking anybody.</p>`
          : html`<ul aria-labelledby="groups-title">
              ${repeat(
                this.groups.toSorted((a, b) => lastAt(b.entries) - lastAt(a.entries)),
                (group) => group.group,
                (group) => html`<li>${this.#group(group)}</li>`,
              )}
            </ul>`
      }`;
  }

  #group(group: GroupView): TemplateResult {
    const count = group.members.length === 1 ? "1 member" : `${group.members.length} members`;
    const state = group.isRemoved ? "you are no longer a member" : count;
    return this.#row(group.group, group.group, group, html`${state}`);
  }

  #row(
    chat: string,
    hue: string,
    row: { name: string; unread: number; entries: readonly Entry[] },
    state: TemplateResult,
  ): TemplateResult {
    const last = row.entries.at(-1);
    return html`<button type="button" class="chat-row" data-chat=${chat}
      aria-current=${chat === this.open ? "true" : "false"} @click=${() => this.onOpen(chat)}>
      <span class="avatar hue-${hueOf(hue)}" aria-hidden="true">${initialOf(row.name)}</span>
      <span class="row-main">
        <bdi class="row-name">${shown(row.name)}</bdi>
        <span class="row-state">${state}</span>
      </span>
      <span class="row-side">
        ${last === undefined ? nothing : html`<span class="row-time">${lastHeard(last.at, this.clock())}</span>`}
        ${
          row.unread === 0
            ? nothing
            : html`<span class="unread">${row.unread}<span class="for-readers"> unread</span></span>`
        }
      </span>
    </button>`;
  }
}

customElements.define("p2p-contacts-list", ContactsList);
