// Says in place of the messenger why it cannot run here, and what to do.

import { html, nothing, render } from "lit";

/**
 * @param sentences what is wrong, and what to do
 * @param canTryAgain whether loading the page again may help
 */
export function showNotice(place: HTMLElement, sentences: readonly string[], canTryAgain: boolean): void {
  const again = html`<p><button type="button" class="main" @click=${() => location.reload()}>Try again</button></p>`;
  place.replaceChildren();
  render(
    html`<main class="notice" role="alert">
      <h1>The chat cannot run here</h1>
      ${sentences.map((sentence) => html`<p>${sentence}</p>`)}
      ${canTryAgain ? again : nothing}
    </main>`,
    place,
  );
}
