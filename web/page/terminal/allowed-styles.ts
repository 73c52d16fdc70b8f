// xterm.js makes style elements and sets style attributes, which the page's policy forbids. So the document makes elements
// that do the same in ways that the policy allows. (xterm.js can be handed a document of its own, but uses the page's in some
// places all the same.)

const NONCE = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";

/** From now on, style elements that scripts of the page make get the page's nonce, and spans set their style over the CSSOM. */
export function allowStyles(): void {
  const make = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement =>
    allowed(make(name, options));
}

function allowed(element: HTMLElement): HTMLElement {
  if (element instanceof HTMLStyleElement) element.nonce = NONCE;
  if (element instanceof HTMLSpanElement) element.setAttribute = setAttribute;
  return element;
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
