// Who is in a group, who made it, and removing somebody (P10.11).

import { html, nothing, type TemplateResult } from "lit";
import type { GroupView, MessengerActions } from "../messenger-view.ts";
import { Modal } from "./modal.ts";
import { shown } from "./shown.ts";
import { hueOf, idInGroups, initialOf, nameOf } from "./words.ts";

export class MembersDialog extends Modal {
  static override properties = {
    ...Modal.properties,
    group: { attribute: false },
    ownId: { attribute: false },
    messenger: { attribute: false },
    chosen: { state: true },
    problem: { state: true },
  };
  declare group: GroupView;
  declare ownId: string;
  declare messenger: MessengerActions;
  /** The member who is about to be removed. */
  declare chosen: string | undefined;
  declare problem: string;

  constructor() {
    super();
    this.problem = "";
  }

  protected override closed(): void {
    this.chosen = undefined;
    this.problem = "";
  }

  protected override heading(): string {
    return `Members of ${shown(this.group.name)}`;
  }

  protected override content(): TemplateResult {
    return html`<ul class="member-list">
        ${this.group.members.map((member) => html`<li>${this.#member(member)}</li>`)}
      </ul>
      ${this.chosen === undefined ? nothing : this.#confirmation(this.chosen)}
      <p class="problem" role="alert">${this.problem}</p>
      <p class="hint">Version ${this.group.version} of this group. Only its maker can change it.</p>`;
  }

  #member(member: GroupView["members"][number]): TemplateResult {
    const isMe = member.id === this.ownId;
    const isMaker = member.id === this.group.maker;
    // Whoever has no name here is called by their number: it does not stand there twice.
    const isNamed = isMe || member.name !== member.id;
    const words = [isNamed ? idInGroups(member.id) : "", isMaker ? "made this group" : ""]
      .filter((word) => word !== "")
      .join(", ");
    const name = isMe ? "You" : shown(nameOf(member));
    return html`<span class="avatar hue-${hueOf(member.id)}" aria-hidden="true">${initialOf(name)}</span>
      <span class="row-main">
        <bdi class="row-name">${name}</bdi>
        <span class="row-state">${words}</span>
      </span>
      ${
        this.group.isMine && !isMe
          ? html`<button type="button" class="small" aria-label="Remove ${name}" @click=${() => this.#choose(member.id)}>Remove</button>`
          : nothing
      }`;
  }

  #confirmation(id: string): TemplateResult | typeof nothing {
    const member = this.group.members.find((one) => one.id === id);
    if (member === undefined) return nothing;
    return html`<section class="danger-zone" aria-label="Remove a member">
      <p>Remove <bdi>${shown(nameOf(member))}</bdi>? The group gets a new key, so they cannot read what is said from now on.
        <strong>What was said before stays readable to them.</strong></p>
      <button type="button" class="danger" @click=${() => void this.#remove(id)}>Remove for good</button>
      <button type="button" @click=${() => this.#choose(undefined)}>Keep</button>
    </section>`;
  }

  async #choose(id: string | undefined): Promise<void> {
    this.chosen = id;
    this.problem = "";
    await this.focusOn(id === undefined ? ".member-list button" : ".danger");
  }

  async #remove(id: string): Promise<void> {
    const outcome = await this.messenger.removeMember(this.group.group, id);
    this.problem = outcome?.problem ?? "";
    await this.#afterRemoval();
  }

  async #afterRemoval(): Promise<void> {
    this.chosen = undefined;
    await this.focusOn(".dialog-head button");
  }
}

customElements.define("p2p-members-dialog", MembersDialog);
