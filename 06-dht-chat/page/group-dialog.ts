// Makes a group out of contacts (P10.11).

import { html, type TemplateResult } from "lit";
import type { ContactView, MessengerActions } from "../messenger-view.ts";
import { MAX_NAME } from "../texts.ts";
import { Modal } from "./modal.ts";
import { shown } from "./shown.ts";
import { idInGroups, nameOf } from "./words.ts";

/** Besides oneself: a group has 16 members at most. */
const MOST_OTHERS = 15;

export class GroupDialog extends Modal {
  static override properties = {
    ...Modal.properties,
    contacts: { attribute: false },
    messenger: { attribute: false },
    onMade: { attribute: false },
    problem: { state: true },
  };
  declare contacts: readonly ContactView[];
  declare messenger: MessengerActions;
  /** Called with the group that was made. */
  declare onMade: (group: string) => void;
  declare problem: string;
  #isMaking = false;

  constructor() {
    super();
    this.problem = "";
  }

  protected override closed(): void {
    this.problem = "";
  }

  protected override heading(): string {
    return "Make a group";
  }

  protected override content(): TemplateResult {
    return html`<form class="enter" @submit=${this.#submitted}>
      <label for="group-name">Name of the group</label>
      <input id="group-name" type="text" maxlength=${MAX_NAME} autocomplete="off" required>
      <fieldset class="members">
        <legend>Members, ${MOST_OTHERS} at most besides you</legend>
        ${
          this.contacts.length === 0
            ? html`<p class="empty">You have no contacts yet. Show your card to somebody first.</p>`
            : this.contacts.map(
                (contact) => html`<label class="member">
                  <input type="checkbox" name="member" value=${contact.contact}>
                  <bdi>${shown(nameOf(contact))}</bdi>${
                    contact.name === contact.id
                      ? ""
                      : html`<span class="row-state">${idInGroups(contact.id)}</span>`
                  }
                </label>`,
              )
        }
      </fieldset>
      <p class="hint">You make it, so you alone can remove members. All members see each other's numbers.</p>
      <p class="problem" role="alert">${this.problem}</p>
      <button type="submit" class="main">Make the group</button>
    </form>`;
  }

  async #submitted(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const name = this.querySelector<HTMLInputElement>("#group-name")?.value.trim() ?? "";
    const members = [...this.querySelectorAll<HTMLInputElement>("input[name=member]:checked")].map(
      (box) => box.value,
    );
    this.problem = problemOf(name, members.length);
    if (this.problem !== "" || this.#isMaking) return;
    this.#isMaking = true;
    await this.#make(name, members);
    this.#isMaking = false;
  }

  async #make(name: string, members: string[]): Promise<void> {
    const before = new Set(this.messenger.view.groups.map(({ group }) => group));
    const outcome = await this.messenger.makeGroup(name, members);
    if (outcome !== undefined) {
      this.problem = outcome.problem;
      return;
    }
    this.close();
    const made = this.messenger.view.groups.find(({ group, isMine }) => isMine && !before.has(group));
    if (made !== undefined) this.onMade(made.group);
  }
}

function problemOf(name: string, members: number): string {
  if (name === "") return "The group needs a name. Type one.";
  if (members === 0) return "Nobody is chosen. Choose at least one contact.";
  if (members > MOST_OTHERS)
    return `These are ${members}. A group has ${MOST_OTHERS} others at most: choose fewer.`;
  return "";
}

customElements.define("p2p-group-dialog", GroupDialog);
