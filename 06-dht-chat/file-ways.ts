// What the files of a contact share: the ways to them and to the store, and blobs whose type is what their bytes say (P10.9).

import type { Bytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import type { Content } from "./contents.ts";
import type { FileContent } from "./entries.ts";
import { blobTypeOf, HEAD_BYTES, mediaOf } from "./media.ts";
import type { Store, StoredFile } from "./store.ts";

/** What a file needs of the rest. */
export interface FileWays {
  /** The contact. */
  chat: string;
  store: Store;
  clock: Clock;
  /**
   * Sends on the way that there is, unless it is not wanted any more when its turn comes.
   * Resolves when there is room; rejects if the way is lost.
   */
  send(content: Content, isWanted: () => boolean): Promise<void>;
  /** Sends an answer, if there is a way. */
  answer(content: Content): void;
  /** A file is new, or something of it is. */
  show(file: StoredFile, content?: FileContent, problem?: string): void;
  warn(sentence: string): void;
}

/** How a file may be shown: its first bytes say it. */
export async function contentOf(blob: Blob): Promise<FileContent> {
  const media = mediaOf(await readWhole(blob.slice(0, HEAD_BYTES)));
  return media === undefined ? { blob } : { blob, shown: media.shown };
}

/** A blob whose type is what its first bytes say, whatever the other side says (P10.9). */
export function blobOf(bytes: Bytes): Blob {
  return new Blob([bytes], { type: blobTypeOf(bytes.subarray(0, HEAD_BYTES)) });
}

export async function readWhole(blob: Blob): Promise<Bytes> {
  return new Uint8Array(await blob.arrayBuffer());
}
