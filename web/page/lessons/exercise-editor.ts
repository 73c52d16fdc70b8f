// A plain text field for the student's file, for those who have no editor: it loads the file, saves it, and loses nothing if
// another program saves it, too.

import { html, nothing, type TemplateResult } from "lit";
import { type ExerciseFile, type ExerciseState, type FileText, MOST_FILE } from "../../shared/exercises.ts";
import { CallError } from "../../shared/fields.ts";
import { PageElement } from "../page-element.ts";
import { server } from "../server.ts";
import { shortVerdict } from "./exercise-words.ts";
import "./exercise-editor.css";

/** What was written and is not saved yet, by exercise: it stays when the reader looks at another page. */
const unsaved = new Map<string, FileText>();

addEventListener("beforeunload", (event) => {
  if (unsaved.size > 0) event.preventDefault();
});

const INDENT = "  ";

class ExerciseEditor extends PageElement {
  static override properties = {
    exercise: { attribute: false },
    file: { attribute: false },
    state: { attribute: false },
    message: { state: true },
    conflict: { state: true },
    isUnsaved: { state: true },
  };
  declare exercise: string;
  declare file: ExerciseFile;
  /** Its verdict stands below the field, in sight. */
  declare state: ExerciseState;
  /** What has come of the last save, or what was wrong with it. */
  declare message: string;
  /** What another program has saved in the meantime. */
  declare conflict: FileText | undefined;
  declare isUnsaved: boolean;
  /** The version that the text in the field was made from. */
  #version = "";
  #isLoaded = false;
  #isBusy = false;
  /** Whether the next Tab leaves the field, as everywhere else. */
  #tabLeaves = false;

  constructor() {
    super();
    this.message = "";
    this.isUnsaved = false;
  }

  protected override firstUpdated(): void {
    const kept = unsaved.get(this.exercise);
    if (kept !== undefined) this.#fill(kept, true);
    else void this.#load();
  }

  /** The file was saved by another program: it is shown at once, unless something would be lost. */
  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("file") || !this.#isLoaded || this.#isBusy || this.file.version === this.#version)
      return;
    void this.#load();
  }

  get #field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  async #load(): Promise<void> {
    await this.#attempt(async () => {
      const loaded = await server.call("exercises/load-file", { exercise: this.exercise });
      if (loaded.version === this.#version) return;
      if (this.isUnsaved) this.conflict = loaded;
      else this.#fill(loaded, false);
    });
  }

  #fill({ text, version }: FileText, isUnsaved: boolean): void {
    const field = this.#field;
    if (field === null) return;
    const { selectionStart, scrollTop } = field;
    const isFirst = !this.#isLoaded;
    field.value = text;
    this.#version = version;
    this.#isLoaded = true;
    this.isUnsaved = isUnsaved;
    this.conflict = undefined;
    if (isFirst) return this.#goToLine();
    field.setSelectionRange(selectionStart, selectionStart);
    field.scrollTop = scrollTop;
  }

  /** Puts the cursor where the student writes. */
  #goToLine(): void {
    const field = this.#field;
    if (field === null) return;
    const before = field.value.split("\n").slice(0, this.file.line - 1);
    const start = before.join("\n").length + (before.length > 0 ? 1 : 0);
    field.setSelectionRange(start, start);
    const lineHeight = Number.parseFloat(getComputedStyle(field).lineHeight);
    field.scrollTop = Math.max(0, (before.length - 4) * lineHeight);
    field.focus({ preventScroll: true });
  }

  #written(): void {
    this.isUnsaved = true;
    this.message = "";
    unsaved.set(this.exercise, { text: this.#field?.value ?? "", version: this.#version });
  }

  async #save(force = false): Promise<void> {
    const text = this.#field?.value ?? "";
    await this.#attempt(async () => {
      const given = { exercise: this.exercise, text, version: this.#version, force };
      const result = await server.call("exercises/save-file", given);
      if ("conflict" in result) {
        this.conflict = result.conflict;
        return;
      }
      this.#version = result.version;
      this.conflict = undefined;
      this.message =
        result.copy === "" ? "Saved." : `Saved. What the file held before is kept in ${result.copy}`;
      // Something may have been typed since.
      this.isUnsaved = this.#field?.value !== text;
      if (!this.isUnsaved) unsaved.delete(this.exercise);
    });
  }

  /** Takes what the file holds now. What was written here goes to the clipboard. */
  async #takeFile(): Promise<void> {
    const { conflict } = this;
    if (conflict === undefined) return;
    const isCopied = await navigator.clipboard.writeText(this.#field?.value ?? "").then(
      () => true,
      () => false,
    );
    if (!isCopied) {
      this.message = "The browser did not let us copy what you wrote: copy it yourself first.";
      return;
    }
    unsaved.delete(this.exercise);
    this.#fill(conflict, false);
    this.message = "This is what the file holds. What you had written here is on the clipboard.";
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.message = error.message;
    } finally {
      this.#isBusy = false;
    }
  }

  #press(event: KeyboardEvent): void {
    const isSave = event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isSave) {
      event.preventDefault();
      void this.#save();
      return;
    }
    if (event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && !this.#tabLeaves) {
      event.preventDefault();
      // This alone can be undone with Ctrl+Z.
      document.execCommand("insertText", false, INDENT);
    }
    this.#tabLeaves = event.key === "Escape";
  }

  protected override render(): TemplateResult {
    const { name } = this.file;
    const { isChecking, outcome } = this.state;
    return html`<div class="editor">
      <label for="exercise-text">${name}</label>
      <textarea id="exercise-text" aria-describedby="exercise-keys" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"
        rows="18" maxlength=${MOST_FILE} @input=${this.#written} @keydown=${this.#press} @blur=${() => {
          this.#tabLeaves = false;
        }}></textarea>
      ${this.conflict === undefined ? nothing : this.#conflictChoice()}
      <div class="bar">
        <button type="button" class="main" ?disabled=${!this.isUnsaved} @click=${() => void this.#save()}>Save</button>
        <span role="status">${this.message || (this.isUnsaved ? "Not saved yet." : "")}</span>
        <span role="status" class=${`gist ${isChecking ? "checking" : (outcome?.verdict ?? "")}`}>${
          this.isUnsaved ? nothing : shortVerdict(this.state)
        }</span>
      </div>
      <p id="exercise-keys" class="quiet">Ctrl+S saves, and the check runs. Tab indents; Escape and then Tab leaves the field.</p>
    </div>`;
  }

  #conflictChoice(): TemplateResult {
    return html`<div class="conflict" role="alert">
      <p>Another program has saved this file while you wrote here. Nothing is lost: choose which one stays.</p>
      <div class="buttons">
        <button type="button" @click=${() => void this.#save(true)}>Save mine, and keep a copy of the file</button>
        <button type="button" @click=${() => void this.#takeFile()}>Take the file, and copy mine to the clipboard</button>
      </div>
    </div>`;
  }
}

customElements.define("exercise-editor", ExerciseEditor);
