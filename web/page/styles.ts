// Sets styles of an element in a template. The page's policy forbids style attributes, and lit's own styleMap writes one when
// it is rendered first; this one goes over the CSSOM (CSP 3, section 8.2), which the policy allows.

import { noChange } from "lit";
import { Directive, directive, type ElementPart, type PartInfo, PartType } from "lit/directive.js";

class Styles extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT)
      throw new Error("styles() stands in a tag, without an attribute's name");
  }

  render(_styles: Readonly<Record<string, string>>): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [styles]: [Readonly<Record<string, string>>]): unknown {
    const { style } = element as HTMLElement;
    for (const [name, value] of Object.entries(styles)) style.setProperty(name, value);
    return noChange;
  }
}

/**
 * Sets styles, and each time the same ones: `html`<div ${styles({ height: "3px" })}></div>``.
 * @param styles values by the names of properties as in a style sheet: `max-width`, `--place`
 */
export const styles = directive(Styles);
