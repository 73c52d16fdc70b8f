// What all components of the page share: they render into the page itself, so that labels, roles and the style sheets reach
// everything.

import { LitElement } from "lit";

/** A component without a shadow tree. */
export class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Moves the keyboard's focus to an element of this component, once it has been rendered. */
  async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }
}
