// Shows why a block cipher needs a mode: encrypts a picture or a text block by block (ECB) and in a chain (CBC).
//
//   npm run pictures                         three pictures into work/pictures/
//   npm run pictures -- --text "some text"   the blocks of a text

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { endWhenOutputCloses } from "../../programs/closed-output.ts";
import { printUsage } from "../../terminal/fitted.ts";
import { blocksOf, countDifferent, encryptForDemonstration, type Mode, pad } from "./block-modes.ts";
import { drawLighthouse, HEIGHT, WIDTH } from "./lighthouse.ts";
import { encodePng, type Picture } from "./png.ts";

const USAGE = `usage: npm run pictures -- [--text TEXT | --folder FOLDER]

Encrypts a picture with AES-256 in the modes ECB and CBC, and writes plain.png, ecb.png and cbc.png.
With --text it shows the blocks of a text instead. The key is the same each time: for demonstration only.

  --text TEXT      a text of 1 to 1024 bytes
  --folder FOLDER  where the pictures go (work/pictures)
  --help           show this text`;

const LONGEST_TEXT = 1024;

/** The plain picture, and the same picture encrypted in each mode, by the names of their files. */
export function drawPictures(): Record<"plain.png" | "ecb.png" | "cbc.png", Picture> {
  const plain: Picture = { width: WIDTH, height: HEIGHT, pixels: Buffer.from(drawLighthouse()) };
  const encrypted = (mode: Mode): Picture => {
    // Only the pixels are encrypted, so that the result is still a picture. The block of padding is cut off.
    const bytes = encryptForDemonstration(mode, plain.pixels);
    return { ...plain, pixels: bytes.subarray(0, plain.pixels.length) };
  };
  return { "plain.png": plain, "ecb.png": encrypted("ecb"), "cbc.png": encrypted("cbc") };
}

function showPictures(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, picture] of Object.entries(drawPictures())) {
    writeFileSync(join(folder, name), encodePng(picture));
    const blocks = blocksOf(picture.pixels);
    console.log(
      `${join(folder, name)}: ${blocks.length} blocks of 16 bytes, ${countDifferent(blocks)} of them different`,
    );
  }
}

function showText(text: string): void {
  const plain = Buffer.from(text);
  const padded = pad(plain);
  const columns = [
    blocksOf(padded),
    blocksOf(encryptForDemonstration("ecb", plain)),
    blocksOf(encryptForDemonstration("cbc", plain)),
  ];
  console.log(`${plain.length} bytes, ${padded.length} with the padding`);
  for (const [index, title] of ["plaintext", "ECB", "CBC"].entries()) {
    const blocks = columns[index] ?? [];
    const count = blocks.length === 1 ? "1 block" : `${blocks.length} blocks`;
    console.log(`\n${title}: ${count}, ${countDifferent(blocks)} of them different`);
    for (const block of blocks) console.log(`  ${block}`);
  }
}

function main(): void {
  const { values } = parseArgs({
    options: { text: { type: "string" }, folder: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return printUsage(USAGE);
  if (values.text === undefined) return showPictures(values.folder ?? join("work", "pictures"));
  const length = Buffer.byteLength(values.text);
  if (length < 1 || length > LONGEST_TEXT) throw new Error(`--text takes 1 to ${LONGEST_TEXT} bytes`);
  showText(values.text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  endWhenOutputCloses();
  try {
    main();
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error);
    console.error(`${problem} (--help shows the usage)`);
    process.exitCode = 2;
  }
}
