// Which name a peer is shown under (P8.10): peers are told apart by fingerprint, and a plain name belongs to one key. Pure.

export class Names {
  /** The name belongs to this key from now on, also while it is away (P9.5). One's own name is pinned to one's own key. */
  pin(name: string, fingerprint: string): void {
    throw new Error(`not yet: ${[name, fingerprint]}`);
  }

  unpin(fingerprint: string): void {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** This key says that this is its name. */
  heard(name: string, fingerprint: string): void {
    throw new Error(`not yet: ${[name, fingerprint]}`);
  }

  /** This key is not heard any more. A pin stays. */
  forget(fingerprint: string): void {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** `bob`, or `bob#F3kQ` if the plain name belongs to another key, or `?#F3kQ` if no name is known. */
  shown(fingerprint: string): string {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** Says if it is shown under its plain name. If not, the user is warned. */
  isPlain(fingerprint: string): boolean {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** The fingerprints that `bob` or `bob#F3kQ` can mean: none, one, or several if too few characters were typed. */
  find(text: string): string[] {
    throw new Error(`not yet: ${text}`);
  }
}
