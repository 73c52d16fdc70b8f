// Who is in a group, who made it, removing somebody, and leaving it (P10.11).

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
    isLeaving: { state: true },
    problem: { state: true },
  };
  declare group: GroupView;
  declare ownId: string;
  declare messenger: MessengerActions;
  /** The member who is about to be removed. */
  declare chosen: string | undefined;
  /** Leaving asks twice. */
  declare isLeaving: boolean;
  declare problem: string;

  constructor() {
    super();
    this.isLeaving = false;
    this.problem = "";
  }

  protected override closed(): void {
    this.chosen = undefined;
    this.isLeaving = false;
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
      <p class="hint">Version ${this.group.version} of this group. Only its maker can change it.</p>
      ${this.#leaving()}`;
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

  #leaving(): TemplateResult {
    const verb = this.group.isRemoved ? "Delete" : "Leave";
    if (!this.isLeaving)
      return html`<div class="danger-zone">
        <button type="button" class="danger leave" @click=${() => this.#askToLeave(true)}>${verb} this group …</button>
      </div>`;
    return html`<section class="danger-zone" aria-label="${verb} this group">
      <p>${this.#whatLeavingDoes()}</p>
      <button type="button" class="danger leave" @click=${() => void this.#leave()}>${verb} for good</button>
      <button type="button" @click=${() => this.#askToLeave(false)}>${this.group.isRemoved ? "Keep" : "Stay"}</button>
    </section>`;
  }

  #whatLeavingDoes(): TemplateResult {
    const { group } = this;
    const deleted = html`The messages and the key of this group will be deleted here.`;
    if (group.isRemoved) return html`${deleted} You are no longer a member.`;
    if (group.isMine)
      return html`You made this group. ${deleted} <strong>For the others it goes on:</strong> they are not told, still
        see you as a member, and nobody can remove a member any more. You cannot come back, unless somebody makes a new group with you in it.`;
    const maker = shown(nameOf({ id: group.maker, name: group.makerName }));
    return html`${deleted} <strong>You cannot come back, unless somebody makes a new group with you in it.</strong> The
      others are not told, and still see you as a member. Its maker <bdi>${maker}</bdi>
      can remove you: then the group gets a new key, which you never had.`;
  }

  async #askToLeave(isLeaving: boolean): Promise<void> {
    this.isLeaving = isLeaving;
    this.chosen = undefined;
    this.problem = "";
    await this.focusOn(".leave");
  }

  async #leave(): Promise<void> {
    const outcome = await this.messenger.leaveGroup(this.group.group);
    this.isLeaving = false;
    if (outcome === undefined) this.close();
    else this.problem = outcome.problem;
  }

  async #choose(id: string | undefined): Promise<void> {
    this.chosen = id;
    this.isLeaving = false;
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
