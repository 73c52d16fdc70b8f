// The simulated table alone in a page, always with the same nodes and keys. It is bundled in place of page/main.ts.

import "../page/table-view.ts";

declare global {
  interface Window {
    /** What the content security policy has refused. */
    violations: string[];
  }
}

window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});

const view = document.createElement("table-view");
view.setAttribute("seed", "6");
const main = document.createElement("main");
const heading = document.createElement("h1");
heading.textContent = "The table";
main.append(heading, view);
document.querySelector("#page")?.replaceChildren(main);
