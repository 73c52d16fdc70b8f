// Makes elements of the HTML of a lesson. Whatever could act (scripts, handlers, styles, forms, foreign addresses) is taken out.

import DOMPurify from "dompurify";

/** What a lesson's text is made of. All else is dropped; its text stays. */
const TAGS = [
  ...[
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "br",
    "hr",
    "blockquote",
    "a",
    "img",
    "span",
  ],
  ...["div", "table", "thead", "tbody", "tr", "th", "td", "h2", "h3", "h4"],
];
const ATTRIBUTES = ["href", "target", "rel", "src", "alt", "class", "id", "start"];

/** Links lead to places of this page or to other sites. Pictures come with the page: `data:` is for these alone. */
const ADDRESS = /^(?:https?:\/\/|#\/)/i;
const PICTURE = /^data:image\/png;base64,[A-Za-z0-9+/=]*$/;

const purify = DOMPurify(window);
purify.addHook("afterSanitizeAttributes", (element) => {
  if (element instanceof HTMLImageElement && !PICTURE.test(element.getAttribute("src") ?? ""))
    element.removeAttribute("src");
  // The other site must not reach this page, and learns nothing of it.
  if (element.hasAttribute("target")) element.setAttribute("rel", "noopener noreferrer");
});

/** @param html not to be trusted */
export function sanitised(html: string): DocumentFragment {
  return purify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOWED_URI_REGEXP: ADDRESS,
    // Their values are no addresses.
    ADD_URI_SAFE_ATTR: ["target", "rel", "start"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
