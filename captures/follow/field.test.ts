// Reads the captures of captures/testing/field, and compares what is in them with the list beside them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { endpoint } from "../explain/endpoint.ts";
import type { Piece } from "../read/packet.ts";
import { sha256 } from "../testing/sha256.ts";
import { loadCapture } from "./load.ts";

const FOLDER = join(import.meta.dirname, "../testing/field");

/** The rows of the list, each with the columns' names. */
const ROWS = readFileSync(join(FOLDER, "expected.tsv"), "utf8")
  .trimEnd()
  .split("\n")
  .map((row) => row.split("\t"));
const [NAMES = [], ...VALUES] = ROWS;
const EXPECTED = VALUES.map((values) => Object.fromEntries(NAMES.map((name, i) => [name, values[i] ?? ""])));

function bytesOf(pieces: Iterable<Piece>): Buffer {
  return Buffer.concat(
    Array.from(pieces, (piece) => {
      assert.equal(piece.kind, "data");
      return piece.kind === "data" ? piece.bytes : Buffer.alloc(0);
    }),
  );
}

/** What we say of a capture, as rows of the list. */
async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const path = join(FOLDER, file);
  const { packets, segments, streams, notUnderstood } = await loadCapture(path, false);
  assert.isEmpty([...notUnderstood]);
  return streams.map(({ index, a, b, fromA, fromB }) => {
    const [bytesA, bytesB] = [bytesOf(fromA), bytesOf(fromB)];
    return {
      file,
      file_sha256: sha256(readFileSync(path)),
      packets: String(packets),
      tcp_packets: String(segments),
      stream: String(index),
      a: endpoint(a),
      b: endpoint(b),
      aBytes: String(bytesA.length),
      aSha256: sha256(bytesA),
      bBytes: String(bytesB.length),
      bSha256: sha256(bytesB),
    };
  });
}

describe("captures of other programs and networks", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".pcap"));

  it("are all in the list", () => {
    assert.sameMembers(files, [...new Set(EXPECTED.map(({ file }) => file ?? ""))]);
  });

  for (const file of files) {
    it(`${file} holds what it should`, async () => {
      assert.deepEqual(
        await rowsOf(file),
        EXPECTED.filter((row) => row.file === file),
      );
    });
  }
});
