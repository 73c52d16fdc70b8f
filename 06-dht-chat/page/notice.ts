// Says in place of the messenger why it cannot run here, and what to do.

import { html, nothing, render, type TemplateResult } from "lit";

/**
 * @param sentences what is wrong, and what to do; a command to be typed stands between `
 * @param canTryAgain whether loading the page again may help
 */
export function showNotice(place: HTMLElement, sentences: readonly string[], canTryAgain: boolean): void {
  const again = html`<p><button type="button" class="main" @click=${() => location.reload()}>Try again</button></p>`;
  place.replaceChildren();
  render(
    html`<main class="notice" role="alert">
      <h1>The chat cannot run here</h1>
      ${sentences.map((sentence) => paragraph(sentence))}
      ${canTryAgain ? again : nothing}
    </main>`,
    place,
  );
}

/** A command stands in one line, so that it can be copied; where there is no room for it, it is moved sideways. */
function paragraph(sentence: string): TemplateResult {
  const command = /^`(.+)`$/.exec(sentence)?.[1];
  if (command === undefined) return html`<p>${sentence}</p>`;
  return html`<p class="command" tabindex="0"><code>${command}</code></p>`;
}
