// The page's icons: drawn in the colour of the text around them, and hidden from screen readers, because words say the
// same.

import { html, svg, type TemplateResult } from "lit";

const PATHS = {
  add: "M12 5v14M5 12h14",
  attach:
    "M20 11.5 11.6 20a5.3 5.3 0 0 1-7.5-7.5l8.6-8.6a3.5 3.5 0 0 1 5 5l-8.6 8.6a1.8 1.8 0 0 1-2.5-2.5l7.8-7.8",
  back: "M15 5l-7 7 7 7",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6z",
  card: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 14h2v2h-2zM14 18h2v2h-2zM18 18h2v2h-2z",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  delivered: "M3 12.5l4.5 4.5L17 7M11 16l1 1L22 7",
  document: "M6 3h8l4 4v14H6zM14 3v4h4",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  dropped: "M12 7v6M12 16.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  group:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 11a3 3 0 1 0 0-6M18 14.5a6 6 0 0 1 3.5 5.5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
  send: "M4 12 20 4l-5 16-3.5-6.5z",
  sent: "M5 12.5l4.5 4.5L19 7",
  sending: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  talk: "M4 5h12v8H9l-3.5 3v-3H4zM18.5 9H20v8h-1.5v3L15 17h-4.5v-1.5",
  underneath:
    "M12 3v4M12 17v4M4.5 7.5 8 9.5M16 14.5l3.5 2M4.5 16.5l3.5-2M16 9.5l3.5-2M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
};

export type IconName = keyof typeof PATHS;

/** One icon, as large as the text beside it unless the style sheet says otherwise. */
export function icon(name: IconName): TemplateResult {
  const path = svg`<path d=${PATHS[name]}></path>`;
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
}
